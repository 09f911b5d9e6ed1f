import Foundation
import KeyEscrow
import SecretSharing
import Testing

/// Ceremonies: the terminal as people see it, and what is left.
struct CeremonyTests {
  // MARK: Terminal

  @Test(arguments: [
    "one-room.txt", "three-rooms.txt", "resume.txt", "wrong-words.txt", "drill.txt", "lost-officer.txt",
    "rehearsal.txt",
  ])
  func theTerminalShowsThis(_ name: String) throws {
    try TerminalTranscript(name).check(in: try CeremonyScene().workspace)
  }

  // MARK: Result

  @Test func aCeremonyLeavesARosterThatWorksAndARecord() throws {
    let scene = try CeremonyScene.complete.get()
    let workspace = scene.workspace
    try workspace.must("roster", "verify", "D/roster")
    let verified = try workspace.must(
      "ceremony", "transcript", "verify", "D/transcript", "--roster", "D/roster", "--json"
    ).json
    #expect(verified["steps"] as? Int == 31)
    #expect(
      verified["roster"] as? String
        == (try workspace.must("roster", "show", "D/roster", "--json").json["roster"] as? String))
    let proves = try #require(verified["proves"] as? [String])
    #expect(proves.contains { $0.contains("all sets of the policy") })
    #expect(proves.contains { $0.contains("nobody typed there") })
    // Once it is complete, running it again changes nothing.
    let files = workspace.files
    let before = try scene.transcript
    expect(try scene.run(), exits: 0)
    #expect(try scene.transcript == before)
    #expect(workspace.files == files)
  }

  @Test func itsHoldersOpenWhatIsDepositedUnderItsRoster() throws {
    let workspace = try CeremonyScene.complete.get().copy().workspace
    try workspace.write(Scene.lines, to: "keys.jsonl")
    try workspace.must("deposit", "--roster", "D/roster", "--store", "S", "keys.jsonl")
    try workspace.must(
      "warrant", "draft", "--roster", "D/roster", "--holder", "D/keys/agency-b", "--recipient-key", "K.pem",
      "--case",
      "1", "--legal-basis", "2", "--conversation", Scene.conversation(1), "--maximum-keys", "10",
      "--not-after",
      try #require(Self.tomorrow), "--test", "-o", "W")
    for judge in ["judge-lyon", "judge-lille"] {
      try workspace.must("warrant", "sign", "--holder", "D/keys/\(judge)", "--roster", "D/roster", "W")
    }
    var files: [String] = []
    for holder in ["judge-lyon", "judge-lille", "agency-a", "agency-c"] {
      files.append("F.\(holder)")
      try workspace.must(
        "release", "--holder", "D/keys/\(holder)", "--roster", "D/roster", "--warrant", "W", "--store", "S",
        "-o",
        "F.\(holder)")
    }
    try workspace.must(
      [
        "recover", "--roster", "D/roster", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "-o",
        "out",
      ]
        + files)
    #expect(try workspace.text("out") == (0..<10).map { Scene.line(1, UInt64($0)) }.joined())
  }

  private static var tomorrow: String? {
    Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970) + 86_400)?.description
  }

  @Test func aRosterWithALogIsMadeDrilledAndLogged() throws {
    let scene = try CeremonyScene()
    let workspace = scene.workspace
    try workspace.must("log", "init", "L")
    let vkey = try workspace.text("L.keys/log.vkey").trimmingCharacters(in: .whitespacesAndNewlines)
    let origin = try #require(try workspace.text("L/checkpoint").split(separator: "\n").first)
    let policy = try workspace.text("L.witness/policy").split(separator: "\n").map { "    - \"\($0)\"\n" }
      .joined()
    let plan = try workspace.text("three-rooms.yaml").replacingOccurrences(
      of: "test: true", with: "test: false")
    try workspace.write(
      plan + "log:\n  origin: \(origin)\n  vkey: \(vkey)\n  witness-policy:\n\(policy)  unwitnessed: true\n",
      to: "ceremony.yaml")
    expect(try scene.run(), exits: 0)
    let verified = try workspace.must("ceremony", "transcript", "verify", "D/transcript", "--json").json
    let proves = try #require(verified["proves"] as? [String])
    #expect(proves.contains { $0.contains("under the roster's twin for tests") })
    // The entry names the transcript, and is the one that anybody makes from roster and transcript.
    let entry = try workspace.text("D/roster.entry")
    #expect(entry.contains("\"transcript\": \"\(verified["transcript"] ?? "")\""))
    try workspace.must("roster", "entry", "D/roster", "--transcript", "D/transcript", "-o", "again")
    #expect(try workspace.text("again") == entry)
    try workspace.must("log", "append", "L", "D/roster.entry")
    // The roster is real: its own drill is logged.
    let drill = [
      "drill", "--roster", "D/roster", "--holder", "D/keys/judge", "D/keys/provider", "D/keys/agency",
      "--json",
    ]
    expect(try workspace.run(drill), exits: 3, saying: "--log")
    let report = try workspace.must(drill + ["--log", "L", "--evidence", "E"]).json
    #expect(report["complete"] as? Bool == true)
    #expect(report["roster"] as? String == verified["roster"] as? String)
  }

  @Test func whatCrossesIsShownAsCodesAndTakenIn() throws {
    let workspace = try CeremonyScene().workspace
    func run(_ more: String...) throws -> Tool.Outcome {
      try workspace.run(
        [
          "ceremony", "run", "three-rooms.yaml", "--as", "judge", "--non-interactive", "--answers",
          "answers.yaml",
          "--directory",
        ] + more)
    }
    #expect(try run("paris", "--qr").status == 4)
    let name = "001-keys-judge.txt"
    let pictures = workspace.files.filter { $0.hasPrefix("paris/qr/") }
    #expect(pictures.contains("paris/qr/001-keys-judge.1-of-\(pictures.count).png"), "\(pictures)")
    for picture in pictures { #expect(try workspace.bytes(picture).starts(with: [0x89, 0x50, 0x4E, 0x47])) }
    // What `Scripts/qr-roundtrip` reads in the pictures.
    let file = try workspace.bytes("paris/exchange/\(name)")
    let lines = try CrossingPart.parts(of: file, name: name, lineLength: 997).map(\.line)
    #expect(lines.count == pictures.count)
    try workspace.write(lines.dropLast().joined(separator: "\n") + "\n", to: "lines")
    let part = "\(lines.count) of \(lines.count)"
    let missing = try workspace.run("ceremony", "receive", "--directory", "lyon", "lines")
    expect(missing, exits: 4, saying: name, part)
    #expect(!workspace.exists("lyon/exchange/\(name)"))
    // In any order, and some scanned twice.
    let twice = (lines.reversed() + lines).joined(separator: "\n")
    let received = try workspace.must(
      "ceremony", "receive", "--directory", "lyon", "-", "--json", input: .text(twice)
    ).json
    #expect(received["received"] as? [String] == [name])
    #expect(try workspace.bytes("lyon/exchange/\(name)") == file)
    // Once more changes nothing; another file of the name is not overwritten.
    try workspace.must("ceremony", "receive", "--directory", "lyon", "-", input: .text(twice))
    #expect(try run("paris-2", "--qr").status == 4)
    let other = try CrossingPart.parts(
      of: try workspace.bytes("paris-2/exchange/\(name)"), name: name, lineLength: 997
    ).map(\.line)
    func receive(
      _ lines: [String], exits status: Int32, saying words: String,
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      let outcome = try workspace.run(
        "ceremony", "receive", "--directory", "lyon", "-", input: .text(lines.joined(separator: "\n")))
      expect(outcome, exits: status, saying: words, location: location)
    }
    try receive(other, exits: 64, saying: "not overwritten")
    try receive(lines + other, exits: 5, saying: "line \(lines.count + 1): is of another")
    let half = try #require(lines.first)
    try receive([half.replacingOccurrences(of: name, with: "../../etc/x.txt")], exits: 5, saying: "its name")
    try receive([half + "="], exits: 5, saying: "line 1")
    try receive(["hello"], exits: 5, saying: "line 1")
    try receive([], exits: 5, saying: "no code")
    // One character exchanged, and the parts no longer make the file.
    let last = half.last == "A" ? "B" : "A"
    let wrong = half.replacing(/[A-Za-z0-9+\/]{4}$/, with: "\(last)AAA")
    try receive([wrong] + lines.dropFirst(), exits: 5, saying: "do not make the file")
  }

  @Test func aRehearsalLeavesNothing() throws {
    let scene = try CeremonyScene()
    let before = scene.workspace.files
    let outcome = try scene.workspace.run(
      "ceremony", "run", "ceremony.yaml", "--dry-run", "--non-interactive", "--answers", "answers.yaml",
      "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json["rehearsal"] as? Bool == true)
    #expect(scene.workspace.files == before)
    // A rehearsal that is kept never becomes the ceremony.
    expect(try scene.run("--dry-run"), exits: 0)
    expect(try scene.run(), exits: 5, saying: "rehearsal")
  }

  @Test func anAnswersFileAlterationOrAnotherPlanIsRefused() throws {
    let scene = try CeremonyScene.complete.get().copy()
    let workspace = scene.workspace
    let plan = try workspace.text("ceremony.yaml")
    try workspace.write(plan + "# changed\n", to: "ceremony.yaml")
    expect(try scene.run(), exits: 64, saying: "another plan")
    try workspace.write(plan, to: "ceremony.yaml")
    try workspace.write("version: 1\nconfirm: yes\n", to: "answers.yaml")
    expect(try scene.run(), exits: 5, saying: "line 2", "everything as shown")
    expect(
      try workspace.run("ceremony", "run", "ceremony.yaml", "--directory", "E"), exits: 64,
      saying: "nobody can type")
    #expect(!workspace.exists("E"))
  }

  @Test func aFileThatWasAlteredOnItsWayIsNamed() throws {
    let complete = try CeremonyScene.complete.get()
    for name in [
      "D/exchange/002-keys-judge-lyon.txt", "D/exchange/011-sign-judge-lyon.txt",
      "D/exchange/017-verify-witness.txt",
    ] {
      let scene = try complete.copy()
      guard scene.workspace.exists(name) else {
        Issue.record("there is no \(name)")
        continue
      }
      var bytes = try scene.workspace.bytes(name)
      bytes[bytes.count / 3] ^= 1
      try scene.workspace.write(bytes, to: name)
      expect(try scene.run(), exits: 5, saying: name, "take it away")
    }
  }

  @Test func aFileOfAnotherCeremonyIsRefused() throws {
    let scene = try CeremonyScene()
    let other = try CeremonyScene.complete.get()
    try FileManager.default.createDirectory(
      at: scene.workspace.url.appendingPathComponent("D/exchange"), withIntermediateDirectories: true)
    // Its own keys are made first, and then the draft is of other keys.
    let name = "D/exchange/009-draft-judge-paris.txt"
    try scene.workspace.write(try other.workspace.bytes(name), to: name)
    let outcome = try scene.run()
    #expect(outcome.status == 5, "\(outcome.errors)")
    let last = outcome.errors.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("escrow: ") && last.contains(name) && last.contains("take it away"), "\(last)")
  }

  @Test func aPassphraseProtectsTheKeys() throws {
    let scene = try CeremonyScene()
    try scene.workspace.write("correct horse\n", to: "p")
    try scene.workspace.write(
      try scene.workspace.text("answers.yaml") + "passphrase-files:\n  judge:lyon: p\n  witness: p\n",
      to: "answers.yaml")
    expect(try scene.run(), exits: 0)
    for key in ["judge-lyon/signing", "judge-lyon/sealing", "witness/witness"] {
      #expect(try scene.workspace.text("D/keys/\(key).pem").contains("BEGIN ENCRYPTED PRIVATE KEY"))
    }
    #expect(try scene.workspace.text("D/keys/provider/signing.pem").contains("BEGIN PRIVATE KEY"))
    #expect(!scene.workspace.exists("D/keys/agency-a/drill.pem"))
    for file in scene.workspace.files where file.hasPrefix("D/") && file.hasSuffix(".txt") {
      #expect(try !scene.workspace.text(file).contains("correct horse"))
    }
  }

  @Test func nothingSecretIsInStateFiles() throws {
    let scene = try CeremonyScene.complete.get()
    let keys = try scene.privateKeys
    #expect(keys.count == 2 * 7 + 1)
    #expect(Set(keys.values).count == keys.count)
    #expect(try scene.leaks(of: Array(keys.values)) == [])
    // The search finds what is there.
    let planted = try scene.copy()
    let key = try #require(keys["D/keys/provider/sealing.pem"])
    for text in [
      Data(key), Data(key.map { String(format: "%02x", $0) }.joined().utf8),
      Data(("x" + Data([7] + key).base64EncodedString()).utf8),
    ] {
      try planted.workspace.write(Array(text), to: "D/exchange/note.txt")
      #expect(try planted.leaks(of: [key]) == ["D/exchange/note.txt"])
    }
  }
}
