import LibCrypto
import SecretMemory

/// What the threads of one recovery share: which deposit is next, and which are recovered and wait for their turn.
///
/// The thread that called hands results out, in order, and recovers deposits itself while none is due; the others only
/// recover. How many deposits are under way is bounded by the places there are for them.
///
/// What the other threads work with lies here until one comes for it. A thread that comes too late finds nothing, and has
/// held nothing.
final class RecoveryQueue: Sendable {
  /// Recovers one deposit into its place. One thread at a time calls it.
  typealias Helper = @Sendable (Work) -> Void

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
    /// Those that no thread has come for.
    var helpers: [Helper]
    var helping = 0
    var isClosed = false
  }

  private let deposits: [Digest]
  private let state: Locked<State>

  init(_ deposits: [Digest], places: [RecoveredDeposit], helpers: [Helper] = []) {
    self.deposits = deposits
    state = Locked(State(places: places, helpers: helpers))
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

  /// Gives no more work, waits for the helpers to end, and lets go of them and of what was not handed out.
  func close() {
    state.change { $0.isClosed = true }
    state.withLock(
      once: { $0.helping == 0 },
      { state in
        state.helpers = []
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

  /// Recovers deposits with a helper that no other thread has, as long as there are deposits and the queue is open.
  func help() {
    let helper: Helper? = state.withLock { state in
      guard !state.isClosed, let helper = state.helpers.popLast() else { return nil }
      state.helping += 1
      return helper
    }
    guard let helper else { return }
    work(with: consume helper)
    state.change { $0.helping -= 1 }
  }

  // The helper ends with this call: before it is counted as ended.
  private func work(with recover: consuming @escaping Helper) {
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
