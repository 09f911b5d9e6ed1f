import KeyEscrow
import LibCrypto
import TransparencyLog

/// Follows one log, with a memory of the checkpoint that it saw last.
struct LogMonitor {
  /// What a look at the log showed.
  struct View {
    let log: LocalLog
    /// The checkpoint seen before; nil at the first look.
    let before: VerifiedCheckpoint?
    /// The checkpoint that is published now, which extends it.
    let now: VerifiedCheckpoint

    var reader: LogReader<LogDirectory> { LogReader(now, source: log.location.directory) }
    /// The index of the first entry that is new.
    var firstIndex: UInt64 { before?.checkpoint.size ?? 0 }
  }

  let log: LocalLog
  let identity: LogIdentity
  /// The file in which the checkpoint seen last is kept.
  let state: String

  /// Where a checkpoint is kept that contradicts the one seen last.
  var evidencePath: String { "\(state).contradiction" }

  /// Looks at what the log publishes now.
  ///
  /// - Throws: 5 when it does not extend what was seen last.
  func look() throws(Failure) -> View {
    let before = try remembered()
    let (now, _) = try log.published(of: identity)
    let view = View(log: log, before: before, now: now)
    if let before { try requireExtension(of: before, in: view) }
    return view
  }

  /// Makes the checkpoint of `view` the one seen last.
  func remember(_ view: View) throws(Failure) {
    guard view.before?.checkpoint != view.now.checkpoint else { return }
    let file = try OutputFile.replacement(of: state, access: .shared)
    try file.write(view.now.note.bytes.span)
    try file.commitReplacing()
  }

  private func remembered() throws(Failure) -> VerifiedCheckpoint? {
    guard Directory.holdsAnything(state) else { return nil }
    let bytes = try DocumentFile.read(state)
    return try locating(state) { try UnverifiedNote(parsing: bytes.span).verifiedCheckpoint(of: identity) }
  }

  private func requireExtension(of before: VerifiedCheckpoint, in view: View) throws(Failure) {
    let (old, new) = (before.checkpoint, view.now.checkpoint)
    do throws(LogError) { _ = try view.reader.consistencyProof(from: old) } catch {
      guard case .consistencyNotProven = error else { throw Failure(error, at: log.location.path) }
      try keepEvidence(view.now)
      let what =
        switch new.size {
        case ..<old.size: "is smaller than the one of size \(old.size) seen before: it went back"
        case old.size: "has another root than the one seen before: the log has two histories"
        default: "does not extend the one of size \(old.size) seen before: the log rewrote its history"
        }
      throw .verification(
        "\(log.location.path): the checkpoint of size \(new.size) \(what); \(state) and \(evidencePath) are the"
          + " evidence, both signed by the log")
    }
  }

  // The first contradiction is kept; it is not lost to a second one.
  private func keepEvidence(_ checkpoint: VerifiedCheckpoint) throws(Failure) {
    guard !Directory.holdsAnything(evidencePath) else { return }
    try OutputFile.write(checkpoint.note.bytes, to: evidencePath)
  }

  /// Requires that the checkpoint in the file `path`, which somebody else was shown, is of the history of `view`.
  func compare(_ view: View, with path: String) throws(Failure) {
    let name = DocumentFile.name(of: path)
    let bytes = try DocumentFile.read(path)
    let other = try locating(name) {
      try UnverifiedNote(parsing: bytes.span).verifiedCheckpoint(of: identity).checkpoint
    }
    let own = view.now.checkpoint
    guard other.size <= own.size else {
      Terminal.warn(
        "\(name): is of size \(other.size), and only \(own.size) is published here: look again later")
      return
    }
    do throws(LogError) { _ = try view.reader.consistencyProof(from: other) } catch {
      guard case .consistencyNotProven = error else { throw Failure(error, at: log.location.path) }
      throw .verification(
        "\(name): the checkpoint of size \(other.size) is of another history than the one of size \(own.size) that"
          + " \(log.location.path) publishes: the log shows a split view")
    }
  }

  /// The newest cosigned checkpoint that is known, once `policy` is satisfied by it and the log extends it.
  func witnessed(
    _ view: View, _ paths: [String], by policy: WitnessPolicy
  ) throws(Failure) -> WitnessedCheckpoint {
    let known = try log.cosigned(of: identity)
    let base = try CosignedCheckpoint.checkpoint(of: paths, by: identity) ?? known ?? view.now
    var collected = CosignedCheckpoint(base)
    if let known { collected.add(signaturesOf: known) }
    try collected.add(paths, of: identity)
    return try locating(log.location.path) {
      _ = try view.reader.consistencyProof(from: base.checkpoint)
      return try collected.note.witnessedCheckpoint(by: policy.trusting(identity))
    }
  }
}

/// The entries that are new in a view.
struct NewEntries {
  private let view: LogMonitor.View

  init(_ view: LogMonitor.View) {
    self.view = view
  }

  /// The entries in their order, each checked, a bundle in memory at a time.
  func forEach(_ body: (UInt64, ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var entries = view.reader.entries(from: view.firstIndex)
    var progress = ProgressLine("reading", unit: "entries")
    while true {
      let entry: (index: UInt64, bytes: ArraySlice<UInt8>)?
      do throws(LogError) { entry = try entries.next() } catch {
        throw Failure(error, at: view.log.location.path)
      }
      guard let entry else { return }
      progress.show(entry.index)
      try body(entry.index, entry.bytes)
    }
  }
}
