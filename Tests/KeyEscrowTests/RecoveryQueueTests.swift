import Dispatch
import Foundation
import LibCrypto
import SecretMemory
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
    private let state = Locked((atWork: 0, most: 0, done: 0))

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

  private static func queue(
    _ count: Int, places: Int, helpers: Int, _ counts: Counts
  ) throws -> RecoveryQueue {
    RecoveryQueue(
      deposits(count), places: try Self.places(places),
      helpers: [RecoveryQueue.Helper](repeating: counts.work, count: helpers))
  }

  private static func withHelpers(_ count: Int, _ queue: RecoveryQueue, _ body: () -> Void) {
    let group = DispatchGroup()
    for _ in 0..<count {
      DispatchQueue.global().async(group: group) { queue.help() }
    }
    body()
    queue.close()
    group.wait()
  }

  @Test("Results are handed out in order, each once, however many help", arguments: [0, 1, 3, 8], [1, 2, 5])
  func order(helpers: Int, places: Int) throws {
    let count = 200
    let counts = Counts()
    let queue = try Self.queue(count, places: places, helpers: helpers, counts)
    var handedOut: [UInt64] = []
    Self.withHelpers(helpers, queue) {
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
    let counts = Counts()
    let queue = try Self.queue(200, places: 8, helpers: 4, counts)
    Self.withHelpers(3, queue) {
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
      queue.help()
      #expect(counts.done == done)
    }
  }

  @Test("What nobody came for ends when the queue is closed, though a thread may still hold the queue")
  func unusedHelpers() throws {
    final class Token: Sendable {}
    weak var unused: Token?
    let queue = try {
      let token = Token()
      unused = token
      return RecoveryQueue(
        Self.deposits(2), places: try Self.places(1), helpers: [{ _ in withExtendedLifetime(token) {} }])
    }()
    #expect(unused != nil)
    queue.close()
    #expect(unused == nil)
    queue.help()
  }

  @Test("A helper ends with the deposits, before the queue is closed")
  func usedHelpers() throws {
    final class Token: Sendable {}
    weak var used: Token?
    let queue = try {
      let token = Token()
      used = token
      return RecoveryQueue(
        Self.deposits(2), places: try Self.places(2), helpers: [{ _ in withExtendedLifetime(token) {} }])
    }()
    queue.help()
    #expect(used == nil)
    queue.close()
  }

  @Test("Where there is nothing to recover, nothing is handed out")
  func nothing() throws {
    let queue = RecoveryQueue(
      [], places: try Self.places(1), helpers: [{ _ in Issue.record("there is no work") }])
    #expect(queue.next() == nil)
    queue.help()
    queue.close()
  }
}
