public import LibCrypto

/// A checkpoint, and the proof that it extends the one of size `oldSize`: what a log sends to a witness, and the file in
/// which a consistency proof is carried. Not yet checked.
///
///     old <decimal>
///     <base64 of a hash>                  (the consistency proof)
///
///     <the checkpoint, with its signatures>
///
/// Source: C2SP tlog-witness ("add-checkpoint", the request's body).
public struct WitnessRequest: Hashable, Sendable {
  /// The longest consistency proof that may be sent.
  public static let maximumHashCount = 63

  /// The largest request, in bytes: the largest note, and what may stand before it.
  public static let maximumByteCount = UnverifiedNote.maximumByteCount + 4096

  /// The size of the older tree.
  public let oldSize: UInt64

  /// The consistency proof (RFC 6962 section 2.1.2), empty from size 0.
  public let hashes: [Digest]

  /// The newer checkpoint.
  public let checkpoint: UnverifiedNote

  /// A request of its parts.
  ///
  /// - Throws: `malformedRequest` when there are more than 63 hashes, `oldSize` is 2^63 or more, or `checkpoint` has no
  ///   signature.
  public init(oldSize: UInt64, hashes: [Digest], checkpoint: UnverifiedNote) throws(LogError) {
    guard oldSize <= MerkleTree.maximumSize, hashes.count <= Self.maximumHashCount,
      !checkpoint.signatures.isEmpty
    else { throw .malformedRequest }
    self.oldSize = oldSize
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// Reads a request; `bytes` gives back exactly what was read.
  ///
  /// - Throws: `malformedRequest`, or `note(.malformed)` for the checkpoint at its end.
  public init(parsing bytes: Span<UInt8>) throws(LogError) {
    guard bytes.count <= Self.maximumByteCount else { throw .malformedRequest }
    guard let (head, note) = LineText.head(of: bytes.indices.map { bytes[$0] }),
      let first = head.first, first.utf8.starts(with: "old ".utf8),
      let oldSize = DecimalText.value(String(Substring(first.utf8.dropFirst(4)))),
      oldSize <= MerkleTree.maximumSize, head.count - 1 <= Self.maximumHashCount
    else { throw .malformedRequest }
    self.oldSize = oldSize
    hashes = try head.dropFirst().map { (line) throws(LogError) in
      guard let hash = DigestText.value(line) else { throw .malformedRequest }
      return hash
    }
    checkpoint = try logNote { () throws(NoteError) in try UnverifiedNote(parsing: note.span) }
  }

  /// The bytes of the request.
  public var bytes: [UInt8] {
    let lines = ["old \(oldSize)"] + hashes.map(DigestText.text)
    return Array(lines.map { $0 + "\n" }.joined().utf8) + [NoteText.newline] + checkpoint.bytes
  }
}

extension Witness {
  /// Cosigns the checkpoint of `request` at `time`.
  ///
  /// - Throws: as `cosign(_:from:proof:at:)`.
  public mutating func cosign(_ request: WitnessRequest, at time: UInt64) throws(LogError) -> NoteSignature {
    try cosign(request.checkpoint, from: request.oldSize, proof: request.hashes, at: time)
  }
}
