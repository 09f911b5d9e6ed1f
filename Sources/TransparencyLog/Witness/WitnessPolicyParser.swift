/// Reads the lines of a tlog-policy in one pass: a name must be defined before it is used, so nothing is circular.
struct WitnessPolicyParser {
  private(set) var logs: [LogIdentity] = []
  private(set) var witnesses: [CosignatureVerifierKey] = []
  private(set) var quorum: Quorum?

  private typealias Name = [UInt8]
  private var defined: [Name: Quorum] = [:]
  private var members: Set<Name> = []

  /// The name that stands for no witness; it can be neither defined nor a member.
  private static let none = Name("none".utf8)

  mutating func read(_ bytes: Span<UInt8>) throws(LogError) {
    guard bytes.count <= WitnessPolicy.maximumByteCount else { throw .malformedPolicy(line: 0) }
    let file = bytes.indices.map { bytes[$0] }
    let lines = file.split(separator: NoteText.newline, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      // What follows the last newline is not a line: a file that was cut off must not mean something else.
      let isValid = index == lines.count - 1 ? line.isEmpty : readLine(line)
      guard isValid else { throw .malformedPolicy(line: index + 1) }
    }
  }

  private mutating func readLine(_ line: ArraySlice<UInt8>) -> Bool {
    let tab = UInt8(ascii: "\t")
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == tab }) else { return false }
    let words = line.split { $0 == UInt8(ascii: " ") || $0 == tab }.map(Name.init)
    guard let keyword = words.first, keyword[0] != UInt8(ascii: "#") else { return true }
    return switch String(decoding: keyword, as: UTF8.self) {
    case "log": readLog(words)
    case "witness": readWitness(words)
    case "group": readGroup(words)
    case "quorum": readQuorum(words)
    default: false
    }
  }

  /// `log <vkey> [<url>]`; no two logs have the same public key.
  private mutating func readLog(_ words: [Name]) -> Bool {
    guard 2...3 ~= words.count, let vkey = String(validating: words[1], as: UTF8.self),
      let key = try? NoteVerifierKey(vkey: vkey),
      !logs.contains(where: { $0.key.publicKey == key.publicKey })
    else { return false }
    logs.append(LogIdentity(key: key))
    return true
  }

  /// `witness <name> <vkey> [<url>]`; no two witnesses have the same public key.
  private mutating func readWitness(_ words: [Name]) -> Bool {
    guard 3...4 ~= words.count, let vkey = String(validating: words[2], as: UTF8.self),
      let key = try? CosignatureVerifierKey(vkey: vkey),
      !witnesses.contains(where: { $0.publicKey == key.publicKey }),
      define(words[1], as: .witness(key))
    else { return false }
    witnesses.append(key)
    return true
  }

  /// `group <name> all|any|<k> <name>…`; a name is a member of one group at most, so that each witness counts in
  /// one way.
  private mutating func readGroup(_ words: [Name]) -> Bool {
    guard words.count >= 4 else { return false }
    let names = words[3...]
    var group: [Quorum] = []
    for name in names {
      guard let member = defined[name], members.insert(name).inserted else { return false }
      group.append(member)
    }
    let threshold: UInt64? =
      switch String(decoding: words[2], as: UTF8.self) {
      case "all": UInt64(names.count)
      case "any": 1
      case let number: DecimalText.value(number)
      }
    guard let threshold, 1...UInt64(names.count) ~= threshold else { return false }
    return define(words[1], as: .group(threshold: Int(threshold), members: group))
  }

  /// `quorum <name>`, once.
  private mutating func readQuorum(_ words: [Name]) -> Bool {
    guard words.count == 2, quorum == nil else { return false }
    quorum = words[1] == Self.none ? .nobody : defined[words[1]]
    return quorum != nil
  }

  private mutating func define(_ name: Name, as meaning: Quorum) -> Bool {
    guard name != Self.none, defined[name] == nil else { return false }
    defined[name] = meaning
    return true
  }
}
