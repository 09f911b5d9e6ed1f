import Foundation
import Testing

/// Private keys on disk, and passphrases.
struct KeyTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func aHolderGetsItsKeysAndKeepsThem() throws {
    let made = try workspace.must("holder", "new", "--id", "judge:paris", "--out", "paris", "--json")
    #expect(try made.json["id"] as? String == "judge:paris")
    #expect(made.errors.contains("not encrypted"))
    #expect(workspace.files == ["paris", "paris/sealing.pem", "paris/signing.pem", "paris/holder.json"])
    #expect(try workspace.mode("paris") == 0o700)
    for key in ["paris/sealing.pem", "paris/signing.pem"] {
      #expect(try workspace.mode(key) == 0o600)
      #expect(try workspace.text(key).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }
    let shown = try workspace.must("holder", "show", "paris", "--json")
    #expect(shown.output == made.output)
    let before = try workspace.bytes("paris/signing.pem")
    expect(
      try workspace.run("holder", "new", "--id", "judge:paris", "--out", "paris"), exits: 64,
      saying: "paris/sealing.pem", "not overwritten")
    #expect(try workspace.bytes("paris/signing.pem") == before)
  }

  @Test func aSealingKeyLastsAsManyDaysAsAskedFor() throws {
    let made = try workspace.must(
      "holder", "new", "--id", "agency", "--out", "a", "--sealing-days", "1", "--json")
    let text = try #require(try made.json["sealingKeyNotAfter"] as? String)
    let time = try #require(ISO8601DateFormatter().date(from: text))
    #expect(abs(time.timeIntervalSinceNow - 86_400) < 60)
  }

  // The one test that pays for scrypt with every kind of key.
  @Test func anEncryptedKeyOpensWithItsPassphraseOnly() throws {
    try workspace.write("correct horse\n", to: "right")
    try workspace.write("correct horse", to: "bare")
    try workspace.write("wrong horse\n", to: "wrong")
    try workspace.write("", to: "empty")
    for holder in ["judge", "agency"] {
      let made = try workspace.must(
        "holder", "new", "--id", holder, "--out", holder, "--passphrase-file", "right")
      #expect(made.errors == "")
    }
    #expect(try workspace.text("judge/signing.pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
    try workspace.must(
      "roster", "new", "--policy", "and(judge, agency)", "--holder", "judge", "agency", "-o", "R")
    let sign = ["roster", "sign", "--holder", "judge", "R"]
    expect(try workspace.run(sign), exits: 6, saying: "judge/sealing.pem", "--passphrase-file")
    expect(try workspace.run(sign + ["--passphrase-file", "wrong"]), exits: 6, saying: "passphrase is wrong")
    expect(try workspace.run(sign + ["--passphrase-file", "empty"]), exits: 6, saying: "no passphrase")
    expect(try workspace.run(sign + ["--passphrase-file", "absent"]), exits: 6, saying: "absent")
    expect(try workspace.run(sign + ["--passphrase-file", "/dev/zero"]), exits: 6, saying: "/dev/zero")
    expect(try workspace.run(sign + ["--passphrase-file", "right", "--passphrase-fd", "0"]), exits: 64)
    expect(try workspace.run(sign + ["--passphrase-fd", "77"]), exits: 6, saying: "descriptor 77")
    // One line feed at the end does not belong to it, and a descriptor serves as well as a file.
    try workspace.must(sign + ["--passphrase-file", "bare"])
    try workspace.must(
      ["roster", "sign", "--holder", "agency", "R", "--passphrase-fd", "0"], input: .text("correct horse\n"))
    try workspace.must("roster", "verify", "R")
    // The warrant's key is encrypted under the passphrase that was given.
    let draft = [
      "warrant", "draft", "--roster", "R", "--holder", "agency", "--recipient-key", "K.pem", "--case", "c",
      "--legal-basis", "l", "--conversation", Scene.conversation(1), "--not-after", "2099-01-01T00:00:00Z",
      "--maximum-keys", "1", "-o", "W",
    ]
    expect(try workspace.run(draft), exits: 6)
    #expect(!workspace.exists("K.pem") && !workspace.exists("W"))
    try workspace.must(draft + ["--passphrase-file", "right"])
    #expect(try workspace.text("K.pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
    #expect(try workspace.mode("K.pem") == 0o600)
  }

  @Test func aKeyThatCannotBeReadIsUnavailable() throws {
    try workspace.must("holder", "new", "--id", "judge", "--out", "judge")
    try workspace.must("holder", "new", "--id", "agency", "--out", "agency")
    try workspace.must(
      "roster", "new", "--policy", "and(judge, agency)", "--holder", "judge", "agency", "-o", "R")
    func sign() throws -> Tool.Outcome { try workspace.run("roster", "sign", "--holder", "judge", "R") }
    let before = try workspace.bytes("R")
    let key = try workspace.bytes("judge/signing.pem")
    expect(try workspace.run("roster", "sign", "--holder", "nowhere", "R"), exits: 6, saying: "nowhere")
    try FileManager.default.removeItem(atPath: workspace.path("judge/signing.pem"))
    expect(try sign(), exits: 6, saying: "judge/signing.pem", "no such file")
    for bad in [[], Array(key.dropLast(40)), Array("no key\n".utf8), [UInt8](repeating: 0, count: 70_000)] {
      try workspace.write(bad, to: "judge/signing.pem")
      expect(try sign(), exits: 6, saying: "judge/signing.pem")
    }
    try workspace.write(try workspace.bytes("judge/sealing.pem"), to: "judge/signing.pem")
    expect(try sign(), exits: 6, saying: "another kind of key than Ed25519")
    // Somebody else's key beside this public half.
    try workspace.write(try workspace.bytes("agency/signing.pem"), to: "judge/signing.pem")
    expect(try sign(), exits: 5, saying: "judge/holder.json")
    #expect(try workspace.bytes("R") == before)
  }

  @Test func aDepositorGetsItsKeyAndKeepsIt() throws {
    let made = try workspace.must("depositor", "new", "--out", "d", "--json")
    let vkey = try #require(try made.json["depositor"] as? String)
    #expect(try workspace.text("d/depositor.vkey") == vkey + "\n")
    #expect(try workspace.mode("d/depositor.pem") == 0o600)
    expect(try workspace.run("depositor", "new", "--out", "d"), exits: 64, saying: "d/depositor.pem")
  }

  @Test(arguments: ["", "judge:", "Judge", "bishop", "judge:Paris", "judge:a b", "judge:\u{1B}[2J"])
  func aHolderIDIsRoleOrRoleAndLabel(_ id: String) throws {
    let refused = try workspace.run("holder", "new", "--id", id, "--out", "d")
    expect(refused, exits: 64)
    // No escape sequence of an argument reaches the terminal.
    #expect(!refused.errors.contains("\u{1B}"))
    #expect(workspace.files.isEmpty)
  }
}
