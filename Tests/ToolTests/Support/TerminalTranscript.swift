import Foundation
import Testing

/// A readable file of what somebody types and what the terminal shows, run against the built tool.
///
///     # a remark
///     $ a command, run by sh in a folder of its own
///     what it prints
///     a question:
///     > what is typed
///     > (hidden) what is typed and must not be shown
///     > (kill)
///     > (enter at every code)
///     [exit 3]
///
/// Typed `{words}` stands for the words that the screen asks for, and `{sheet FILE}` for those of a printed sheet;
/// at `(kill)` nothing is typed, and the program is killed while it waits for an answer; `(enter at every code)` goes
/// through the QR codes, of which the first is shown. Whatever differs from run to
/// run is shown by name: `<digest>`, `<words>`, `<key>`, `<time>`. A command without `[exit …]` ends with 0.
struct TerminalTranscript {
  private struct Command {
    let text: String
    let typed: [String]
  }

  private let lines: [String]
  private let name: String

  /// The transcript of this name beside the tests.
  init(_ name: String) throws {
    self.name = name
    let text = try String(contentsOf: Self.url(name), encoding: .utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Transcripts/\(name)")
  }

  /// Runs it in `workspace` and compares. With `ESCROW_UPDATE_TRANSCRIPTS` set, the file is written anew instead.
  func check(in workspace: Workspace) throws {
    var actual: [String] = []
    var index = 0
    while index < lines.count {
      let line = lines[index]
      guard line.hasPrefix("$ ") else {
        // Remarks and empty lines between commands.
        if actual.isEmpty || line.hasPrefix("#") || isBetweenCommands(index) { actual.append(line) }
        index += 1
        continue
      }
      var end = index + 1
      while end < lines.count, !lines[end].hasPrefix("$ "), !lines[end].hasPrefix("#") { end += 1 }
      let typed = lines[index..<end].filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) }
      actual += try Self.run(Command(text: String(line.dropFirst(2)), typed: typed), in: workspace)
      if end < lines.count || lines.last == "" { actual.append("") }
      index = end
    }
    let text = actual.joined(separator: "\n")
    let expected = lines.joined(separator: "\n")
    guard ProcessInfo.processInfo.environment["ESCROW_UPDATE_TRANSCRIPTS"] == nil else {
      return try text.write(to: Self.url(name), atomically: true, encoding: .utf8)
    }
    guard text != expected else { return }
    let now = text.split(separator: "\n", omittingEmptySubsequences: false)
    let before = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(now, before).enumerated().first { $1.0 != $1.1 }?.offset ?? min(now.count, before.count)
    func around(_ lines: [Substring]) -> String {
      lines[max(0, place - 3)..<min(lines.count, place + 6)].joined(separator: "\n")
    }
    Issue.record(
      "\(name), line \(place + 1). The terminal shows:\n\(around(now))\n\nexpected:\n\(around(before))")
  }

  private func isBetweenCommands(_ index: Int) -> Bool { index == 0 || lines[index - 1].hasPrefix("#") }

  // MARK: Running

  private static let prompt = Array(": ".utf8)

  private static func run(_ command: Command, in workspace: Workspace) throws -> [String] {
    let terminal = try PseudoTerminal(
      ["/bin/sh", "-c", command.text], in: workspace.url.path,
      environment: [
        "PATH": "\(Tool.url.deletingLastPathComponent().path):/usr/bin:/bin", "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "HOME": workspace.url.path, "TMPDIR": workspace.url.path,
      ])
    var lines = ["$ \(command.text)"]
    var shown = 0
    for typed in command.typed {
      let isAsked = try terminal.read { $0.count > shown && $0.suffix(2) == prompt[...] }
      try #require(isAsked, "it ended before this was typed: \(typed)\n\(text(terminal.output[...]))")
      lines += normalised(terminal.output[shown...])
      shown = terminal.output.count
      if typed == "(kill)" {
        terminal.kill()
        lines.append("> (kill)")
        break
      }
      if typed == "(enter at every code)" {
        try enterAtEveryCode(terminal, shown: &shown)
        lines.append("> \(typed)")
        continue
      }
      let isHidden = typed.hasPrefix("(hidden)")
      let answer = try answer(
        isHidden ? String(typed.dropFirst(9)) : typed, to: text(terminal.output[...]), in: workspace)
      terminal.type("\(answer)\n")
      // The terminal repeats what is typed, unless it was told not to.
      _ = try terminal.read { $0.count > shown && $0[shown...].contains(UInt8(ascii: "\n")) }
      let echo = text(terminal.output[shown...].prefix { $0 != UInt8(ascii: "\n") })
      #expect(echo == (isHidden ? "" : answer), "what the terminal shows of \(typed)")
      lines.append("> \(typed)")
      shown += (terminal.output[shown...].firstIndex(of: UInt8(ascii: "\n")) ?? shown) - shown + 1
    }
    _ = try terminal.read { _ in false }
    lines += normalised(terminal.output[shown...])
    let status = terminal.end()
    if status != 0 { lines.append("[exit \(status)]") }
    return lines
  }

  private static func enterAtEveryCode(_ terminal: PseudoTerminal, shown: inout Int) throws {
    while text(terminal.output[...]).hasSuffix("; Enter goes on: ") {
      let asked = terminal.output.count
      terminal.type("\n")
      _ = try terminal.read { $0[asked...].contains(UInt8(ascii: "\n")) }
      shown = (terminal.output[asked...].firstIndex(of: UInt8(ascii: "\n")) ?? asked) + 1
      let before = shown
      _ = try terminal.read { $0.count > before && $0.suffix(2) == prompt[...] }
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }

  /// What is really typed for `typed`, when `screen` has been shown.
  private static func answer(
    _ typed: String, to screen: String, in workspace: Workspace
  ) throws -> String {
    if let sheet = typed.firstMatch(of: /\{sheet ([^}]+)\}/) {
      let page = try workspace.text(String(sheet.1))
      let words = page.matches(of: /<li>([a-z]+)<\/li>/).map { String($0.1) }
      let question = try #require(screen.split(separator: "\n").last)
      let places = question.matches(of: /words (\d+) and (\d+)/).flatMap { [Int($0.1), Int($0.2)] }.compactMap
      { $0 }
      return places.map { words[$0 - 1] }.joined(separator: " ")
    }
    guard typed.contains("{words}") else { return typed }
    let question = try #require(screen.split(separator: "\n").last { $0.contains("type words ") })
    let places = question.split(whereSeparator: { !$0.isNumber && !$0.isLetter }).compactMap { Int($0) }
    // The newest word of each number: the digest that stands above the question.
    var words: [Int: String] = [:]
    for line in screen.split(separator: "\n") where line.contains(wordRow) {
      for match in line.matches(of: /(\d+) ([A-Za-z]+)/) { words[Int(match.1) ?? 0] = String(match.2) }
    }
    let wanted = try places.map { try #require(words[$0]) }
    return typed.replacingOccurrences(of: "{words}", with: wanted.joined(separator: " "))
  }

  // MARK: What differs from run to run

  /// Four of the numbered words of a digest.
  private static var wordRow: Regex<Substring> {
    /\d+ [A-Za-z]+ +\d+ [A-Za-z]+ +\d+ [A-Za-z]+ +\d+ [A-Za-z]+$/
  }

  private static func normalised(_ bytes: ArraySlice<UInt8>) -> [String] {
    var lines = text(bytes).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    var result: [String] = []
    var isInWords = false
    for line in lines where !line.contains("secret buffers could not be locked") {
      // Words in a report, which take several lines.
      if isInWords, line.hasPrefix(" ") { continue }
      isInWords = line.hasPrefix("words  ")
      if isInWords {
        result.append("words           <words>")
        continue
      }
      // What is left of a line that says how far long work is: it is erased.
      let line = normalised(line.components(separatedBy: "\u{1B}[K").last ?? line)
      // The rows of a digest, of its words and of a QR code are one piece.
      if line.hasSuffix("<words>") || line.hasSuffix("<digest>") || line == "<code>", result.last == line {
        continue
      }
      result.append(line)
    }
    return result
  }

  private static func normalised(_ line: String) -> String {
    if line.contains("▄") || line.contains("▀") || line.contains("\u{1B}[38;5;16;48;5;231m") {
      return "<code>"
    }
    var line = line
    line.replace(/[0-9a-f]{64}/, with: "<digest>")
    line.replace(/([0-9a-f]{8} ){3}[0-9a-f]{8}/, with: "<digest>")
    line.replace(wordRow, with: "<words>")
    if line.hasSuffix("<words>"), line.hasPrefix("  ") { line = "             <words>" }
    line.replace(/([A-Za-z]+ ){31}[A-Za-z]+/, with: "<words>")
    line.replace(/\+[0-9a-f]{8}\+[A-Za-z0-9+\/=]{44}/, with: "+<key>")
    line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ( \([^)]*\))?/, with: "<time>")
    line.replace(/words \d+ and \d+ of your sheet/, with: "words … of your sheet")
    line.replace(/^code \d+ of \d+ of/, with: "code … of")
    line.replace(/type words \d+, \d+ and \d+/, with: "type words …")
    line.replace(/commit [0-9a-f]{12}/, with: "commit <commit>")
    line.replace(/^— (\S+) [A-Za-z0-9+\/=]{92}$/) { "— \($0.1) <signature>" }
    while line.last == " ", !line.hasSuffix(": ") { line.removeLast() }
    if line.hasSuffix(": ") { line.removeLast() }
    return line
  }
}
