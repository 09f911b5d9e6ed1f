public import LibCrypto
public import TransparencyLog

/// What a holder remembers of one log between its answers: the last checkpoint, the revocations, and its own answers.
///
/// It is the holder's own, written by nobody else, and small: the answers themselves are kept elsewhere. Whoever keeps
/// it stores it durably before it relies on what it says.
public struct HolderMemory: Hashable, Sendable {
  /// A revocation that the log holds: whose signature it carries is checked when it is needed.
  public struct Revocation: Hashable, Sendable {
    /// The index of the revocation's entry.
    public let entry: UInt64
    /// The index of the warrant's entry that it names.
    public let warrantIndex: UInt64
    /// SHA-256 of the text of the warrant that it names.
    public let warrant: Digest
  }

  /// An answer of this holder that the log holds.
  public struct Answer: Hashable, Sendable {
    /// The index of the answer's entry.
    public let entry: UInt64
    /// SHA-256 of the answer's text.
    public let answer: Digest
    /// The index of the warrant's entry.
    public let warrantIndex: UInt64?
    /// How many keys it released.
    public let keys: UInt64
    /// When.
    public let answered: Timestamp
    /// Whether the answer itself was lost, and only the log knows of it.
    public let isLost: Bool
  }

  static let maximumCount = 1 << 20

  /// The log.
  public let log: LogIdentity
  /// The last checkpoint of the log that the holder saw, with the log's signature; nil before the first.
  public private(set) var checkpoint: VerifiedCheckpoint?
  /// The revocations up to that checkpoint, in the order of the log.
  public private(set) var revocations: [Revocation]
  /// The holder's own answers up to that checkpoint, in the order of the log.
  public private(set) var answers: [Answer]

  /// A memory of `log` with nothing in it.
  public init(of log: LogIdentity) {
    self.log = log
    revocations = []
    answers = []
  }

  /// The size of the log as far as it was read.
  public var size: UInt64 { checkpoint?.checkpoint.size ?? 0 }

  /// How many keys of this holder's lost answers count for the calendar month of `now`, in UTC.
  public func keysLost(inMonthOf now: Timestamp) -> UInt64 {
    answers.filter { $0.isLost && $0.answered.month == now.month }.reduce(0) { $0 + $1.keys }
  }

  /// Takes in what was read of the log up to `checkpoint`, the entries of `seen` among it.
  mutating func advance(
    to checkpoint: VerifiedCheckpoint, revocations: [Revocation], answers: [Answer]
  ) throws(EscrowError) {
    // Only the log's own lines: who sends the rest could fill the memory with them.
    do {
      var note = try UnverifiedNote(text: checkpoint.note.text)
      for line in checkpoint.note.signatures
      where line.name == log.key.name && line.keyID == log.key.keyID { note.add(line) }
      self.checkpoint = try note.verifiedCheckpoint(of: log)
    } catch { throw EscrowError(restating: error) }
    let known = size(of: self.revocations.map(\.entry))
    self.revocations += revocations.filter { $0.entry >= known }
    let knownAnswers = size(of: self.answers.map(\.entry))
    self.answers += answers.filter { $0.entry >= knownAnswers }
  }

  /// Answers that were lost and are there again, restored from a copy, count as lost no more.
  mutating func restore(_ kept: Set<Digest>) {
    answers = answers.map { answer in
      guard answer.isLost, kept.contains(answer.answer) else { return answer }
      return Answer(
        entry: answer.entry, answer: answer.answer, warrantIndex: answer.warrantIndex, keys: answer.keys,
        answered: answer.answered, isLost: false)
    }
  }

  private func size(of entries: [UInt64]) -> UInt64 { entries.last.map { $0 + 1 } ?? 0 }

  // MARK: Text

  /// Reads what `text` wrote, for the log `log`.
  ///
  /// - Throws: `.malformed(.logState)`; `.log` when the checkpoint in it is not the log's.
  public init(parsing text: String, of log: LogIdentity) throws(EscrowError) {
    self.log = log
    var fields = try DocumentType.logState.fields(of: text)
    let lines = try fields.strings("checkpoint", maximumCount: 256)
    if !lines.isEmpty {
      let note = Array(lines.map { $0 + "\n" }.joined().utf8)
      do { checkpoint = try UnverifiedNote(parsing: note.span).verifiedCheckpoint(of: log) } catch {
        throw EscrowError(restating: error)
      }
    }
    var revocations: [Revocation] = []
    for var nested in try fields.objects("revocations", maximumCount: Self.maximumCount) {
      revocations.append(
        Revocation(
          entry: try nested.entryIndex("entry"), warrantIndex: try nested.entryIndex("warrantEntry"),
          warrant: try nested.digest("warrant")))
      try nested.finish()
    }
    var answers: [Answer] = []
    for var nested in try fields.objects("answers", maximumCount: Self.maximumCount) {
      answers.append(
        Answer(
          entry: try nested.entryIndex("entry"), answer: try nested.digest("answer"),
          warrantIndex: nested.has("warrantEntry") ? try nested.entryIndex("warrantEntry") : nil,
          keys: try nested.integer("keys"), answered: try nested.timestamp("answered"),
          isLost: try nested.boolean("lost")))
      try nested.finish()
    }
    self.revocations = revocations
    self.answers = answers
    for entries in [revocations.map(\.entry), answers.map(\.entry)] {
      guard zip(entries, entries.dropFirst()).allSatisfy({ $0 < $1 }), entries.last ?? 0 < max(size, 1) else {
        throw .malformed(.logState, reason: "its entries are not in rising order below the checkpoint's size")
      }
    }
    try fields.finish()
  }

  /// The canonical text.
  public var text: String {
    let lines = checkpoint.map { String(decoding: $0.note.bytes, as: UTF8.self) } ?? ""
    return DocumentType.logState.text([
      "checkpoint": .array(
        lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
          .map { .string(String($0)) }),
      "revocations": .array(
        revocations.map {
          .object([
            "entry": .integer($0.entry), "warrantEntry": .integer($0.warrantIndex),
            "warrant": .string($0.warrant.hex),
          ])
        }),
      "answers": .array(
        answers.map { answer in
          var members: [String: CanonicalJSON] = [
            "entry": .integer(answer.entry), "answer": .string(answer.answer.hex),
            "keys": .integer(answer.keys), "answered": .string(answer.answered.description),
            "lost": .boolean(answer.isLost),
          ]
          members["warrantEntry"] = answer.warrantIndex.map { .integer($0) }
          return .object(members)
        }),
    ])
  }
}
