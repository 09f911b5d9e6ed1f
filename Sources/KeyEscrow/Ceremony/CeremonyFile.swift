import LibCrypto

/// The outer form of step files and transcripts: a note, lines of openings, and attachments in base64.
struct CeremonyFile {
  private static let openingsLine = "=== key-escrow/v1 openings ==="
  private static let attachmentPrefix = "=== key-escrow/v1 attachment "
  private static let attachmentSuffix = " ==="
  private static let lineLength = 76

  let note: [UInt8]
  let openings: [String]
  let attachments: [CeremonyAttachment]

  init(note: [UInt8], openings: [String], attachments: [CeremonyAttachment]) {
    self.note = note
    self.openings = openings
    self.attachments = attachments
  }

  /// Takes a file apart. Nothing of it is verified; the caller compares `bytes` with what was read.
  init(parsing bytes: [UInt8], artifact: Artifact) throws(EscrowError) {
    func fault(_ reason: String) -> EscrowError { .malformed(artifact, reason: reason) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("it is not UTF-8") }
    // Lines end in a line feed alone; a carriage return would join it to one character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let last = lines.popLast(), last.isEmpty else { throw fault("it does not end with a line") }
    guard let start = lines.firstIndex(where: { $0.elementsEqual(Self.openingsLine.utf8) }) else {
      throw fault("it has no line \"\(Self.openingsLine)\"")
    }
    note = lines[..<start].flatMap { Array($0) + [UInt8(ascii: "\n")] }
    var openings: [String] = []
    var sections: [(name: String, lines: [String])] = []
    for line in lines[(start + 1)...] {
      let text = String(Substring(line))
      if let name = Self.attachmentName(text) {
        sections.append((name, []))
      } else if sections.isEmpty {
        openings.append(text)
      } else {
        sections[sections.count - 1].lines.append(text)
      }
    }
    var attachments: [CeremonyAttachment] = []
    for section in sections {
      guard let bytes = Base64.decode(section.lines.joined()) else {
        throw fault("its attachment \(section.name) is not base64")
      }
      attachments.append(CeremonyAttachment(name: section.name, bytes: bytes))
    }
    self.openings = openings
    self.attachments = attachments
  }

  private static func attachmentName(_ line: String) -> String? {
    guard line.hasPrefix(attachmentPrefix), line.hasSuffix(attachmentSuffix),
      line.utf8.count > attachmentPrefix.utf8.count + attachmentSuffix.utf8.count
    else { return nil }
    return String(line.dropFirst(attachmentPrefix.count).dropLast(attachmentSuffix.count))
  }

  /// The file.
  var bytes: [UInt8] {
    var text = Self.openingsLine + "\n"
    for line in openings { text += line + "\n" }
    for attachment in attachments {
      text += Self.attachmentPrefix + attachment.name + Self.attachmentSuffix + "\n"
      let encoded = Array(Base64.encode(attachment.bytes.span).utf8)
      for start in stride(from: 0, to: encoded.count, by: Self.lineLength) {
        let line = encoded[start..<min(start + Self.lineLength, encoded.count)]
        text += String(decoding: line, as: UTF8.self) + "\n"
      }
    }
    return note + Array(text.utf8)
  }

  /// Refuses openings that are not what `statement` commits to. Some may be missing.
  static func check(_ openings: [CeremonyOpening], of statement: CeremonyStatement) throws(EscrowError) {
    var last: String?
    for opening in openings {
      if let last, !last.utf8.lexicographicallyPrecedes(opening.name.utf8) {
        throw .ceremony(.opening(step: statement.number, name: opening.name))
      }
      last = opening.name
      let commitment = try opening.commitment()
      guard statement.commitments.contains(where: { $0.name == opening.name && $0.digest == commitment })
      else { throw .ceremony(.opening(step: statement.number, name: opening.name)) }
    }
  }
}
