import KeyEscrow
import Synchronization

/// What must be said of a roster whenever somebody relies on it, once, at the end of a command that did not fail: an
/// error stays one line.
extension Terminal {
  private static let roster = Mutex<RosterBody?>(nil)

  /// Remembers the roster that the command relies on.
  static func remember(_ body: RosterBody) { roster.withLock { $0 = body } }

  /// One line for a roster that is for tests, and one for a log without independent witnesses.
  static func warnOfRosters() {
    guard let body = roster.withLock({ $0 }) else { return }
    if body.log == nil {
      warn(
        "this is a test roster: it names no transparency log, so nothing under it is real, and no proof is asked"
      )
    } else if body.isTest {
      warn("this is a test roster: nothing under it is real")
    }
    if body.log?.isUnwitnessed == true {
      warn(
        "this roster is unwitnessed: its log has no witnesses independent of it, and may show two histories unnoticed"
      )
    }
  }
}
