import Foundation
import Testing

/// A holder's keys on paper, and back.
struct BackupTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.must("holder", "new", "--id", "judge:paris", "--out", "paris")
  }

  /// The mnemonics of a backup of `paris`, one a line.
  private func words(_ arguments: String...) throws -> [String] {
    try workspace.must(["backup", "split", "--holder", "paris", "--words"] + arguments).output
      .split(separator: "\n").map(String.init)
  }

  private func combine(_ lines: [String], _ arguments: String...) throws -> Tool.Outcome {
    try workspace.run(["backup", "combine"] + arguments, input: .text(lines.joined(separator: "\n") + "\n"))
  }

  /// The raw private keys of a holder's directory, in hexadecimal: the last 32 bytes of each PKCS#8 structure.
  private func keys(_ directory: String) throws -> String {
    try ["sealing", "signing"].map { name in
      let lines = try workspace.text("\(directory)/\(name).pem").split(separator: "\n")
      let der = try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined()))
      return der.suffix(32).map { String(format: "%02x", $0) }.joined()
    }.joined()
  }

  @Test func twoOfThreeOfficersRestoreTheKeys() throws {
    let lines = try words("--groups", "2of3")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.split(separator: " ").count == 59 })
    let secret = try keys("paris")
    for pair in [[0, 1], [2, 0], [1, 2], [0, 1, 2]] {
      let combined = try combine(pair.map { lines[$0] }, "--json")
      #expect(combined.output == "{\"secret\":\"\(secret)\"}\n", "\(combined.errors)")
      #expect(combined.errors == "")
    }
    #expect(try combine([lines[0], lines[1]]).output == secret + "\n")
    let restored = try combine([lines[1], lines[2]], "--restore", "again", "--record", "paris/holder.json")
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(try keys("again") == secret)
    #expect(try workspace.bytes("again/holder.json") == workspace.bytes("paris/holder.json"))
    #expect(try workspace.mode("again") == 0o700 && workspace.mode("again/signing.pem") == 0o600)
    // Nothing is overwritten.
    expect(
      try combine([lines[1], lines[2]], "--restore", "again", "--record", "paris"), exits: 64,
      saying: "again",
      "not overwritten")
  }

  @Test func aSetThatIsBadOrTooSmallIsRefusedWithItsReason() throws {
    let lines = try words("--groups", "2of3", "1of1", "--threshold", "2")
    let other = try words("--groups", "2of3")
    expect(try combine([lines[0]], "--json"), exits: 5, saying: "2 groups are needed", "1 are here")
    expect(try combine([lines[0], lines[3]], "--json"), exits: 5, saying: "group 1 needs 2")
    expect(try combine([lines[0], other[1]]), exits: 5, saying: "not of one backup")
    expect(try combine([lines[0], lines[0], lines[3]]), exits: 5, saying: "share 1 of group 1 is here twice")
    let swapped = lines[1].split(separator: " ").reversed().joined(separator: " ")
    expect(try combine([lines[0], swapped]), exits: 5, saying: "standard input: line 2", "checksum")
    expect(
      try combine([lines[0], "", lines[1] + " nonsense"]), exits: 5, saying: "line 3: word 60 is not in")
    expect(try combine(["academic"]), exits: 5, saying: "no mnemonic has 1 words")
    expect(try combine([]), exits: 5, saying: "holds no mnemonic")
    expect(try combine(["\u{0}\u{1}\u{FF}"]), exits: 5, saying: "word 1")
    for outcome in [try combine([lines[0]]), try combine([lines[0], other[1]])] {
      #expect(outcome.output == "")
    }
  }

  @Test func thePassphraseBelongsToTheKeys() throws {
    try workspace.write("correct horse\n", to: "right")
    try workspace.write("wrong horse", to: "wrong")
    try workspace.write("é\n", to: "accent")
    let lines = try words("--groups", "2of2", "--passphrase-file", "right")
    let secret = try keys("paris")
    #expect(try combine(lines, "--passphrase-file", "right").output == secret + "\n")
    let other = try combine(lines, "--passphrase-file", "wrong")
    #expect(other.status == 0 && other.output != secret + "\n" && other.output.count == 129)
    expect(
      try combine(lines, "--passphrase-file", "wrong", "--restore", "again", "--record", "paris"), exits: 5,
      saying: "passphrase is wrong")
    #expect(!workspace.exists("again"))
    expect(try combine(lines, "--passphrase-file", "accent"), exits: 6, saying: "printable ASCII")
    expect(try combine(lines, "--passphrase-file", "absent"), exits: 6, saying: "absent")
    expect(try combine(lines, "--restore", "again"), exits: 64, saying: "--record")
  }

  @Test func everyOfficerGetsASheetOfItsOwn() throws {
    let made = try workspace.must(
      "backup", "split", "--holder", "paris", "--groups", "2of3", "--officer", "Ada <Lovelace>", "--officer",
      "B & B",
      "--officer", "Zoë", "--out", "sheets", "--json")
    let sheets = try #require(try made.json["sheets"] as? [String])
    #expect(try made.json["notIncluded"] == nil)
    #expect(sheets == (1...3).map { "sheets/sheet-1-\($0).html" })
    #expect(try workspace.mode("sheets") == 0o700)
    let pages = try sheets.map { try workspace.text($0) }
    #expect(Set(pages).count == 3)
    let vkey = try #require(try workspace.must("holder", "show", "paris", "--json").json["vkey"] as? String)
    var mnemonics: [String] = []
    for (index, page) in pages.enumerated() {
      #expect(try workspace.mode(sheets[index]) == 0o600)
      let words = page.matches(of: /<li>([a-z]+)<\/li>/).map { String($0.1) }
      #expect(words.count == 59)
      mnemonics.append(words.joined(separator: " "))
      #expect(page.contains("share \(index + 1) of 3") && page.contains("any 2 of the 3 shares"))
      #expect(page.contains("judge:paris") && page.contains(vkey.replacing("&", with: "&amp;")))
      // Nothing comes from anywhere else, and a name is text.
      #expect(
        !page.contains("http://")
          || page.replacing("http://www.w3.org/2000/svg", with: "").contains("http://") == false)
      #expect(!page.contains("https://") && !page.contains("<script") && !page.contains("<Lovelace>"))
      #expect(page.contains(["Ada &lt;Lovelace&gt;", "B &amp; B", "Zoë"][index]))
    }
    for (index, page) in pages.enumerated() {
      for (other, mnemonic) in mnemonics.enumerated() where other != index {
        // The first words say of which backup a sheet is; the value's words are nobody else's.
        let value = mnemonic.split(separator: " ").dropFirst(4).joined(separator: "</li>\n<li>")
        #expect(!page.contains(value))
      }
    }
    #expect(try combine([mnemonics[0], mnemonics[2]]).output == keys("paris") + "\n")
    expect(
      try workspace.run("backup", "split", "--holder", "paris", "--groups", "2of3", "--out", "sheets"),
      exits: 64,
      saying: "sheets: is already there")
  }

  @Test func keysOfEarlierRostersAreNamedAsNotIncluded() throws {
    try workspace.write(try workspace.bytes("paris/sealing.pem"), to: "paris/sealing-2025.pem")
    let made = try workspace.must(
      "backup", "split", "--holder", "paris", "--groups", "2of2", "--out", "sheets", "--json")
    #expect(try made.json["notIncluded"] as? [String] == ["paris/sealing-2025.pem"])
  }

  @Test func sheetsAreCheckedWithoutShowingTheSecret() throws {
    try workspace.must(
      "backup", "split", "--holder", "paris", "--groups", "2of3", "--groups", "1of1", "--threshold", "2",
      "--out", "s")
    let all = ["s/sheet-1-1.html", "s/sheet-1-2.html", "s/sheet-1-3.html", "s/sheet-2-1.html"]
    let secret = try keys("paris")
    let checked = try workspace.must(["backup", "verify", "--record", "paris", "--json"] + all)
    #expect(try checked.json["complete"] as? Bool == true)
    #expect(try checked.json["holder"] as? String == "judge:paris")
    #expect(try checked.json["shares"] as? Int == 4)
    #expect(!checked.output.contains(secret) && !checked.output.contains(secret.prefix(32)))
    let few = try workspace.run(["backup", "verify"] + all.dropLast())
    expect(few, exits: 5, saying: "2 groups are needed")
    #expect(few.output.contains("judge") == false)
    try workspace.must("holder", "new", "--id", "judge:lyon", "--out", "lyon")
    expect(
      try workspace.run(["backup", "verify", "--record", "lyon"] + all), exits: 5, saying: "judge:lyon",
      "other keys")
    // A sheet with one word changed.
    let page = try workspace.text(all[1])
    let word = try #require(page.firstMatch(of: /<li>([a-z]+)<\/li>\n<\/ol>/)).1
    try workspace.write(
      page.replacing("<li>\(word)</li>", with: "<li>\(word == "acid" ? "zero" : "acid")</li>"), to: "bad")
    expect(try workspace.run("backup", "verify", all[0], "bad"), exits: 5, saying: "bad: ", "checksum")
    expect(try workspace.run("backup", "verify", "s/sheet-9-9.html"), exits: 64, saying: "no such file")
    // Typed again from a print, on standard input.
    let typed = try workspace.text(all[0]).matches(of: /<li>([a-z]+)<\/li>/).map { String($0.1) }.joined(
      separator: " ")
    expect(
      try workspace.run("backup", "verify", input: .text(typed)), exits: 5, saying: "2 groups are needed")
  }

  @Test func aRosterIsNamedOnTheSheetsAndNamesTheKeys() throws {
    for holder in ["provider", "agency"] {
      try workspace.must("holder", "new", "--id", holder, "--out", holder)
    }
    try workspace.must(
      "roster", "new", "--policy", "and(judge:paris, or(provider, agency))", "--holder", "paris", "provider",
      "agency", "-o", "R")
    for holder in ["paris", "provider", "agency"] {
      try workspace.must("roster", "sign", "--holder", holder, "R")
    }
    try workspace.must(
      "backup", "split", "--holder", "paris", "--groups", "2of2", "--roster", "R", "--out", "s")
    let page = try workspace.text("s/sheet-1-1.html")
    let shown = try workspace.must("roster", "show", "R", "--json")
    let roster = try #require(try shown.json["roster"] as? String)
    #expect(page.contains(roster))
    let spoken = try #require(page.firstMatch(of: /roster in words<\/th><td>([A-Za-z ]+)<\/td>/)).1
    #expect(spoken.split(separator: " ").count == 32)
    try workspace.must(
      "backup", "verify", "--roster", "R", "--id", "judge:paris", "s/sheet-1-1.html", "s/sheet-1-2.html")
    expect(
      try workspace.run(
        "backup", "verify", "--roster", "R", "--id", "agency", "s/sheet-1-1.html", "s/sheet-1-2.html"),
      exits: 5,
      saying: "agency")
    expect(try workspace.run("backup", "verify", "--id", "agency"), exits: 64)
  }

  @Test func schemesThatNoBackupHasAreRefused() throws {
    func split(_ arguments: String...) throws -> Tool.Outcome {
      try workspace.run(["backup", "split", "--holder", "paris"] + arguments)
    }
    expect(try split("--groups", "1of3", "--words"), exits: 64, saying: "same words")
    expect(try split("--groups", "4of3", "--words"), exits: 64, saying: "4 members")
    expect(try split("--groups", "2of17", "--words"), exits: 64, saying: "1 to 16 members")
    expect(try split("--groups", "two of three", "--words"), exits: 64, saying: "2of3")
    expect(try split("--groups", "2of3", "1of1", "--words"), exits: 64, saying: "--threshold")
    expect(try split("--groups", "2of3", "--threshold", "2", "--words"), exits: 64, saying: "2 groups")
    expect(try split("--groups", "2of3"), exits: 64, saying: "--out")
    expect(
      try split("--groups", "2of3", "--officer", "A", "--words"), exits: 64, saying: "3 sheets and 1 officers"
    )
    expect(
      try split("--groups", "2of3", "--officer", "a\u{202E}b", "--words"), exits: 64, saying: "--officer")
    expect(
      try split("--groups", "2of3", "--iteration-exponent", "16", "--words"), exits: 64, saying: "0 to 15")
    expect(
      try workspace.run("backup", "split", "--holder", "nobody", "--groups", "2of3", "--words"), exits: 64)
  }

  @Test func anEncryptedHolderIsBackedUpAndRestoredUnderItsPassphrase() throws {
    try workspace.write("key phrase\n", to: "key")
    try workspace.must("holder", "new", "--id", "agency", "--out", "agency", "--passphrase-file", "key")
    let split = ["backup", "split", "--holder", "agency", "--groups", "2of2", "--words"]
    expect(try workspace.run(split), exits: 6, saying: "agency/sealing.pem", "--key-passphrase-file")
    let lines = try workspace.must(split + ["--key-passphrase-file", "key"]).output
    try workspace.must(
      "backup", "combine", "--restore", "again", "--record", "agency", "--key-passphrase-file", "key",
      input: .text(lines))
    #expect(try workspace.text("again/sealing.pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
  }

  /// `Tests/Vectors/slip39-official.json` through the tool.
  @Test func theToolCombinesTheOfficialVectors() throws {
    try workspace.write("TREZOR\n", to: "trezor")
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../Vectors/slip39-official.json")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [[Any]])
    for row in rows {
      let mnemonics = try #require(row[1] as? [String])
      let secret = try #require(row[2] as? String)
      let outcome = try combine(mnemonics, "--passphrase-file", "trezor", "--json")
      if secret.isEmpty {
        #expect([4, 5].contains(outcome.status) && outcome.output.isEmpty, "\(row[0])")
        #expect(outcome.errorLines.count == 1)
      } else {
        #expect(outcome.output == "{\"secret\":\"\(secret)\"}\n", "\(row[0]): \(outcome.errors)")
      }
    }
  }
}
