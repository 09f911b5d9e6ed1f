import KeyEscrow
import LibCrypto
import SecretSharing

/// A holder's answer on disk: a release or a refusal, verified for a warrant.
enum AnswerFile {
  case release(Release, note: Digest)
  case refusal(RefusalBody, note: Digest)

  var holder: HolderID {
    switch self {
    case .release(let release, _): release.body.holder
    case .refusal(let refusal, _): refusal.holder
    }
  }

  var answered: Timestamp {
    switch self {
    case .release(let release, _): release.body.answered
    case .refusal(let refusal, _): refusal.answered
    }
  }

  /// The answer at `path`, if its holder signed it for `warrant`.
  ///
  /// - Throws: 5 for whatever is wrong with it: an answer that does not verify is never a refusal.
  static func load(_ path: String, for warrant: Warrant) throws(Failure) -> AnswerFile {
    let name = DocumentFile.name(of: path)
    let source = try BulkInput.open(path)
    do {
      guard try BulkFile.isFront(of: source) else { return try refusal(source, name: name, warrant: warrant) }
      let release = try UnverifiedRelease(source)
      return .release(try release.verified(for: warrant), note: release.digest)
    } catch {
      throw Failure(.verificationFailed, Failure(error, at: name).sentence)
    }
  }

  private static func refusal(
    _ source: any ByteSource, name: String, warrant: Warrant
  ) throws -> AnswerFile {
    guard source.byteCount <= DocumentFile.maximumByteCount else {
      throw Failure.verification("\(name): this is no release, and too large for a refusal")
    }
    let bytes = try source.read(0..<source.byteCount)
    let refusal: UnverifiedRefusal
    do { refusal = try UnverifiedRefusal(parsing: bytes.span) } catch {
      throw Failure.verification("\(name): this is neither a release nor a refusal: \(error.sentence)")
    }
    return .refusal(
      try refusal.verified(roster: warrant.roster, warrant: warrant.digest), note: refusal.digest)
  }
}

/// The answers that a command was given, one for each holder, and what was wrong with the rest.
struct Answers {
  private(set) var releases: [Release] = []
  private(set) var refusals: [RefusalBody] = []
  /// What was wrong, in words that name the file or the holder.
  private(set) var faults: [String] = []
  /// SHA-256 of the text of each answer that is used.
  private(set) var notes: [HolderID: Digest] = [:]

  /// Reads every file, and leaves out what does not verify for `warrant`.
  init(_ paths: [String], for warrant: Warrant) throws(Failure) {
    for path in paths {
      do throws(Failure) {
        try add(try AnswerFile.load(path, for: warrant), name: DocumentFile.name(of: path))
      } catch {
        guard error.status == .verificationFailed else { throw error }
        faults.append(error.sentence ?? path)
      }
    }
    // A refusal beside a release is a word against a word of one holder: the shares are worth more.
    for refusal in refusals where releases.contains(where: { $0.body.holder == refusal.holder }) {
      faults.append("\(refusal.holder) released and refused the same warrant; the release is used")
    }
  }

  /// The digest of the text of `holder`'s release, if it released.
  func note(of holder: HolderID) -> Digest? { notes[holder] }

  private mutating func add(_ answer: AnswerFile, name: String) throws(Failure) {
    switch answer {
    case .release(let release, let note):
      let isSecond = releases.contains { $0.body.holder == release.body.holder }
      if isSecond, let earlier = notes[release.body.holder] {
        guard earlier != note else { return }
        throw .verification(
          "\(name): \(release.body.holder) released twice, and differently; the first is used")
      }
      notes[release.body.holder] = note
      releases.append(release)
    case .refusal(let refusal, let note):
      guard !refusals.contains(where: { $0.holder == refusal.holder }) else { return }
      refusals.append(refusal)
      if notes[refusal.holder] == nil { notes[refusal.holder] = note }
    }
  }
}
