import Foundation
import Testing

/// A roster, a store with deposits, and a warrant, made by the tool as people make them.
struct Scene: Sendable {
  let workspace: Workspace
  let holders: [String]
  /// Whether the roster names the log L.
  let isLogged: Bool

  /// `and(judge, or(provider, agency))`, with a signed warrant W over conversation 0, epochs 2 to 6, up to 100 keys.
  static let standard = Result { try Scene(policy: "and(judge, or(provider, agency))").withWarrant() }
  /// The same under a real roster, whose log is L; the warrant is logged, its proof W.tlog-proof.
  static let logged = Result {
    let scene = try Scene(policy: "and(judge, or(provider, agency))", isLogged: true).withWarrant()
    try scene.log()
    return scene
  }
  /// The same, answered: F.judge, F.provider, F.agency.
  static let answered = Result { try standard.get().copy().releasing() }

  static let judges = 0..<3

  /// A holder's directory has its id with `-` for `:`.
  static func directory(_ holder: String) -> String { holder.replacingOccurrences(of: ":", with: "-") }

  /// The holders whom `policy` names, in its order.
  static func holders(of policy: String) -> [String] {
    policy.split(whereSeparator: { "(), 0123456789".contains($0) }).map(String.init)
      .filter { !["and", "or", "thresh"].contains($0) }
  }

  /// A conversation's pseudonym for tests.
  static func conversation(_ number: Int) -> String {
    String(repeating: "\(number)f", count: 32)
  }

  /// The key line of a record, whose key depends on conversation, epoch and `variant`.
  static func line(_ conversation: Int, _ epoch: UInt64, variant: Int = 0) -> String {
    var key = ""
    var state = UInt64(conversation) &* 1_000_003 &+ epoch &* 7919 &+ UInt64(variant) &* 104_729 &+ 17
    for _ in 0..<4 {
      // splitmix64: test keys that differ in every byte.
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
      let digits = String(word, radix: 16)
      key += String(repeating: "0", count: 16 - digits.count) + digits
    }
    return "{\"conversation\":\"\(Self.conversation(conversation))\",\"epoch\":\(epoch),\"key\":\"\(key)\"}\n"
  }

  /// Lines of epochs 0 to 9 of conversations 0 to 2.
  static let lines = (0..<3).flatMap { conversation in (0..<10).map { line(conversation, UInt64($0)) } }
    .joined()

  /// What the standard warrant recovers.
  static let inScope = (2...6).map { line(0, UInt64($0)) }.joined()

  /// Makes holders and a signed roster, R, for `policy`; deposits `lines`, also the keys.jsonl, in S.
  init(policy: String, rosterOptions: [String] = [], isLogged: Bool = false) throws {
    workspace = try Workspace()
    self.isLogged = isLogged
    holders = Self.holders(of: policy)
    for holder in holders {
      try workspace.must("holder", "new", "--id", holder, "--out", Self.directory(holder))
    }
    if isLogged { try workspace.must("log", "init", "L") }
    try makeRoster("R", policy: policy, options: rosterOptions + (isLogged ? ["--log", "L"] : []))
    try workspace.write(Self.lines, to: "keys.jsonl")
    try workspace.must("deposit", "--roster", "R", "--store", "S", "keys.jsonl")
  }

  private init(workspace: Workspace, holders: [String], isLogged: Bool) {
    self.workspace = workspace
    self.holders = holders
    self.isLogged = isLogged
  }

  /// A copy in a folder of its own.
  func copy() throws -> Scene {
    Scene(workspace: try Workspace(copying: workspace), holders: holders, isLogged: isLogged)
  }

  func makeRoster(_ name: String, policy: String, options: [String] = []) throws {
    let records = Self.holders(of: policy).flatMap { ["--holder", "\(Self.directory($0))/holder.json"] }
    try workspace.must(["roster", "new", "--policy", policy, "-o", name] + records + options)
    for holder in Self.holders(of: policy) {
      try workspace.must("roster", "sign", "--holder", Self.directory(holder), name)
    }
  }

  /// Drafts a warrant; `options` come last, and win.
  @discardableResult
  func draft(_ name: String = "W", key: String = "K.pem", roster: String = "R", _ options: String...) throws
    -> Tool.Outcome
  {
    try draft(name, key: key, roster: roster, options: options)
  }

  @discardableResult
  func draft(_ name: String, key: String, roster: String = "R", options: [String]) throws -> Tool.Outcome {
    var arguments = [
      "warrant", "draft", "--roster", roster, "--holder",
      Self.directory(holders.last { $0.hasPrefix("agency") } ?? "agency"), "--recipient-key", key, "--case",
      "2026/17", "--legal-basis", "Code of procedure, article 100", "-o", name,
    ]
    let defaults = [
      ["--conversation", Self.conversation(0)], ["--from-epoch", "2"], ["--to-epoch", "6"],
      ["--maximum-keys", "100"], ["--not-after", "2099-12-31T23:59:59Z"],
    ]
    for pair in defaults where !options.contains(pair[0]) { arguments += pair }
    return try workspace.must(arguments + options)
  }

  /// Signs the warrant as every judge.
  func sign(_ name: String = "W", roster: String = "R") throws {
    for judge in holders where judge.hasPrefix("judge") {
      try workspace.must("warrant", "sign", "--holder", Self.directory(judge), "--roster", roster, name)
    }
  }

  /// Logs a warrant in L.
  @discardableResult
  func log(_ name: String = "W") throws -> Tool.Outcome {
    try workspace.must("warrant", "log", "--roster", "R", "--log", "L", name)
  }

  func withWarrant() throws -> Scene {
    try draft()
    try sign()
    return self
  }

  /// Has every holder release from the store: F.judge and so on.
  func releasing(_ warrant: String = "W") throws -> Scene {
    for holder in holders {
      expect(try release(holder, warrant), exits: 0)
    }
    return self
  }

  func release(_ holder: String, _ warrant: String = "W", roster: String = "R", to file: String? = nil) throws
    -> Tool.Outcome
  {
    try workspace.run(
      [
        "release", "--holder", Self.directory(holder), "--roster", roster, "--warrant", warrant, "--store",
        "S",
        "-o", file ?? "F.\(Self.directory(holder))",
      ] + (isLogged ? ["--log", "L"] : []))
  }

  func recover(_ files: [String], to output: String? = "out.jsonl", key: String = "K.pem") throws
    -> Tool.Outcome
  {
    try workspace.run(
      ["recover", "--roster", "R", "--warrant", "W", "--recipient-key", key, "--store", "S"]
        + (output.map { ["-o", $0] } ?? []) + files)
  }
}
