import ArgumentParser
import KeyEscrow
import TransparencyLog

/// The proof that a warrant is in the roster's transparency log.
struct WarrantProofOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The proof that the warrant is in the roster's log; W.tlog-proof beside W.", valueName: "P"))
  var logProof: String?

  /// Where the proof of the warrant at `warrant` is looked for; nil when nobody could say.
  func path(beside warrant: String) -> String? {
    Self.path(beside: warrant, or: logProof)
  }

  /// `given`, or `W.tlog-proof` of the warrant at `W`.
  static func path(beside warrant: String, or given: String?) -> String? {
    given ?? (warrant == "-" ? nil : "\(warrant).tlog-proof")
  }

  /// The proof of the warrant at `warrant`, under a roster that names a log; nil under one that does not.
  ///
  /// - Throws: 3 when there is none; 64 when one is given and the roster names no log.
  func load(beside warrant: String, roster: Roster) throws(Failure) -> UnverifiedWarrantProof? {
    guard roster.body.log != nil else {
      guard logProof == nil else {
        throw .usage("--log-proof: the roster names no transparency log, so there is nothing to prove")
      }
      return nil
    }
    guard let proof = try find(beside: warrant) else {
      throw Failure(EscrowError.logRefused(.proofMissing), at: DocumentFile.name(of: warrant))
    }
    return proof
  }

  /// The proof, if there is one: a file that is named must be there.
  func find(beside warrant: String) throws(Failure) -> UnverifiedWarrantProof? {
    guard let path = path(beside: warrant), logProof != nil || Directory.holdsAnything(path) else {
      return nil
    }
    let bytes = try DocumentFile.read(path, maximumByteCount: TransparencyProof.maximumByteCount)
    return try locating(DocumentFile.name(of: path)) { try UnverifiedWarrantProof(parsing: bytes.span) }
  }
}
