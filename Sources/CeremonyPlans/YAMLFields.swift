import KeyEscrow
import Yams

/// The members of one mapping, taken out one by one; `finish` refuses the rest.
struct YAMLFields {
  private let path: String
  private let line: Int
  private var members: [(key: Node, value: Node)]

  init(_ node: Node, path: String) throws(PlanFileError) {
    self.path = path
    line = node.mark?.line ?? 1
    guard case .mapping(let mapping) = node else {
      throw .malformed(
        "line \(node.mark?.line ?? 1): \(path.isEmpty ? "the file" : path) has no members")
    }
    members = mapping.map { ($0.key, $0.value) }
    var seen: Set<String> = []
    for (key, _) in members {
      guard case .scalar(let scalar) = key else {
        throw .malformed("line \(key.mark?.line ?? line): a key is not a word")
      }
      guard seen.insert(scalar.string).inserted else {
        throw .malformed("line \(key.mark?.line ?? line): \(scalar.string) is given twice")
      }
    }
  }

  /// The fault `reason` of the value of `key`, or of the mapping when it is not there.
  func fault(_ key: String, _ reason: String, at line: Int? = nil) -> PlanFileError {
    .malformed("\(place(of: key, at: line)) \(reason)")
  }

  /// The line and the name of the value of `key`, for messages.
  func place(of key: String, at line: Int? = nil) -> String {
    "line \(line ?? node(key)?.mark?.line ?? self.line): \(qualified(key))"
  }

  private func qualified(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func node(_ key: String) -> Node? { members.first { $0.key.string == key }?.value }

  func has(_ key: String) -> Bool { node(key) != nil }

  /// The line of the value of `key`.
  func line(of key: String) -> Int { node(key)?.mark?.line ?? line }

  private mutating func take(_ key: String) throws(PlanFileError) -> Node {
    guard let index = members.firstIndex(where: { $0.key.string == key }) else {
      throw fault(key, "is missing")
    }
    return members.remove(at: index).value
  }

  private static func scalar(_ node: Node) -> Node.Scalar? {
    if case .scalar(let scalar) = node { scalar } else { nil }
  }

  // A plain empty value or ~ is YAML's null: nothing was given.
  private static func isNull(_ scalar: Node.Scalar) -> Bool {
    scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// Text that a person reads, on one line.
  mutating func text(_ key: String) throws(PlanFileError) -> String {
    let node = try take(key)
    return try Self.text(node, self, key)
  }

  private static func text(_ node: Node, _ fields: YAMLFields, _ key: String) throws(PlanFileError) -> String
  {
    let line = node.mark?.line
    guard let scalar = scalar(node), !isNull(scalar) else {
      throw fields.fault(key, "is not a text", at: line)
    }
    if let fault = HumanText.fault(in: scalar.string, maximumByteCount: 512) {
      throw fields.fault(key, fault, at: line)
    }
    return scalar.string
  }

  mutating func optionalText(_ key: String) throws(PlanFileError) -> String? {
    has(key) ? try text(key) : nil
  }

  /// `true` or `false`, and no other spelling.
  mutating func flag(_ key: String) throws(PlanFileError) -> Bool {
    let node = try take(key)
    switch Self.scalar(node).map({ ($0.string, $0.style) }) {
    case ("true", .plain)?: return true
    case ("false", .plain)?: return false
    default: throw fault(key, "is neither true nor false", at: node.mark?.line)
    }
  }

  /// A whole number in decimal digits.
  mutating func integer(_ key: String, _ range: ClosedRange<UInt64>) throws(PlanFileError) -> UInt64 {
    let node = try take(key)
    guard let scalar = Self.scalar(node), scalar.style == .plain, let number = UInt64(scalar.string),
      String(number) == scalar.string
    else { throw fault(key, "is not a whole number", at: node.mark?.line) }
    guard range.contains(number) else {
      let end =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw fault(key, "is \(number); it is a number \(end)", at: node.mark?.line)
    }
    return number
  }

  mutating func optionalInteger(_ key: String, _ range: ClosedRange<UInt64>) throws(PlanFileError) -> UInt64?
  {
    has(key) ? try integer(key, range) : nil
  }

  mutating func fields(_ key: String) throws(PlanFileError) -> YAMLFields {
    let node = try take(key)
    return try YAMLFields(node, path: qualified(key))
  }

  /// A list of mappings; none when the key is not there.
  mutating func list(_ key: String) throws(PlanFileError) -> [YAMLFields] {
    guard has(key) else { return [] }
    let node = try take(key)
    guard case .sequence(let sequence) = node else { throw fault(key, "is not a list", at: node.mark?.line) }
    var list: [YAMLFields] = []
    for (index, element) in sequence.enumerated() {
      list.append(try YAMLFields(element, path: "\(qualified(key))[\(index + 1)]"))
    }
    return list
  }

  /// A list of texts; none when the key is not there.
  mutating func texts(_ key: String) throws(PlanFileError) -> [String] {
    guard has(key) else { return [] }
    let node = try take(key)
    guard case .sequence(let sequence) = node else { throw fault(key, "is not a list", at: node.mark?.line) }
    var texts: [String] = []
    for element in sequence { texts.append(try Self.text(element, self, key)) }
    return texts
  }

  /// The members of a mapping whose keys are free, in order; none when the key is not there.
  mutating func entries(_ key: String) throws(PlanFileError) -> [(name: String, text: String)] {
    guard has(key) else { return [] }
    let nested = try fields(key)
    var entries: [(name: String, text: String)] = []
    for (name, value) in nested.members {
      entries.append((name: name.string ?? "", text: try Self.text(value, nested, name.string ?? "")))
    }
    return entries
  }

  /// Refuses what was not taken.
  func finish() throws(PlanFileError) {
    guard let (key, _) = members.first else { return }
    throw .malformed(
      "line \(key.mark?.line ?? line): \(qualified(key.string ?? "")) is not a key that this version knows"
    )
  }
}
