import CeremonyPlans
import EscrowStore
import KeyEscrow
import LibCrypto
import Mnemonics
import QRCode
import SecretMemory
import SecretSharing
import TransparencyLog

/// Why a command ends with something else than 0, and the one line that says so.
///
/// Every error of every layer becomes one of these, in `Failure.init(_:at:)` and nowhere else.
struct Failure: Error, Equatable, Sendable {
  let status: ExitStatus
  /// What was wrong, where, what to do. Nil when the command has said it already.
  let sentence: String?
  /// Whether it is the passphrase that is wrong: whoever types may try another.
  let isWrongPassphrase: Bool

  init(_ status: ExitStatus, _ sentence: String? = nil, isWrongPassphrase: Bool = false) {
    self.status = status
    self.sentence = sentence
    self.isWrongPassphrase = isWrongPassphrase
  }

  static func usage(_ sentence: String) -> Failure { Failure(.usage, sentence) }
  static func refused(_ sentence: String) -> Failure { Failure(.refused, sentence) }
  static func verification(_ sentence: String) -> Failure { Failure(.verificationFailed, sentence) }
  static func keyUnavailable(_ sentence: String) -> Failure { Failure(.keyUnavailable, sentence) }
  static func wrongPassphrase(_ sentence: String) -> Failure {
    Failure(.keyUnavailable, sentence, isWrongPassphrase: true)
  }
  static func internalFailure(_ sentence: String) -> Failure { Failure(.internalFailure, sentence) }

  /// The failure that `error` is, found in `place`: a file, as the user named it.
  init(_ error: any Error, at place: String? = nil) {
    let found = Self.describing(error)
    guard let place, !(error is Failure), let sentence = found.sentence else {
      self = found
      return
    }
    self.init(found.status, "\(place): \(sentence)", isWrongPassphrase: found.isWrongPassphrase)
  }

  private static func describing(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let error as EscrowError: Failure(error.exitStatus, error.sentence)
    case let error as PlanFileError: Failure(error.exitStatus, error.sentence)
    case let error as StoreError: Failure(error.exitStatus, error.sentence)
    case let error as SharingError: Failure(error.exitStatus, error.sentence)
    case let error as LogError: Failure(error.exitStatus, error.sentence)
    case let error as NoteError: Failure(error.exitStatus, error.sentence)
    case let error as CryptoError:
      Failure(error.exitStatus, error.sentence, isWrongPassphrase: error == .wrongPassphrase)
    case let error as MnemonicError: Failure(error.exitStatus, error.sentence)
    case let error as QRCodeError: Failure(error.exitStatus, error.sentence)
    case let error as SecretMemoryError: Failure(.internalFailure, error.sentence)
    default: Failure(.internalFailure, "\(error)")
    }
  }
}

/// Runs `body`, and names `place` in whatever it throws.
func locating<Result: ~Copyable>(
  _ place: String, _ body: () throws -> Result
) throws(Failure) -> Result {
  do { return try body() } catch { throw Failure(error, at: place) }
}
