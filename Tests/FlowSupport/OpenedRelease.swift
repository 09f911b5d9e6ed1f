package import KeyEscrow
import LibCrypto
package import SecretSharing
import TransparencyLog

/// A release file taken apart with the recipient's key, to be altered and sealed and signed again as if its holder had
/// done it. It follows `Spec/release.md` and uses nothing of the library's own writer.
package struct OpenedRelease {
  package struct Chunk {
    /// The deposit that the chunk table names.
    package var subject: [UInt8]
    /// depositDigest ‖ publicDigest ‖ n × (position ‖ conversation ‖ epoch).
    package var front: [UInt8]
    /// n × 32 bytes.
    package var shares: [UInt8]
    /// How many records the chunk table claims.
    package var records: UInt32
  }

  /// The note's text.
  package var text: String
  package var chunks: [Chunk]
  private let holder: HolderID
  private let world: FlowWorld
  private let warrant: Digest
  private let encapsulation: String
  private let table: String

  private static let separator = Array("\n=== key-escrow/v1 chunks ===\n".utf8)
  private static let entryByteCount = 76

  /// Takes the release `bytes` of `holder`, an honest one, apart.
  package init(_ bytes: [UInt8], of holder: HolderID, for warrant: UnverifiedWarrant, in world: FlowWorld)
    throws
  {
    let body = try UnverifiedRelease(MemoryBytes(bytes)).body
    guard let start = Self.separatorStart(in: bytes), body.encapsulations.count == 1,
      let encapsulation = body.encapsulations.first?.bytes
    else {
      throw EscrowError.malformed(.release, reason: "it is no honest release of one roster's deposits")
    }
    let note = Array(bytes[...start])
    text = try UnverifiedNote(parsing: note.span).text
    self.encapsulation = Hexadecimal.encode(encapsulation.span)
    table = body.table.hex
    self.holder = holder
    self.world = world
    self.warrant = warrant.digest
    chunks = []
    let info = Self.info(world: world, warrant: warrant.digest, holder: holder)
    var recipient = try HPKERecipient.setup(
      .keyEscrow1, encapsulation: encapsulation.span, key: world.recipientKey, info: info.span)
    let tableStart = start + Self.separator.count
    var offset = tableStart + Int(body.chunks) * Self.entryByteCount
    for number in 0..<Int(body.chunks) {
      let entry = Array(bytes[(tableStart + number * Self.entryByteCount)...].prefix(Self.entryByteCount))
      let records = entry.span.bigEndian(at: 32)
      let end = offset + Int(entry.span.bigEndian(at: 36))
      let front = Array(bytes[offset..<offset + 64 + 44 * Int(records)])
      let sealed = Array(bytes[offset + front.count..<end])
      var shares = [UInt8](repeating: 0, count: sealed.count - 16)
      var output = shares.mutableSpan
      let digest = try SHA256.digest(front).bytes
      try recipient.open(additionalData: digest.span, ciphertext: sealed.span, into: &output)
      chunks.append(Chunk(subject: Array(entry[..<32]), front: front, shares: shares, records: records))
      offset = end
    }
  }

  /// The release file with whatever was altered, sealed to the recipient anew and signed by its holder.
  package func sealed() throws -> [UInt8] {
    let info = Self.info(world: world, warrant: warrant, holder: holder)
    var sender = try HPKESender.setup(.keyEscrow1, to: world.recipientKey.publicKey, info: info.span)
    var table: [UInt8] = []
    var bodies: [UInt8] = []
    for chunk in chunks {
      let frontDigest = try SHA256.digest(chunk.front).bytes
      var body = [UInt8](repeating: 0, count: chunk.shares.count + 16)
      var output = body.mutableSpan
      try sender.seal(additionalData: frontDigest.span, plaintext: chunk.shares.span, into: &output)
      table += chunk.subject
      table.append(bigEndian: chunk.records)
      table.append(bigEndian: UInt32(chunk.front.count + body.count))
      table.append(bigEndian: 0)
      table += try SHA256.digest(frontDigest + body).bytes
      bodies += chunk.front + body
    }
    let text = text.replacing(encapsulation, with: Hexadecimal.encode(sender.encapsulation.span))
      .replacing(self.table, with: try SHA256.digest(table).hex)
    var note = try UnverifiedNote(text: text)
    note.add(try NoteSigner(name: holder.description, key: world.signingKey(of: holder)).sign(text))
    return note.bytes + Self.separator.dropFirst() + table + bodies
  }

  private static func info(world: FlowWorld, warrant: Digest, holder: HolderID) -> [UInt8] {
    // label ‖ be16(suite 1) ‖ deposit's roster ‖ warrant's roster ‖ warrant digest ‖ holder id
    Array("key-escrow/v1 release".utf8) + [0, 1] + world.roster.id.bytes + world.roster.id.bytes
      + warrant.bytes
      + Array(holder.description.utf8)
  }

  private static func separatorStart(in bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: separator) }
  }
}

extension Span<UInt8> {
  fileprivate func bigEndian(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(self[offset + $1]) }
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
