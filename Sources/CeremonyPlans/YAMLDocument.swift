import KeyEscrow
import Yams

/// A YAML file of settings, in the narrow form that leaves nothing to guess: one document, no anchors, no tags, each
/// key once. Every fault names its line. libyaml itself refuses what is nested deeper than a thousand.
public final class YAMLDocument {
  /// The most bytes that are read.
  public static let maximumByteCount = 262_144
  // Aliases are refused once the document is read; while it is read, they may stand for each other.
  private static let maximumAsterisks = 16

  private let parser: Parser
  private let root: Node

  /// Reads the document in `bytes`.
  ///
  /// - Throws: `.malformed` for anything that is not such a document.
  init(_ bytes: [UInt8]) throws(PlanFileError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .malformed("is larger than \(Self.maximumByteCount) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("is not UTF-8") }
    guard bytes.count(where: { $0 == UInt8(ascii: "*") }) <= Self.maximumAsterisks else {
      throw .malformed("has more than \(Self.maximumAsterisks) asterisks; aliases are not read")
    }
    let parser: Parser
    let root: Node
    do {
      parser = try Parser(yaml: text, resolver: .basic)
      guard let found = try parser.singleRoot() else {
        throw PlanFileError.malformed("is empty")
      }
      root = found
    } catch let error as PlanFileError {
      throw error
    } catch let error as YamlError {
      throw .malformed(Self.sentence(error))
    } catch { throw .malformed("is no YAML: \(error)") }
    try Self.refuseDecorations(root)
    self.parser = parser
    self.root = root
  }

  /// The document's own mapping.
  func fields() throws(PlanFileError) -> YAMLFields { try YAMLFields(root, path: "") }

  // Anchors are known only while the parser lives.
  private static func refuseDecorations(_ node: Node) throws(PlanFileError) {
    func refuse(_ what: String) -> PlanFileError {
      .malformed("line \(node.mark?.line ?? 0): \(what)")
    }
    guard node.anchor == nil else { throw refuse("anchors and aliases are not read; write it out") }
    guard node.tag.isOrdinary else { throw refuse("tags are not read; leave \(node.tag) out") }
    switch node {
    case .scalar: break
    case .mapping(let mapping):
      for (key, value) in mapping {
        try refuseDecorations(key)
        try refuseDecorations(value)
      }
    case .sequence(let sequence):
      for element in sequence { try refuseDecorations(element) }
    case .alias: throw refuse("anchors and aliases are not read; write it out")
    }
  }

  private static func sentence(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line): this is no YAML: \(problem)"
    case .duplicatedKeysInMapping(let duplicates, let context):
      "line \(context.mark.line): \(duplicates.joined(separator: ", ")) is given twice"
    case .reader(let problem, _, _, _): "this is no YAML: \(problem)"
    default: "this is no YAML"
    }
  }
}

extension Tag {
  // Not written, or what the parser itself chooses for texts, lists and mappings.
  fileprivate var isOrdinary: Bool {
    ["", "?", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]
      .contains("\(self)")
  }
}
