import LibCrypto

/// An append-only log in a directory that any static file server can serve: its one writer.
///
///     <directory>/checkpoint
///     <directory>/tile/<level>/<N>[.p/<W>]
///     <directory>/tile/entries/<N>[.p/<W>]
///
/// Source: C2SP tlog-tiles. Entries are appended, then published together under one signed checkpoint: entries
/// are acknowledged by `publish()`, not before.
///
/// **A killed process** leaves the old checkpoint or the new one. Tiles and bundles are written under their names
/// only when whole, and are on the medium before `checkpoint` is replaced, which is one rename. Files beyond the
/// published size may be left behind; nobody has a reason to read them, and the next append replaces them.
///
/// **The log never signs two inconsistent checkpoints.** Every checkpoint is signed in `sign`, which first makes
/// durable in `checkpoint.next` the text that it is about to sign, and removes that file only after publishing.
/// A process that dies in between leaves it, and `open` then signs and publishes exactly that text, or refuses to
/// open. So what this log ever signed is what it published, one after the other; and each extends the one before,
/// because its root is computed from a right edge that had the root of the one before, to which leaves were only
/// added. One writer at a time holds the directory's lock from `open` to its end. What this cannot see is an older
/// copy of the directory put in its place: witnesses do, and refuse to cosign.
public struct TiledLog: ~Copyable, Sendable {
  /// The log's name and key.
  public let identity: LogIdentity

  /// What the log published last.
  public private(set) var checkpoint: VerifiedCheckpoint

  private let signer: NoteSigner
  private var files: LogFiles
  private var hasher: TreeHasher
  private var edge: TileBuilder
  private var bundle: EntryBundle
  private var isInterrupted = false

  /// The index that the next entry will have.
  public var nextIndex: UInt64 { edge.size }

  private init(
    identity: LogIdentity, checkpoint: VerifiedCheckpoint, signer: consuming NoteSigner,
    files: consuming LogFiles, hasher: consuming TreeHasher, edge: TileBuilder, bundle: EntryBundle
  ) {
    self.identity = identity
    self.checkpoint = checkpoint
    self.signer = signer
    self.files = files
    self.hasher = hasher
    self.edge = edge
    self.bundle = bundle
  }

  // MARK: Opening

  /// Makes the log `origin` in `directory`, which is created unless it is there, and publishes the checkpoint of
  /// the empty tree.
  ///
  /// - Throws: `alreadyExists` when `directory` holds a checkpoint or tiles; `malformedCheckpoint` when `origin`
  ///   cannot be one; `system`.
  public static func create(
    at directory: String, origin: String, signer: consuming NoteSigner
  ) throws(LogError) -> TiledLog {
    let checkpoint = try Checkpoint(origin: origin, size: 0, root: TreeHasher.emptyRoot())
    try FileSystem.createDurableDirectory(directory)
    var files = try LogFiles(LogDirectory(directory), waiting: true)
    // Tiles without a checkpoint are a log that lost it: what it signed is not to be signed otherwise.
    let names = try FileSystem.names(in: directory) ?? []
    guard !names.contains(LogFile.checkpoint), !names.contains(LogFile.tiles) else { throw .alreadyExists }
    let identity = LogIdentity(origin: origin, key: signer.verifierKey)
    // Without a checkpoint, only the empty tree's can have been signed here: there is nothing to recover.
    let published = try sign(checkpoint, after: checkpoint, of: identity, with: signer, in: &files)
    return TiledLog(
      identity: identity, checkpoint: published, signer: signer, files: files, hasher: try TreeHasher(),
      edge: TileBuilder(), bundle: EntryBundle())
  }

  /// Opens the log in `directory` for writing, and finishes what a killed writer left half published.
  ///
  /// The root is computed again from the partial tiles, and the last bundle's entries are hashed again: O(log n)
  /// reads.
  ///
  /// - Parameter waiting: whether to wait for another writer to end.
  /// - Throws: `notALog`; `locked` when another writer is at work and `waiting` is false; `note` when the
  ///   checkpoint is not signed by `signer`; `inclusionNotProven`, `corrupt` or `missing` when the files are not
  ///   the checkpoint's tree; `consistencyNotProven` when the half published one does not extend it; `system`.
  public static func open(
    at directory: String, signer: consuming NoteSigner, waiting: Bool = true
  ) throws(LogError) -> TiledLog {
    let source = LogDirectory(directory)
    _ = try source.checkpoint()
    var files = try LogFiles(source, waiting: waiting)
    // Read again: before the lock was had, another writer may have published.
    let note = try source.checkpoint()
    let identity = LogIdentity(origin: try Checkpoint(parsing: note.text).origin, key: signer.verifierKey)
    var published = try note.verifiedCheckpoint(of: identity)
    if let next = try interrupted(in: source, after: published.checkpoint) {
      published = try sign(next, after: published.checkpoint, of: identity, with: signer, in: &files)
    }
    try files.delete(LogFile.unnamed)

    let size = published.checkpoint.size
    let reader = LogReader(unverified: published.checkpoint, source: source)
    let edge = try reader.edge()
    let hasPartialBundle = TilePath(.entries, index: size / 256, size: size) != nil
    let bundle = hasPartialBundle ? try reader.bundle(size / 256) : EntryBundle()
    return TiledLog(
      identity: identity, checkpoint: published, signer: signer, files: files, hasher: try TreeHasher(),
      edge: edge, bundle: bundle)
  }

