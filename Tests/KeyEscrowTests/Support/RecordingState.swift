import KeyEscrow
import SecretMemory

/// A storage that remembers what it was given, and fails when a test says so.
final class RecordingState: SessionStateStorage {
  private let state = Locked((saved: [UInt8](), count: 0, isBroken: false))

  /// What was saved last.
  var saved: [UInt8] { state.withLock { $0.saved } }
  /// How often something was saved.
  var count: Int { state.withLock { $0.count } }

  func breakDown() { state.withLock { $0.isBroken = true } }

  func save(_ sealed: [UInt8]) throws(EscrowError) {
    let isBroken = state.withLock { state in
      if !state.isBroken {
        state.saved = sealed
        state.count += 1
      }
      return state.isBroken
    }
    if isBroken { throw .storage(reason: "no space left") }
  }
}
