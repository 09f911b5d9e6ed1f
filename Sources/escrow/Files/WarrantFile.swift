import KeyEscrow
import SecretSharing
import TransparencyLog

/// Warrants on disk.
enum WarrantFile {
  /// The warrant at `path` as it was read.
  static func read(_ path: String) throws(Failure) -> UnverifiedWarrant {
    try parse(try DocumentFile.read(path), name: DocumentFile.name(of: path))
  }

  static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> UnverifiedWarrant {
    do { return try UnverifiedWarrant(parsing: bytes.span) } catch { throw Failure(error, at: name) }
  }

  /// The warrant, if it may be answered now.
  static func verify(
    _ warrant: UnverifiedWarrant, name: String, roster: Roster
  ) throws(Failure) -> WarrantInForce {
    let now = try Timestamp.now()
    do { return try warrant.verified(by: roster, now: now) } catch {
      throw failure(error, warrant, name: name, roster: roster)
    }
  }

  /// The warrant, if answers to it may be read, now or later.
  static func verifyForRecovery(
    _ warrant: UnverifiedWarrant, name: String, roster: Roster, proof: UnverifiedWarrantProof? = nil
  ) throws(Failure) -> Warrant {
    do { return try warrant.verifiedForRecovery(by: roster, proof: proof) } catch {
      throw failure(error, warrant, name: name, roster: roster)
    }
  }

  /// What `error` means for `warrant`.
  ///
  /// A signature that is missing is a refusal. But when the warrant has a line that was clearly meant to be one of
  /// the roster's, and is not, then somebody altered the line, or signed in another's name: that is no refusal.
  static func failure(
    _ error: EscrowError, _ warrant: UnverifiedWarrant, name: String, roster: Roster
  ) -> Failure {
    guard case .warrantRefused(let refusal) = error, refusal.isAboutSignatures,
      let signer = misattributedSigner(of: warrant, roster: roster)
    else { return Failure(error, at: name) }
    return .verification(
      "\(name): the signature line of \(signer) is not by the key of that name on the roster:"
        + " the warrant was altered, or somebody signed in another's name")
  }

  // The name on a line that has the name of a holder without its key's id, or the key's id without the name.
  private static func misattributedSigner(of warrant: UnverifiedWarrant, roster: Roster) -> String? {
    guard let note = try? UnverifiedNote(parsing: warrant.bytes.span) else { return nil }
    let keys = roster.holders.map(\.verifierKey)
    return note.signatures.first { line in
      keys.contains { ($0.name == line.name) != ($0.keyID == line.keyID) }
        && !keys.contains { $0.name == line.name && $0.keyID == line.keyID }
    }?.name
  }
}

extension WarrantRefusal {
  fileprivate var isAboutSignatures: Bool {
    switch self {
    case .recipientSignatureMissing, .unsigned, .judgesMissing, .capNeedsJudges: true
    default: false
    }
  }
}
