public import LibCrypto

/// A proof that an entry is in a log, as it is kept in a `.tlog-proof` file: not yet checked.
///
///     c2sp.org/tlog-proof@v1
///     extra <base64>                      (only when there is extra data)
///     index <decimal>
///     <base64 of a hash>                  (the inclusion proof, from the leaf's sibling up)
///
///     <the checkpoint, with the signatures of the log and of witnesses>
///
/// Source: C2SP tlog-proof.
public struct TransparencyProof: Hashable, Sendable {
  /// The longest inclusion proof: one hash per level of a tree of 2^63 entries.
  public static let maximumHashCount = 63

  /// The largest file, in bytes: the largest note, and as much again for extra data and hashes.
  public static let maximumByteCount = 2 * UnverifiedNote.maximumByteCount

  /// Data of the application's, which nothing here authenticates; empty when there is none.
  public let extra: [UInt8]

  /// The index of the entry.
  public let index: UInt64

  /// The inclusion proof (RFC 6962 section 2.1.1).
  public let hashes: [Digest]

  /// The checkpoint to whose root the proof leads.
  public let checkpoint: UnverifiedNote

  /// A proof of its parts.
  ///
  /// - Throws: `malformedProof` when there are more than 63 hashes, `index` is 2^63 or more, `checkpoint` has no
  ///   signature, or the whole is larger than can be read; `malformedCheckpoint` when `checkpoint` is another note.
  public init(
    index: UInt64, hashes: [Digest], checkpoint: UnverifiedNote, extra: [UInt8] = []
  ) throws(LogError) {
    guard index < MerkleTree.maximumSize, hashes.count <= Self.maximumHashCount,
      !checkpoint.signatures.isEmpty
    else { throw .malformedProof }
    _ = try Checkpoint(parsing: checkpoint.text)
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
    self.extra = extra
    guard bytes.count <= Self.maximumByteCount else { throw .malformedProof }
  }

  /// Reads a `.tlog-proof` file; `bytes` gives back exactly what was read.
  ///
  /// - Throws: `malformedProof`; `note(.malformed)` or `malformedCheckpoint` for the checkpoint at its end.
  public init(parsing bytes: Span<UInt8>) throws(LogError) {
    guard bytes.count <= Self.maximumByteCount else { throw .malformedProof }
    let file = bytes.indices.map { bytes[$0] }
    guard let (head, note) = LineText.head(of: file) else { throw .malformedProof }
    var lines = head
    guard lines.popFirst().map(ExactString.init) == ExactString(Self.firstLine) else { throw .malformedProof }
    extra =
      try Self.popValue("extra", from: &lines, optional: true).map { (text) throws(LogError) in
        guard let extra = Base64.decode(text), !extra.isEmpty else { throw .malformedProof }
        return extra
      } ?? []
    guard let text = try Self.popValue("index", from: &lines, optional: false),
      let index = DecimalText.value(text), index < MerkleTree.maximumSize,
      lines.count <= Self.maximumHashCount
    else { throw .malformedProof }
    self.index = index
    hashes = try lines.map { (line) throws(LogError) in
      guard let hash = DigestText.value(line) else { throw .malformedProof }
      return hash
    }
    checkpoint = try logNote { () throws(NoteError) in try UnverifiedNote(parsing: note.span) }
    // Its form, like that of the rest, before anything is verified.
    _ = try Checkpoint(parsing: checkpoint.text)
  }

  /// The bytes of the file.
  public var bytes: [UInt8] {
    var lines = [Self.firstLine]
    if !extra.isEmpty { lines.append("extra " + Base64.encode(extra.span)) }
    lines.append("index \(index)")
    lines += hashes.map(DigestText.text)
    return Array(lines.map { $0 + "\n" }.joined().utf8) + [NoteText.newline] + checkpoint.bytes
  }

  private static let firstLine = "c2sp.org/tlog-proof@v1"

  /// What follows `keyword` and a space on the first of `lines`, which is then taken.
  private static func popValue(
    _ keyword: String, from lines: inout ArraySlice<String>, optional: Bool
  ) throws(LogError) -> String? {
    let start = Array((keyword + " ").utf8)
    guard let line = lines.first, line.utf8.starts(with: start) else {
      guard optional else { throw .malformedProof }
      return nil
    }
    lines.removeFirst()
    return String(Substring(line.utf8.dropFirst(start.count)))
  }
}
