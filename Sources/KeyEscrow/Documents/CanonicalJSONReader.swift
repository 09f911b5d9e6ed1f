/// Why a text is not canonical JSON.
struct CanonicalJSONFault: Error, Equatable {
  let reason: String
  /// Where, as a byte offset into the text.
  let offset: Int
}

/// Reads canonical JSON, and nothing else.
///
/// The grammar is read leniently enough to give a helpful reason, then the value is written again and compared:
/// whatever a lenient reader lets pass (order, spacing, an escape that is not needed) is caught there.
struct CanonicalJSONReader {
  private let bytes: [UInt8]
  private var offset = 0
  private static let maximumDepth = 8

  private init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The value of `text`, which must be exactly its canonical text.
  static func read(_ text: String) throws(CanonicalJSONFault) -> CanonicalJSON {
    var reader = CanonicalJSONReader(text)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.offset == reader.bytes.count else { throw reader.fault("text after the end of the value") }
    let canonical = Array(value.text.utf8)
    guard canonical == reader.bytes else {
      let shared = min(canonical.count, reader.bytes.count)
      let first = (0..<shared).first { canonical[$0] != reader.bytes[$0] } ?? shared
      throw CanonicalJSONFault(reason: "not in canonical form", offset: first)
    }
    return value
  }

  private func fault(_ reason: String) -> CanonicalJSONFault {
    CanonicalJSONFault(reason: reason, offset: offset)
  }

  private mutating func skipSpace() {
    while offset < bytes.count, bytes[offset] == UInt8(ascii: " ") || bytes[offset] == UInt8(ascii: "\n") {
      offset += 1
    }
  }

  private mutating func take(_ expected: Character) throws(CanonicalJSONFault) {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == expected.asciiValue else {
      throw fault("expected \(expected)")
    }
    offset += 1
  }

  private mutating func value(depth: Int) throws(CanonicalJSONFault) -> CanonicalJSON {
    guard depth < Self.maximumDepth else { throw fault("nested too deeply") }
    skipSpace()
    guard offset < bytes.count else { throw fault("the text ends too early") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    case UInt8(ascii: "t"): return .boolean(try word("true", means: true))
    case UInt8(ascii: "f"): return .boolean(try word("false", means: false))
    default: throw fault("not a value that documents allow")
    }
  }

  private mutating func object(depth: Int) throws(CanonicalJSONFault) -> CanonicalJSON {
    var members: [String: CanonicalJSON] = [:]
    try take("{")
    while true {
      skipSpace()
      let key = try string()
      // Swift compares strings by canonical equivalence, so a key must have one spelling only.
      guard key.utf8.allSatisfy({ $0 < 0x80 }) else { throw fault("a member's name that is not ASCII") }
      guard members[key] == nil else { throw fault("the member \"\(key)\" appears twice") }
      try take(":")
      members[key] = try value(depth: depth + 1)
      skipSpace()
      if offset < bytes.count, bytes[offset] == UInt8(ascii: ",") {
        offset += 1
      } else {
        try take("}")
        return .object(members)
      }
    }
  }

  private mutating func array(depth: Int) throws(CanonicalJSONFault) -> CanonicalJSON {
    var elements: [CanonicalJSON] = []
    try take("[")
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if offset < bytes.count, bytes[offset] == UInt8(ascii: ",") {
        offset += 1
      } else {
        try take("]")
        return .array(elements)
      }
    }
  }

  private mutating func string() throws(CanonicalJSONFault) -> String {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw fault("expected a string") }
    offset += 1
    var content: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        // The text was valid UTF-8 and is cut at ASCII bytes only, so its pieces are valid UTF-8.
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") || bytes[offset] == UInt8(ascii: "\\")
        else { throw fault("an escape other than \\\" and \\\\") }
        content.append(bytes[offset])
        offset += 1
      case 0..<0x20:
        throw fault("a control character in a string")
      default:
        content.append(byte)
      }
    }
    throw fault("a string without end")
  }

  private mutating func integer() throws(CanonicalJSONFault) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[offset] - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw fault("a number above 2^64 - 1") }
      value = sum
      offset += 1
    }
    guard offset - start == 1 || bytes[start] != UInt8(ascii: "0") else { throw fault("a leading zero") }
    return value
  }

  private mutating func word(_ text: String, means value: Bool) throws(CanonicalJSONFault) -> Bool {
    guard bytes[offset...].starts(with: text.utf8) else { throw fault("not a value that documents allow") }
    offset += text.utf8.count
    return value
  }
}
