import KeyEscrow

/// What a command found, in order: printed as aligned text, or as one JSON object with the same content.
///
/// The object's first member, `schema`, says which meaning the others have; see Spec/reports.md. Only reports have it:
/// data that a command hands on, such as key lines or a restored secret, has a format of its own.
struct Report {
  /// The version of every report: a member is added under the same, and taken away or changed under the next.
  static let schema = "escrow/v1"
  /// How wide a report is on a terminal.
  private static let columns = 80

  /// A piece of a report.
  indirect enum Value {
    case text(String)
    case number(UInt64)
    case flag(Bool)
    case time(Timestamp)
    case list([Value])
    case group(Report)
  }

  private(set) var fields: [(name: String, value: Value)] = []

  /// Adds a field. `name` is the JSON member, in camel case; people read its words.
  mutating func add(_ name: String, _ value: Value) { fields.append((name, value)) }
  mutating func add(_ name: String, _ text: String) { add(name, .text(text)) }
  mutating func add(_ name: String, _ number: UInt64) { add(name, .number(number)) }
  mutating func add(_ name: String, _ number: Int) { add(name, .number(UInt64(max(number, 0)))) }
  mutating func add(_ name: String, _ flag: Bool) { add(name, .flag(flag)) }
  mutating func add(_ name: String, _ time: Timestamp) { add(name, .time(time)) }
  mutating func add(_ name: String, _ texts: [String]) { add(name, .list(texts.map { .text($0) })) }
  mutating func add(_ name: String, _ groups: [Report]) { add(name, .list(groups.map { .group($0) })) }

  /// Prints the report: on standard output, unless data already went there.
  func print(json: Bool, to descriptor: CInt = Terminal.standardOutput) throws(Failure) {
    ProgressLine.clear()
    let text = json ? versioned.json + "\n" : lines(on: descriptor).map { $0 + "\n" }.joined()
    try Descriptor.write(Array(text.utf8).span, to: descriptor, name: "standard output")
  }

  /// The report under its schema, as it is printed.
  var versioned: Report {
    var report = Report()
    report.add("schema", Self.schema)
    report.fields += fields
    return report
  }

  // MARK: Text

  /// The report as lines of `label  value`, labels padded to the same width. On a terminal, values of several words are
  /// broken so that lines stay within `columns`; a word is never broken, so that it can be copied.
  func lines(on descriptor: CInt, columns: Int = columns) -> [String] {
    let width = fields.map { Self.label($0.name).count }.max() ?? 0
    return fields.flatMap { field in
      let values = Self.lines(of: field.value, on: descriptor, columns: columns - width - 2)
      let label = Self.label(field.name)
      return values.enumerated().map { index, line in
        let column = index == 0 ? label : ""
        return column + String(repeating: " ", count: width - column.count + 2) + line
      }
    }
  }

  private static func lines(of value: Value, on descriptor: CInt, columns: Int) -> [String] {
    switch value {
    case .text(let text):
      Terminal.isTerminal(descriptor)
        ? wrapped(Terminal.printable(text), columns: columns) : [Terminal.printable(text)]
    case .number(let number): [String(number)]
    case .flag(let flag): [flag ? "yes" : "no"]
    case .time(let time): [LocalTime.text(time, on: descriptor)]
    case .list(let values):
      values.isEmpty ? ["none"] : values.flatMap { lines(of: $0, on: descriptor, columns: columns) }
    case .group(let report): report.lines(on: descriptor, columns: columns)
    }
  }

  /// `text` in lines of at most `columns` characters, as far as its words allow.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > columns {
        lines.append(line)
        line = String(word)
      } else {
        line += line.isEmpty ? word : " " + word
      }
    }
    return lines + [line]
  }

  /// `sealingKeyNotAfter` as `sealing key not after`.
  private static func label(_ name: String) -> String {
    name.reduce(into: "") { label, character in
      label += character.isUppercase ? " \(character.lowercased())" : String(character)
    }
  }

  // MARK: JSON

  /// One JSON object on one line.
  var json: String {
    let members = fields.map { "\(Self.quoted($0.name)):\(Self.json(of: $0.value))" }
    return "{\(members.joined(separator: ","))}"
  }

  private static func json(of value: Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    case .number(let number): String(number)
    case .flag(let flag): flag ? "true" : "false"
    case .time(let time): quoted(time.description)
    case .list(let values): "[\(values.map { json(of: $0) }.joined(separator: ","))]"
    case .group(let report): report.json
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
