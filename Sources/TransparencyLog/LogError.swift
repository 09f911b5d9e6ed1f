public import LibCrypto

/// Why a checkpoint, a proof, a policy, a log or a witness refused. Notes have their own errors, which come
/// wrapped.
public enum LogError: Error, Equatable, Sendable {
  /// A note, a key or a signature was refused.
  case note(NoteError)
  /// libcrypto failed; this says nothing about the log.
  case crypto(CryptoError)

  // MARK: Text

  /// The text of a note is not a checkpoint.
  case malformedCheckpoint
  /// The bytes are not a `c2sp.org/tlog-proof@v1` file.
  case malformedProof
  /// The bytes are not the body of an `add-checkpoint` request (C2SP tlog-witness).
  case malformedRequest
  /// The policy breaks a rule at this line, counted from 1; at line 0 when its quorum is missing.
  case malformedPolicy(line: Int)

  // MARK: Proof

  /// An index is not below the size of the tree, or a size not at most the size of the tree.
  case outOfRange(UInt64, size: UInt64)
  /// The proof does not lead from the entry to the root.
  case inclusionNotProven
  /// The proof does not lead from the older root to the newer one, or the newer tree is smaller: the log may have
  /// rewritten its history.
  case consistencyNotProven
  /// No known log has the checkpoint's origin, or another log's checkpoint was given.
  case wrongOrigin
  /// The valid cosignatures do not reach the quorum.
  case quorumNotReached

  // MARK: Log and witness

  /// An entry exceeds 65,535 bytes.
  case entryTooLarge(byteCount: Int)
  /// The log holds 2^63 − 1 entries.
  case full
  /// There is a log in this directory already.
  case alreadyExists
  /// There is no log in this directory.
  case notALog
  /// Another process is writing.
  case locked
  /// An earlier write failed: what lies on disk is known again once the log is opened again.
  case interrupted
  /// A file of the log is missing.
  case missing(path: String)
  /// A file of the log does not hold what the checkpoint commits to.
  case corrupt(path: String)
  /// The witness has cosigned this size since; the request must start there.
  case staleRequest(latestSize: UInt64)
  /// The system refused `operation`, with this `errno`.
  case system(operation: String, path: String, code: Int32)
}

/// Runs `body`, whose failures come from libcrypto.
func logCrypto<Result: ~Copyable>(
  _ body: () throws(CryptoError) -> Result
) throws(LogError) -> Result {
  do { return try body() } catch { throw .crypto(error) }
}

/// Runs `body`, whose failures come from a note.
func logNote<Result: ~Copyable>(
  _ body: () throws(NoteError) -> Result
) throws(LogError) -> Result {
  do { return try body() } catch {
    if case .crypto(let failure) = error { throw .crypto(failure) }
    throw .note(error)
  }
}
