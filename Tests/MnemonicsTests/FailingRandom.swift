import LibCrypto
import SecretMemory
import Synchronization

/// A source that works a number of times and then fails.
final class FailingRandom: RandomSource {
  private let left: Mutex<Int>

  init(at count: Int) { left = Mutex(count) }

  func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    let isWorking = left.withLock { left in
      left -= 1
      return left >= 0
    }
    guard isWorking else {
      bytes.explicitlyErase()
      throw .randomnessUnavailable
    }
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: 31 &* index &+ 7) }
  }
}
