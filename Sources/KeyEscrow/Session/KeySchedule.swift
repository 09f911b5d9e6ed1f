import LibCrypto
import SecretSharing
import TransparencyLog

/// The labels and inputs of every key that a session derives (`Spec/session.md`).
enum KeySchedule {
  static let confirmLabel = Array("key-escrow/v1 confirm".utf8)
  static let chainLabel = Array("key-escrow/v1 chain".utf8)
  static let columnLabel = Array("key-escrow/v1 column".utf8)
  static let keyByteCount = 32

  /// HPKE `info` of a session: label, suite, roster id, depositor key and holder id, so that an encapsulation made for
  /// one roster or holder opens nothing under another, and one copied into somebody else's session opens to a secret
  /// that has nothing to do with its maker's.
  static func sessionInfo(
    suite: CipherSuite, roster: Digest, depositor: NoteVerifierKey, holder: HolderID
  ) -> [UInt8] {
    var info = Array("key-escrow/v1 session".utf8)
    info.appendBigEndian(suite.rawValue)
    info += roster.bytes
    info += depositor.publicKey.bytes
    info += Array(holder.description.utf8)
    return info
  }

  /// Exporter context of the first chain key.
  static func chainContext(session: Digest) -> [UInt8] {
    chainLabel + session.bytes
  }

  /// HKDF-Expand `info` of the key that seals row `row` (counted from 1) of the deposit whose public part has
  /// `publicDigest`.
  ///
  /// The public part fixes the plaintext, because coefficients are derived: one key never seals two plaintexts,
  /// whatever a crash makes a depositor repeat.
  static func columnInfo(row: UInt16, publicDigest: Digest) -> [UInt8] {
    var info: [UInt8] = []
    info.reserveCapacity(columnLabel.count + 2 + Digest.byteCount)
    info += columnLabel
    info.appendBigEndian(row)
    info.append(publicDigest)
    return info
  }
}
