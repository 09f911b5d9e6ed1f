public import LibCrypto

/// What a log says of itself at one moment: its name, its size and the root of its tree.
///
///     <origin>
///     <size, decimal>
///     <root, base64>
///
/// Source: C2SP tlog-checkpoint. As a value it is only a statement; `VerifiedCheckpoint` is one that the log signed.
public struct Checkpoint: Hashable, Sendable {
  private let exactOrigin: ExactString

  /// The number of entries, below 2^63.
  public let size: UInt64

  /// `MTH(D[size])`.
  public let root: Digest

  private let exactExtensions: [ExactString]

  /// The log's name: a non-empty line, compared as UTF-8 bytes.
  public var origin: String { exactOrigin.string }

  /// The lines after the third, none of them empty. Ours have none; they are covered by signatures and otherwise
  /// carry no meaning here.
  public var extensions: [String] { exactExtensions.map(\.string) }

  /// - Throws: `malformedCheckpoint` when `origin` is empty or holds a control character, or `size` is 2^63 or more.
  public init(origin: String, size: UInt64, root: Digest) throws(LogError) {
    guard !origin.isEmpty, origin.utf8.allSatisfy({ $0 >= 0x20 }), size <= MerkleTree.maximumSize
    else { throw .malformedCheckpoint }
    exactOrigin = ExactString(origin)
    self.size = size
    self.root = root
    exactExtensions = []
  }

  /// Reads the text of a checkpoint; `text` gives back exactly what was read.
  ///
  /// - Throws: `malformedCheckpoint`.
  public init(parsing text: String) throws(LogError) {
    do { try NoteText.check(text) } catch { throw .malformedCheckpoint }
    let lines = text.utf8.dropLast().split(separator: NoteText.newline, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard lines.count >= 3, !lines.contains(where: \.isEmpty),
      let size = DecimalText.value(lines[1]), size <= MerkleTree.maximumSize,
      let root = DigestText.value(lines[2])
    else { throw .malformedCheckpoint }
    exactOrigin = ExactString(lines[0])
    self.size = size
    self.root = root
    exactExtensions = lines[3...].map(ExactString.init)
  }

  /// The text that the log and its witnesses sign.
  public var text: String {
    ([origin, String(size), DigestText.text(root)] + extensions).map { $0 + "\n" }.joined()
  }

  /// Checks that this checkpoint's tree extends that of `older`, the same log's.
  ///
  /// The empty tree is extended by every tree, without a proof.
  ///
  /// - Throws: `wrongOrigin`; `consistencyNotProven`, also when this checkpoint is the smaller one, or when a size
  ///   is zero and its root not the empty tree's.
  public func verifyExtension(of older: Checkpoint, proof: [Digest]) throws(LogError) {
    guard exactOrigin == older.exactOrigin else { throw .wrongOrigin }
    let empty = try TreeHasher.emptyRoot()
    for checkpoint in [self, older] where checkpoint.size == 0 && checkpoint.root != empty {
      throw .consistencyNotProven
    }
    if older.size == 0 {
      guard proof.isEmpty else { throw .consistencyNotProven }
      return
    }
    try MerkleTree.verifyConsistency(
      from: older.size, oldRoot: older.root, to: size, root: root, proof: proof)
  }
}
