import Foundation

/// One way to do the work that a comparison times.
struct Contender {
  /// Which of the references it is, such as `isal`.
  let name: String
  /// Does the work this many times and answers the nanoseconds that it took.
  let run: (_ repetitions: Int) throws -> UInt64

  /// A contender on this thread. `body` does the work this many times; what counts is the processor's time on this thread,
  /// so that other programs on the machine disturb little.
  init(_ name: String, _ body: @escaping (_ repetitions: Int) throws -> Void) {
    self.init(name, clock: CLOCK_THREAD_CPUTIME_ID, body)
  }

  /// A contender that uses several threads, or a disk: what counts is the time on the wall.
  static func onWall(_ name: String, _ body: @escaping (_ repetitions: Int) throws -> Void) -> Contender {
    Contender(name, clock: CLOCK_MONOTONIC, body)
  }

  /// A contender that measures itself, because it runs elsewhere.
  static func measuring(_ name: String, _ run: @escaping (_ repetitions: Int) throws -> UInt64) -> Contender {
    Contender(name: name, run: run)
  }

  private init(name: String, run: @escaping (_ repetitions: Int) throws -> UInt64) {
    self.name = name
    self.run = run
  }

  private init(_ name: String, clock: clockid_t, _ body: @escaping (_ repetitions: Int) throws -> Void) {
    self.name = name
    run = { repetitions in
      let start = Self.nanoseconds(clock)
      try body(repetitions)
      return Self.nanoseconds(clock) - start
    }
  }

  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
