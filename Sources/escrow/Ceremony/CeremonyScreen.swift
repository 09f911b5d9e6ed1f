import KeyEscrow
import LibCrypto
import Mnemonics

/// What people see during a ceremony: paragraphs of at most 80 columns on standard error.
enum CeremonyScreen {
  static let width = 80
  private static let labelWidth = 11

  /// A rule with a title, which opens a step.
  static func heading(_ title: String) {
    Terminal.say("")
    let front = "== \(title) "
    Terminal.say(front + String(repeating: "=", count: max(2, width - front.count)))
  }

  /// A label and what stands beside it.
  static func line(_ label: String, _ text: String) {
    for (index, line) in wrap(text, width: width - labelWidth - 2).enumerated() {
      let column = index == 0 ? label : ""
      Terminal.say("  " + column + String(repeating: " ", count: labelWidth - column.count) + line)
    }
  }

  static func paragraph(_ text: String) {
    for line in wrap(text, width: width - 2) { Terminal.say("  " + line) }
  }

  /// A digest to compare aloud: its digits in groups, and its 32 words, numbered.
  static func digest(_ label: String, _ digest: Digest) {
    let hex = Array(digest.hex)
    let groups = stride(from: 0, to: hex.count, by: 8).map { String(hex[$0..<$0 + 8]) }
    line(label, "\(groups[..<4].joined(separator: " "))\n\(groups[4...].joined(separator: " "))")
    for row in wordRows(of: digest) { line("", row) }
  }

  /// The 32 words of a digest, numbered, in 8 rows.
  static func wordRows(of digest: Digest) -> [String] {
    let words = PGPWords.words(of: digest)
    return (0..<8).map { row in
      (0..<4).map { column in
        let number = row * 4 + column
        let cell = "\(number < 9 ? " " : "")\(number + 1) \(words[number])"
        return column == 3 ? cell : cell + String(repeating: " ", count: max(1, 17 - cell.count))
      }.joined()
    }
  }

  /// `text` in lines of at most `width` characters. A line feed in it begins a new line; runs of spaces stay.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard part.count > width else {
        lines.append(String(part))
        continue
      }
      var line = ""
      for word in part.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " " + word
      }
      lines.append(line)
    }
    return lines
  }
}
