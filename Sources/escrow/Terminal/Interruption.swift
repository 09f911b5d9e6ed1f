import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What happens on Ctrl-C: temporaries are removed, the terminal gets its echo back, and the exit code is 130.
///
/// Signals are blocked everywhere and awaited by one thread, so that the clean-up is ordinary code. Files appear
/// under their names inside `protecting`, which a signal waits for: what several files make together appears as a
/// whole or not at all.
enum Interruption {
  private static let temporaries = Mutex<Set<String>>([])
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Begins to await signals. To be called before any other thread starts.
  static func install() {
    // A reader that went away shows as an error of `write`, not as a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in signals { unsafe sigaddset(&set, number) }
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let awaited = set
    Thread.detachNewThread {
      var set = awaited
      var number: CInt = 0
      guard unsafe sigwait(&set, &number) == 0 else { return }
      end()
    }
  }

  /// Remembers a file, or a directory that was made for files, that must not outlive an interruption.
  static func register(_ path: String) { _ = temporaries.withLock { $0.insert(path) } }

  /// Forgets a file that was removed.
  static func forget(_ path: String) { _ = temporaries.withLock { $0.remove(path) } }

  /// Runs `body`, which turns the temporaries `paths` into files under their names, without an interruption.
  static func protecting<Result>(
    _ paths: [String], _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try temporaries.withLock { registered throws(Failure) in
      defer { registered.subtract(paths) }
      return try body()
    }
  }

  private static func end() -> Never {
    temporaries.withLock { paths in
      // Files before the directories they are in; a directory that holds anything else stays.
      for path in paths.sorted(by: { $0.utf8.count > $1.utf8.count }) { _ = unsafe remove(path) }
      PassphrasePrompt.restoreEcho()
      Terminal.note("interrupted; nothing unfinished was left behind")
      // The lock is never given back: no file can appear any more.
      _exit(ExitStatus.interrupted.rawValue)
    }
  }
}
