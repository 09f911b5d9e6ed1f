import Foundation
import Testing

/// Input that was made to break the reader, for every command that reads any.
struct HostileInputTests {
  /// What is wrong with a file, and how to make it from a good one. Nil names a device instead of a file.
  enum Hostility: String, CaseIterable, CustomTestStringConvertible {
    case empty, truncated, oversized, extended, notUTF8, withNUL, duplicateKey, unknownMember, unknownVersion
    case windowsLines, byteOrderMark, wide, endless

    var testDescription: String { rawValue }

    func spoil(_ good: [UInt8]) -> [UInt8] {
      let text = String(decoding: good, as: UTF8.self)
      let middle = good.count / 2
      switch self {
      case .empty: return []
      case .truncated: return Array(good.prefix(middle - 9))
      case .oversized: return [UInt8](repeating: UInt8(ascii: "a"), count: 3_000_000)
      case .extended: return good + [UInt8](repeating: UInt8(ascii: "\n"), count: 3_000_000)
      case .notUTF8: return Array(good[..<40]) + [0xFF] + good[40...]
      case .withNUL: return Array(good[..<40]) + [0] + good[40...]
      case .duplicateKey:
        guard
          let line = text.split(separator: "\n").first(where: { $0.hasPrefix("  \"") && $0.hasSuffix(",") })
        else { return good }
        return Array(text.replacingOccurrences(of: line + "\n", with: line + "\n" + line + "\n").utf8)
      case .unknownMember: return Array(text.replacingOccurrences(of: "{\n", with: "{\n  \"aa\": 1,\n").utf8)
      case .unknownVersion:
        return Array(text.replacingOccurrences(of: "key-escrow/v1", with: "key-escrow/v2").utf8)
      case .windowsLines: return Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)
      case .byteOrderMark: return [0xEF, 0xBB, 0xBF] + good
      case .wide: return good.flatMap { [$0, 0] }
      case .endless: return []
      }
    }
  }

  /// A command that reads X, and the file that X would be.
  struct Reader: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let good: String

    init(_ good: String, _ line: String) {
      self.good = good
      arguments = line.split(separator: " ").map(String.init)
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let draft =
    "--holder agency --recipient-key N.pem --case c --legal-basis l --not-after 2099-01-01T00:00:00Z --maximum-keys 9"

  static let documents = [
    Reader("judge/holder.json", "holder show X"),
    Reader("judge/holder.json", "roster new --policy and(judge,agency) --holder X agency -o new"),
    Reader("R", "roster sign --holder judge X"),
    Reader("R", "roster verify X"),
    Reader("R", "roster verify R --previous X"),
    Reader("R", "roster show X"),
    Reader("R", "roster new --policy and(judge,agency) --holder judge agency --succeeds X -o new"),
    Reader("R", "deposit --roster X --store S keys.jsonl"),
    Reader("R", "deposit check --roster X --store S keys.jsonl"),
    Reader("R", "deposit audit --roster X --store S --holder judge"),
    Reader("R", "warrant draft --roster X --conversation \(Scene.conversation(0)) -o new \(draft)"),
    Reader("R", "warrant verify --roster X W"),
    Reader("R", "warrant sign --holder judge --roster X W"),
    Reader("R", "store verify S --roster X"),
    Reader("W", "warrant sign --holder judge --roster R X"),
    Reader("W", "warrant show X"),
    Reader("W", "warrant verify --roster R X"),
    Reader("W", "extract --roster R --warrant X --store S --holder judge -o new"),
    Reader("W", "release --holder judge --roster R --warrant X --store S -o new"),
    Reader("W", "refuse --holder judge --roster R --warrant X --ground other --reason r -o new"),
    Reader("W", "recover --roster R --warrant X --recipient-key K.pem --store S -o new F.judge F.agency"),
    Reader("W", "status --roster R --warrant X F.judge"),
    Reader("E", "release --holder provider --roster R --warrant W --deposits X -o new"),
    Reader("F.agency", "recover --roster R --warrant W --recipient-key K.pem --store S -o new F.judge X"),
    Reader("F.agency", "status --roster R --warrant W X"),
    Reader("F.provider", "recover --roster R --warrant W --recipient-key K.pem --store S -o new F.judge X"),
    Reader("F.provider", "status --roster R --warrant W X"),
    Reader("keys.jsonl", "deposit --roster R --store S X"),
    Reader("keys.jsonl", "deposit --roster R --store new X"),
    Reader("keys.jsonl", "deposit check --roster R --store S X"),
    Reader("conversations", "warrant draft --roster R --conversations-file X -o new \(draft)"),
  ]

  private static let scene = Result {
    let scene = try Scene.standard.get().copy()
    let workspace = scene.workspace
    for holder in ["judge", "agency"] { _ = try scene.release(holder) }
    try workspace.must(
      "refuse", "--holder", "provider", "--roster", "R", "--warrant", "W", "--ground", "other", "--reason",
      "r", "-o",
      "F.provider")
    try FileManager.default.removeItem(atPath: workspace.path("provider/answers"))
    try workspace.must(
      "extract", "--roster", "R", "--warrant", "W", "--store", "S", "--holder", "provider", "-o", "E")
    try workspace.write(Scene.conversation(0) + "\n", to: "conversations")
    return scene
  }

  @Test(arguments: documents)
  func aHostileFileIsOneLineAndNoFile(_ reader: Reader) throws {
    let workspace = try Self.scene.get().copy().workspace
    for hostility in Hostility.allCases {
      let spoilt = hostility.spoil(try workspace.bytes(reader.good))
      // Some files have no version, no members, or are as good with other ends of lines.
      guard spoilt != (try workspace.bytes(reader.good)) else { continue }
      try workspace.write(spoilt, to: "X")
      let before = workspace.files
      let contents = try workspace.bytes("S.key")
      let arguments = reader.arguments.map { $0 == "X" && hostility == .endless ? "/dev/zero" : $0 }
      let outcome = try workspace.run(arguments)
      let place = "\(hostility) \(reader.testDescription): \(outcome.errors)"
      // A predecessor that cannot be read is wrong before it is superfluous.
      #expect(outcome.status == 5, "\(place)")
      #expect(outcome.errorLines.count == 1, "\(place)")
      #expect(outcome.errors.utf8.count < 600, "\(place)")
      #expect(outcome.errors.contains(hostility == .endless ? "/dev/zero" : "X"), "\(place)")
      #expect(!outcome.errors.utf8.contains(0), "\(place)")
      let appeared = workspace.files.subtracting(before).filter {
        !$0.contains("answers") && !$0.hasPrefix("S-")
      }
      #expect(appeared.isEmpty, "\(place) \(appeared)")
      #expect(try workspace.bytes("X") == spoilt, "\(place)")
      #expect(try workspace.bytes("S.key") == contents)
    }
  }

  @Test(arguments: documents)
  func aFileThatIsNotThereOrADirectoryIsAUsageError(_ reader: Reader) throws {
    let workspace = try Self.scene.get().copy().workspace
    let before = workspace.files
    for path in ["absent", "dep/absent", "keys.jsonl/absent"] {
      let outcome = try workspace.run(reader.arguments.map { $0 == "X" ? path : $0 })
      expect(outcome, exits: 64, saying: path)
    }
    // A holder's directory stands for the public half in it.
    if reader.good != "judge/holder.json" {
      let outcome = try workspace.run(reader.arguments.map { $0 == "X" ? "judge" : $0 })
      expect(outcome, exits: 64, saying: "judge", "directory")
    }
    let appeared = workspace.files.subtracting(before).filter {
      !$0.contains("answers") && !$0.hasPrefix("S-")
    }
    #expect(appeared.isEmpty)
  }

  static let stores = [
    Reader("S", "store info X"), Reader("S", "store verify X"),
    Reader("S", "deposit --roster R --store X keys.jsonl"),
    Reader("S", "deposit check --roster R --store X keys.jsonl"),
    Reader("S", "deposit audit --roster R --store X --holder judge"),
    Reader("S", "extract --roster R --warrant W --store X --holder provider -o new"),
    Reader("S", "release --holder provider --roster R --warrant W --store X -o new"),
    Reader("S", "recover --roster R --warrant W --recipient-key K.pem --store X -o new F.judge F.agency"),
  ]

  @Test(arguments: stores)
  func aHostileStoreIsOneLineAndNoFile(_ reader: Reader) throws {
    let workspace = try Self.scene.get().copy().workspace
    let good = try workspace.bytes("S")
    var newer = good
    newer[63] = 99  // user_version, the schema's number
    var other = good
    other[68] ^= 1  // application_id
    let cases: [(name: String, bytes: [UInt8])] = [
      ("empty", []), ("truncated", Array(good.prefix(50))), ("halved", Array(good.prefix(good.count / 2))),
      ("text", Array(Scene.lines.utf8)), ("newer", newer), ("other", other),
      ("zeros", [UInt8](repeating: 0, count: 3_000_000)),
    ]
    for (name, bytes) in cases {
      try workspace.write(bytes, to: "X")
      try workspace.write(try workspace.bytes("S.key"), to: "X.key")
      let before = workspace.files
      let outcome = try workspace.run(reader.arguments)
      #expect(outcome.status == 5, "\(name): \(outcome.errors)")
      #expect(outcome.errors.contains("X") && outcome.errors.utf8.count < 2000, "\(name): \(outcome.errors)")
      if reader.arguments[1] != "verify" {
        #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
      }
      let appeared = workspace.files.subtracting(before)
        .filter { !$0.contains("answers") && !$0.hasPrefix("X-") && !$0.hasPrefix("S-") }
      #expect(appeared.isEmpty, "\(name): \(appeared)")
      if name != "halved" {
        #expect(try workspace.bytes("X") == bytes, "\(name): a file that is no store is not touched")
      }
      for file in workspace.files where file.hasPrefix("X-") {
        try FileManager.default.removeItem(atPath: workspace.path(file))
      }
    }
    expect(
      try workspace.run(reader.arguments.map { $0 == "X" ? "/dev/zero" : $0 }), exits: 5, saying: "/dev/zero")
    if reader.arguments[0] != "deposit" || ["check", "audit"].contains(reader.arguments[1]) {
      expect(
        try workspace.run(reader.arguments.map { $0 == "X" ? "absent" : $0 }), exits: 64, saying: "absent")
    }
  }

  @Test func standardInputIsOneFile() throws {
    let workspace = try Self.scene.get().copy().workspace
    let outcome = try workspace.run("warrant", "verify", "--roster", "-", "-", input: .file("R"))
    expect(outcome, exits: 64, saying: "standard input")
  }

  @Test(arguments: [
    [], ["bogus"], ["roster"], ["roster", "verify"], ["roster", "verify", "R", "R"], ["holder", "new"],
    ["status"],
    ["warrant", "draft", "--bogus"], ["deposit", "--roster"], ["recover", "--jobs", "0"], ["--bogus"],
  ])
  func wrongArgumentsAreOneLine(_ arguments: [String]) throws {
    let workspace = try Workspace()
    let outcome = try workspace.run(arguments)
    if arguments.isEmpty || arguments == ["roster"] {
      #expect(outcome.status == 0 && outcome.output.contains("SUBCOMMANDS"))
    } else {
      expect(outcome, exits: 64, saying: "--help")
    }
    #expect(workspace.files.isEmpty)
  }
}