  /// The checkpoint that a killed writer was about to sign, or has signed.
  ///
  /// It may be known to somebody, so nothing else is signed before it is published; and it is only published when
  /// the files bear it out: it extends what is published, and every entry and every tile in between is there.
  private static func interrupted(
    in source: LogDirectory, after published: Checkpoint
  ) throws(LogError) -> Checkpoint? {
    guard let bytes = try source.read(LogFile.next, limit: UnverifiedNote.maximumByteCount) else {
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .corrupt(path: LogFile.next) }
    let next = try Checkpoint(parsing: text)
    let reader = LogReader(unverified: next, source: source)
    _ = try reader.consistencyProof(from: published)
    try reader.audit(from: LogReader(unverified: published, source: source).edge())
    return next
  }

  // MARK: Appending

  /// Adds an entry after all others, and returns its index.
  ///
  /// It becomes part of the log with the next `publish()`, and is lost when this value ends before. One bundle
  /// of entries is in memory at a time, and full ones are written at once.
  ///
  /// - Throws: `entryTooLarge` above 65,535 bytes, `full` at 2^63 − 1 entries: nothing has changed then. `system`
  ///   and `crypto`; the log must then be opened again, and only `interrupted` is thrown until it is.
  @discardableResult
  public mutating func append(_ entry: Span<UInt8>) throws(LogError) -> UInt64 {
    guard !isInterrupted else { throw .interrupted }
    guard entry.count <= EntryBundle.maximumEntryByteCount else {
      throw .entryTooLarge(byteCount: entry.count)
    }
    guard edge.size < MerkleTree.maximumSize else { throw .full }
    isInterrupted = true
    let index = edge.size
    try bundle.append(entry)
    for tile in try edge.append(try hasher.leaf(entry), &hasher) {
      try files.putNew(Tile.encode(tile.hashes), at: tile.path.description)
    }
    if bundle.count == TilePath.fullWidth {
      try files.putNew(bundle.bytes, at: TilePath(full: .entries, index: index / 256).description)
      bundle = EntryBundle()
    }
    isInterrupted = false
    return index
  }

  /// Publishes the entries that were appended, under a checkpoint of the log's signature alone. Once this returns
  /// they are part of the log, also after a power cut.
  ///
  /// Without new entries it returns what is published already.
  ///
  /// - Throws: `system` and `crypto`; the log must then be opened again, and only `interrupted` is thrown until it
  ///   is. The entries may or may not have been published.
  @discardableResult
  public mutating func publish() throws(LogError) -> VerifiedCheckpoint {
    guard !isInterrupted else { throw .interrupted }
    let old = checkpoint.checkpoint
    guard edge.size > old.size else { return checkpoint }
    isInterrupted = true
    for tile in edge.partialTiles
    where TilePath.count(tile.path.content, size: old.size)
      < TilePath.count(tile.path.content, size: edge.size)
    {
      try files.putNew(Tile.encode(tile.hashes), at: tile.path.description)
    }
    if let path = TilePath(.entries, index: edge.size / 256, size: edge.size) {
      try files.putNew(bundle.bytes, at: path.description)
    }
    let next = try Checkpoint(origin: identity.origin, size: edge.size, root: edge.root(&hasher))
    checkpoint = try Self.sign(next, after: old, of: identity, with: signer, in: &files)
    isInterrupted = false
    return checkpoint
  }

  /// Signs and publishes `checkpoint`, whose tiles and bundles have been put: see the type's comment.
  private static func sign(
    _ checkpoint: Checkpoint, after old: Checkpoint, of identity: LogIdentity,
    with signer: borrowing NoteSigner, in files: inout LogFiles
  ) throws(LogError) -> VerifiedCheckpoint {
    let text = checkpoint.text
    try files.synchronize()
    try files.put(Array(text.utf8), at: LogFile.next)
    try files.synchronize()
    var note = try logNote { () throws(NoteError) in try UnverifiedNote(text: text) }
    note.add(try logNote { () throws(NoteError) in try signer.sign(text) })
    let verified = try note.verifiedCheckpoint(of: identity)
    try files.put(note.bytes, at: LogFile.checkpoint)
    try files.synchronize()
    try files.delete(LogFile.next)
    try deleteSuperseded(from: old.size, to: checkpoint.size, in: files)
    return verified
  }

  /// Removes the partial files of what was partial at size `old` and is full now: every reader can read that
  /// instead. A process killed before this leaves them, and nothing is wrong with them.
  private static func deleteSuperseded(
    from old: UInt64, to size: UInt64, in files: borrowing LogFiles
  ) throws(LogError) {
    let levels = (0..<8).map { TilePath.Content.hashes(level: $0) }
    for content in levels + [.entries] {
      let index = TilePath.count(content, size: old) / 256
      guard let path = TilePath(content, index: index, size: old), path.isPartial,
        index < TilePath.count(content, size: size) / 256
      else { continue }
      try files.deleteDirectory(path.partialDirectory)
    }
  }
}
