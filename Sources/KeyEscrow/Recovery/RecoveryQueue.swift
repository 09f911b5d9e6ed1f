import LibCrypto
import SecretMemory

/// What the threads of one recovery share: which deposit is next, and which are recovered and wait for their turn.
///
/// The thread that called hands results out, in order, and recovers deposits itself while none is due; the others only
/// recover. How many deposits are under way is bounded by the places there are for them.
final class RecoveryQueue: Sendable {
  /// A deposit to recover, and the place for what comes out.
  struct Work {
    let deposit: Digest
    let place: RecoveredDeposit
    fileprivate let number: Int
  }

  /// What the calling thread is to do.
  enum Turn {
    case handOut(RecoveredDeposit)
    case recover(Work)
  }

  fileprivate struct State {
    var taken = 0
    var handedOut = 0
    var recovered: [Int: RecoveredDeposit] = [:]
    /// The last one given back is the first one taken: it is still in a cache.
    var places: [RecoveredDeposit]
    var helpers = 0
    var isClosed = false
  }

  private let deposits: [Digest]
  private let state: Locked<State>

  init(_ deposits: [Digest], places: [RecoveredDeposit]) {
    self.deposits = deposits
    state = Locked(State(places: places))
  }

  // MARK: The calling thread

  /// Waits until there is something to do; nil when everything is handed out.
  func next() -> Turn? {
    let count = deposits.count
    return state.withLock(
      once: { $0.recovered[$0.handedOut] != nil || $0.handedOut == count || $0.canTake(of: count) },
      { state in
        if let place = state.recovered.removeValue(forKey: state.handedOut) { return .handOut(place) }
        return state.handedOut == count ? nil : state.take(deposits).map(Turn.recover)
      })
  }

  /// Counts a result as handed out.
  func giveBack(_ place: RecoveredDeposit) {
    state.change { state in
      state.handedOut += 1
      state.places.append(place)
    }
  }

  /// Gives no more work, waits for the helpers to end, and lets go of what was not handed out.
  func close() {
    state.change { $0.isClosed = true }
    state.withLock(
      once: { $0.helpers == 0 },
      { state in
        state.recovered = [:]
        state.places = []
      })
  }

  // MARK: Any thread

  /// Puts down a result.
  func finish(_ work: Work) {
    state.change { $0.recovered[work.number] = work.place }
  }

  // MARK: Helpers

  /// Recovers deposits as long as there are any. A helper that comes too late does nothing: nobody waits for it.
  func help(_ recover: (Work) -> Void) {
    let isWelcome = state.withLock { state in
      if !state.isClosed { state.helpers += 1 }
      return !state.isClosed
    }
    guard isWelcome else { return }
    defer { state.change { $0.helpers -= 1 } }
    while let work = take() {
      recover(work)
      finish(work)
    }
  }

  private func take() -> Work? {
    let count = deposits.count
    return state.withLock(
      once: { $0.isClosed || $0.taken == count || $0.canTake(of: count) },
      { $0.isClosed ? nil : $0.take(deposits) })
  }
}

extension RecoveryQueue.State {
  fileprivate func canTake(of count: Int) -> Bool { taken < count && !places.isEmpty }

  // Deposits are taken in order, each with its place: so the one that is due always has a place.
  fileprivate mutating func take(_ deposits: [Digest]) -> RecoveryQueue.Work? {
    guard canTake(of: deposits.count), let place = places.popLast() else { return nil }
    defer { taken += 1 }
    return RecoveryQueue.Work(deposit: deposits[taken], place: place, number: taken)
  }
}
