import Foundation
import SecretMemory

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the tool talks.
///
/// Standard output carries data: documents, key lines, and the report of a command, as aligned text or, with
/// `--json`, as one JSON object on one line. Standard error is for people: errors, warnings, progress, what is being
/// signed. A pipe that reads standard output never meets a word of talk.
///
/// An error is one line that begins `escrow: ` and says what was wrong, where, and what to do. A warning is one line
/// that begins `escrow: warning: `. Nothing else is printed on the way to success, except progress, and progress
/// appears only when standard error is a terminal: it is one line that is rewritten and, at the end, erased.
///
/// Files name moments in RFC 3339, in UTC. So does every line that is printed; on a terminal, and only there, the
/// same moment in local time stands beside it in parentheses.
///
/// A passphrase is asked on the controlling terminal, without echo, and only when somebody is there to read the
/// question: standard input or standard error is a terminal. Scripts give `--passphrase-file` or `--passphrase-fd`.
///
/// Text from files and arguments is printed with control and bidirectional characters escaped, so that a document
/// can neither move the cursor nor dress up as something else.
///
/// Lines are written for 80 columns. On a terminal, reports break between words to stay within them; keys, digests and
/// paths are never broken, so that they can be copied.
///
/// No colour means anything. The only ones are the black and the white of a QR code, which a camera needs, and they are
/// sent to terminals alone.
enum Terminal {
  static let standardInput: CInt = 0
  static let standardOutput: CInt = 1
  static let standardError: CInt = 2

  static func isTerminal(_ descriptor: CInt) -> Bool { isatty(descriptor) == 1 }

  /// One line on standard error.
  static func say(_ line: String) {
    ProgressLine.clear()
    // Nobody is left to tell when standard error is closed.
    try? Descriptor.write(Array("\(printable(line))\n".utf8).span, to: standardError, name: "standard error")
  }

  /// A question on standard error, behind which somebody types.
  static func prompt(_ question: String) {
    ProgressLine.clear()
    try? Descriptor.write(Array(printable(question).utf8).span, to: standardError, name: "standard error")
  }

  static func warn(_ line: String) { say("escrow: warning: \(line)") }

  static func note(_ line: String) { say("escrow: \(line)") }

  /// Text on standard output, as it is.
  static func output(_ text: String) throws(Failure) {
    try output(Array(text.utf8).span)
  }

  /// Bytes on standard output, as they are.
  static func output(_ bytes: Span<UInt8>) throws(Failure) {
    ProgressLine.clear()
    try Descriptor.write(bytes, to: standardOutput, name: "standard output")
  }

  /// Says once, at the end, when secrets could have been swapped out.
  static func warnOfUnlockedMemory() {
    let count = SecretMemory.unlockedAllocations
    guard count > 0 else { return }
    warn(
      "\(count) secret buffers could not be locked into memory and may have been swapped out;"
        + " raise `ulimit -l` or turn swap off")
  }

  /// `text` with every character escaped that would not show as itself on one line.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
