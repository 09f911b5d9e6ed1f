import KeyEscrow
import LibCrypto
import Mnemonics
import QRCode
import SecretMemory
import SecretSharing
import TransparencyLog

/// One officer's printable sheet: a page of HTML that needs nothing beside it, holds one mnemonic, and nothing secret
/// of anybody else.
struct SheetPage {
  let share: MnemonicShare
  /// How many members the share's group has.
  let memberCount: Int
  let holder: HolderRecord
  /// Whose sheet it is, when officers are named.
  let officer: String?
  /// The roster that names the holder, when there is one.
  let roster: Digest?
  let made: Timestamp

  /// The page. Reading it gives one mnemonic, so it is a secret.
  func html() throws(Failure) -> SecretText {
    do {
      var page = try SecretText()
      try page.append(head)
      try page.append(facts)
      let text = try share.text()
      try Self.append(words: text, to: &page)
      try page.append("<table><tr><td class=\"code\">")
      let code = try text.withBytes { text throws(QRCodeError) in try QRCode.encoding(text) }
      let picture = try code.svg()
      try picture.withBytes { picture throws(SecretMemoryError) in try page.append(picture) }
      try page.append(
        "The words above, for a camera that is connected to nothing.</td>")
      try page.append(instructions)
      try page.append("</tr></table>\n</body>\n</html>\n")
      return page
    } catch { throw Failure(error) }
  }

  private static func append(
    words: borrowing SecretBytes, to page: inout SecretText
  ) throws(SecretMemoryError) {
    try page.append("<ol class=\"words\">\n")
    try words.withBytes { words throws(SecretMemoryError) in
      var start = 0
      while start < words.count {
        var end = start
        while end < words.count, words[end] != UInt8(ascii: " ") { end += 1 }
        try page.append("<li>")
        try page.append(words.extracting(start..<end))
        try page.append("</li>\n")
        start = end + 1
      }
    }
    try page.append("</ol>\n")
  }

  // MARK: What is not secret

  private var place: String {
    let header = share.header
    let member = "share \(header.memberIndex + 1) of \(memberCount)"
    return header.groupCount == 1
      ? member : "\(member), group \(header.groupIndex + 1) of \(header.groupCount)"
  }

  private var needed: String {
    let header = share.header
    let members = "any \(header.memberThreshold) of the \(memberCount) shares"
    guard header.groupCount > 1 else { return members }
    return "\(members) complete this group; any \(header.groupThreshold) of the \(header.groupCount) groups"
  }

  private var head: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Backup sheet of \(Self.escaped(holder.id.description)), \(place)</title>
    <style>
    @page { size: A4; margin: 14mm }
    body { font: 10pt/1.3 sans-serif; color: #000; background: #fff; max-width: 182mm; margin: 0 auto }
    h1 { font-size: 17pt; margin: 0 0 1mm }
    .secret { border: 0.6mm solid #000; padding: 1.5mm 3mm; margin: 0 0 4mm; font-weight: bold }
    table { border-collapse: collapse; width: 100% }
    th { text-align: left; vertical-align: top; white-space: nowrap; padding: 0.5mm 4mm 0.5mm 0; font-weight: normal }
    td { padding: 0.5mm 0; overflow-wrap: anywhere }
    td.hex { font: 8.5pt/1.35 monospace }
    .words { columns: 4; column-gap: 5mm; margin: 4mm 0; padding: 3mm 3mm 3mm 11mm; border: 0.3mm solid #000;
      font: bold 12pt/1.4 monospace }
    .words li::marker { font: 8.5pt sans-serif }
    td.code { width: 56mm; padding: 0 6mm 0 0; vertical-align: top; font-size: 8.5pt }
    td.code svg { display: block; width: 56mm; height: 56mm }
    td.help { font-size: 9pt; vertical-align: top }
    .help p { margin: 0 0 1.5mm }
    </style>
    </head>
    <body>
    <h1>Backup sheet of \(Self.escaped(holder.id.description))</h1>
    <p class="secret">Secret\(officer.map { ", for \(Self.escaped($0)) alone" } ?? ""). Keep it sealed, apart from \
    the other sheets, where no camera sees it.</p>

    """
  }

  private var facts: String {
    func row(_ name: String, _ value: String, _ style: String = "") -> String {
      "<tr><th>\(name)</th><td\(style)>\(value)</td></tr>\n"
    }
    let hex = " class=\"hex\""
    var rows = officer.map { row("officer", Self.escaped($0)) } ?? ""
    rows += row("this sheet", "<b>\(place)</b>")
    rows += row("needed", needed)
    rows += row("made", made.description)
    rows += row("backup number", String(share.header.identifier))
    rows += row("sealing key until", holder.sealingKeyNotAfter.description)
    rows += row("sealing key", Hexadecimal.encode(holder.sealingKey.bytes.span), hex)
    rows += row("signing key", Self.escaped(holder.verifierKey.vkey), hex)
    if let roster {
      rows += row("roster", roster.hex, hex)
      rows += row("roster in words", PGPWords.words(of: roster).joined(separator: " "))
    } else {
      rows += row("roster", "none yet")
    }
    return "<table>\n\(rows)</table>\n"
  }

  private var instructions: String {
    """
    <td class="help">
    <p><b>To restore the keys</b>, on a machine without a network, type the words of enough sheets into<br>
    <code>escrow backup combine --restore DIRECTORY --record holder.json</code></p>
    <p>Any other tool for SLIP-39 gives 64 bytes under the same passphrase, if one was set: bytes 1 to 32 are the \
    X25519 sealing key, bytes 33 to 64 the Ed25519 signing seed. Their public keys must be the ones above.</p>
    <p>To check this sheet without restoring anything: <code>escrow backup verify</code>.</p>
    <p>Fewer sheets than needed say nothing about the keys. If this one is lost or seen by anybody else, tell the \
    holder: new keys, new sheets.</p>
    </td>
    """
  }

  /// `text` as it stands in a page.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
  }
}
