/// A JSON value in the one form that signed documents allow (`Spec/documents.md`).
///
/// Text comes out byte for byte the same for the same value: keys in UTF-8 byte order, two-space indent, one member
/// or element a line, integers from 0 to 2^64 - 1, no empty container, `"` and `\` the only escapes.
enum CanonicalJSON: Hashable, Sendable {
  case string(String)
  case integer(UInt64)
  case boolean(Bool)
  case array([CanonicalJSON])
  case object([String: CanonicalJSON])

  /// The canonical text, ending in a line feed.
  ///
  /// Empty containers among an object's members are left out: an empty line would read as a note's separator, and
  /// absence says the same.
  var text: String {
    var output = ""
    write(to: &output, indent: 0)
    output += "\n"
    return output
  }

  private var isEmptyContainer: Bool {
    switch self {
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    case .string, .integer, .boolean: false
    }
  }

  private func write(to output: inout String, indent: Int) {
    let inner = String(repeating: "  ", count: indent + 1)
    let outer = String(repeating: "  ", count: indent)
    switch self {
    case .string(let text):
      Self.writeString(text, to: &output)
    case .integer(let value):
      output += String(value)
    case .boolean(let value):
      output += value ? "true" : "false"
    case .array(let elements):
      output += "[\n"
      for (index, element) in elements.enumerated() {
        output += index == 0 ? inner : ",\n" + inner
        element.write(to: &output, indent: indent + 1)
      }
      output += "\n" + outer + "]"
    case .object(let members):
      output += "{\n"
      let kept = members.filter { !$0.value.isEmptyContainer }
      let keys = kept.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for (index, key) in keys.enumerated() {
        output += index == 0 ? inner : ",\n" + inner
        Self.writeString(key, to: &output)
        output += ": "
        kept[key]?.write(to: &output, indent: indent + 1)
      }
      output += "\n" + outer + "}"
    }
  }

  private static func writeString(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { output += "\\" }
      output.unicodeScalars.append(scalar)
    }
    output += "\""
  }
}
