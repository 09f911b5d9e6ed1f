import Dispatch
import Foundation
import LibCrypto
import Synchronization
import Testing

@testable import KeyEscrow

@Suite("The queue between the threads of one recovery")
struct RecoveryQueueTests {
  private static func deposits(_ count: Int) -> [Digest] {
    (0..<count).compactMap { number -> Digest? in
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Digest.byteCount)
      return Digest(bytes: bytes.span)
    }
  }

  private static func places(_ count: Int) throws -> [RecoveredDeposit] {
    try (0..<count).map { _ in try RecoveredDeposit(capacity: 1) }
  }

  /// What the workers of a test have in hand, and how much they have done.
  private final class Counts: Sendable {
    private let state = Mutex((atWork: 0, most: 0, done: 0))

    var done: Int { state.withLock { $0.done } }
    var atWork: Int { state.withLock { $0.atWork } }
    var most: Int { state.withLock { $0.most } }

    /// Works on what is asked for, and leaves its first byte as the number of recovered records.
    func work(_ work: RecoveryQueue.Work) {
      state.withLock { state in
        state.atWork += 1
        state.most = max(state.most, state.atWork)
      }
      // Every seventh takes long: others overtake it.
      let first = work.deposit.bytes[0]
      if first % 7 == 0 { Thread.sleep(forTimeInterval: 0.002) }
      work.place.report.recovered = UInt64(first)
      state.withLock { state in
        state.atWork -= 1
        state.done += 1
      }
    }
  }

  private static func withHelpers(_ count: Int, _ queue: RecoveryQueue, _ counts: Counts, _ body: () -> Void)
  {
    let group = DispatchGroup()
    for _ in 0..<count {
      DispatchQueue.global().async(group: group) { queue.help(counts.work) }
    }
    body()
    queue.close()
    group.wait()
  }

  @Test("Results are handed out in order, each once, however many help", arguments: [0, 1, 3, 8], [1, 2, 5])
  func order(helpers: Int, places: Int) throws {
    let count = 200
    let queue = RecoveryQueue(Self.deposits(count), places: try Self.places(places))
    let counts = Counts()
    var handedOut: [UInt64] = []
    Self.withHelpers(helpers, queue, counts) {
      while let turn = queue.next() {
        switch turn {
        case .recover(let work):
          counts.work(work)
          queue.finish(work)
        case .handOut(let place):
          handedOut.append(place.report.recovered)
          place.reset()
          queue.giveBack(place)
        }
      }
    }
    #expect(handedOut == (0..<count).map(UInt64.init))
    #expect(counts.done == count)
    #expect(counts.most <= min(places, helpers + 1))
  }

  @Test("Whoever closes waits for what is at work, and nothing is begun afterwards")
  func closing() throws {
    let queue = RecoveryQueue(Self.deposits(200), places: try Self.places(8))
    let counts = Counts()
    Self.withHelpers(3, queue, counts) {
      var handedOut = 0
      while handedOut < 20, let turn = queue.next() {
        switch turn {
        case .recover(let work):
          counts.work(work)
          queue.finish(work)
        case .handOut(let place):
          handedOut += 1
          queue.giveBack(place)
        }
      }
      queue.close()
      let done = counts.done
      #expect(counts.atWork == 0)
      #expect((20..<200).contains(done))
      queue.help(counts.work)
      #expect(counts.done == done)
    }
  }

  @Test("Where there is nothing to recover, nothing is handed out")
  func nothing() throws {
    let queue = RecoveryQueue([], places: try Self.places(1))
    #expect(queue.next() == nil)
    queue.help { _ in Issue.record("there is no work") }
    queue.close()
  }
}
