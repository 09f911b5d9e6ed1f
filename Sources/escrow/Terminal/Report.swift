import KeyEscrow

/// What a command found, in order: printed as aligned text, or as one JSON object with the same content.
struct Report {
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
    let text = json ? self.json + "\n" : lines(on: descriptor).map { $0 + "\n" }.joined()
    try Descriptor.write(Array(text.utf8).span, to: descriptor, name: "standard output")
  }

  // MARK: Text

  /// The report as lines of `label  value`, labels padded to the same width.
  func lines(on descriptor: CInt) -> [String] {
    let width = fields.map { Self.label($0.name).count }.max() ?? 0
    return fields.flatMap { field in
      let values = Self.lines(of: field.value, on: descriptor)
      let label = Self.label(field.name)
      return values.enumerated().map { index, line in
        let column = index == 0 ? label : ""
        return column + String(repeating: " ", count: width - column.count + 2) + line
      }
    }
  }

  private static func lines(of value: Value, on descriptor: CInt) -> [String] {
    switch value {
    case .text(let text): [Terminal.printable(text)]
    case .number(let number): [String(number)]
    case .flag(let flag): [flag ? "yes" : "no"]
    case .time(let time): [LocalTime.text(time, on: descriptor)]
    case .list(let values): values.isEmpty ? ["none"] : values.flatMap { lines(of: $0, on: descriptor) }
    case .group(let report): report.lines(on: descriptor)
    }
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
