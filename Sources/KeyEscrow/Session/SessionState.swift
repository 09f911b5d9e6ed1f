import LibCrypto
import SecretMemory
import TransparencyLog

/// Where a depositor keeps the sealed state of its session.
///
/// Keep it out of backups: a restored copy of an old state would use sequence numbers twice. A restored device opens
/// a new session instead.
public protocol SessionStateStorage: Sendable {
  /// Replaces the saved state.
  ///
  /// When this returns, a crash of process or machine finds `sealed`, and the state before it is gone. No byte of a
  /// deposit leaves before its state is saved.
  func save(_ sealed: [UInt8]) throws(EscrowError)
}

/// Keeps a state in memory only, for sessions that end with their process.
public struct EphemeralSessionState: SessionStateStorage {
  /// A storage that forgets.
  public init() {}

  /// Does nothing: the session ends with the process.
  public func save(_ sealed: [UInt8]) {}
}

/// What a session must remember to go on (`Spec/session.md`, State).
///
/// Bytes: "escrow-s" ‖ be16(1) ‖ be32(|note|) ‖ session header note ‖ nonce (12) ‖ AES-256-GCM of
/// (be64 next sequence ‖ previous ‖ submitted ‖ chain keys), with everything before the nonce as additional data.
struct SessionState: ~Copyable {
  private static let magic = Array("escrow-s".utf8)
  private static let version: UInt16 = 1
  private static let fixedByteCount = 8 + 2 * Digest.byteCount

  /// The session that goes on.
  let session: UnverifiedSession
  /// The chain keys, at the next sequence number.
  var chainKeys: SecretBytes
  let sequence: UInt64
  /// Digest of the last deposit made, which may not have reached the store.
  let previous: Digest
  /// Digest of the last deposit of the submission before, which the store must hold unless it lost it.
  let submitted: Digest

  static func seal(
    session: [UInt8], chain: borrowing ChainKeys, previous: Digest, submitted: Digest,
    under key: borrowing SecretBytes
  ) throws(EscrowError) -> [UInt8] {
    var front = magic
    front.appendBigEndian(version)
    front.appendBigEndian(UInt32(session.count))
    front += session
    do throws(CryptoError) {
      let nonce = try SystemRandom().bytes(12)
      let sequence = chain.sequence
      let keyByteCount = chain.withKeys { $0.count }
      var plaintext = try SecretBytes.allocated(fixedByteCount + keyByteCount)
      var fixed: [UInt8] = []
      fixed.appendBigEndian(sequence)
      fixed += previous.bytes
      fixed += submitted.bytes
      plaintext.withMutableBytes { target in
        for index in fixed.indices { target[index] = fixed[index] }
        chain.withKeys { keys in
          for index in keys.indices { target[fixedByteCount + index] = keys[index] }
        }
      }
      var sealed = [UInt8](repeating: 0, count: fixedByteCount + keyByteCount + 16)
      var output = sealed.mutableSpan
      var aead = try AEAD(.aes256GCM)
      try key.withBytes { key throws(CryptoError) in
        try plaintext.withBytes { plaintext throws(CryptoError) in
          try aead.seal(
            key: key, nonce: nonce.span, additionalData: front.span, plaintext: plaintext, into: &output)
        }
      }
      return front + nonce + sealed
    } catch { throw .crypto(error) }
  }

  private init(
    session: UnverifiedSession, chainKeys: consuming SecretBytes, sequence: UInt64, previous: Digest,
    submitted: Digest
  ) {
    self.session = session
    self.chainKeys = chainKeys
    self.sequence = sequence
    self.previous = previous
    self.submitted = submitted
  }

  /// The session that a saved state belongs to, which its front says without a key.
  static func session(_ reader: inout BinaryReader) throws(EscrowError) -> UnverifiedSession {
    guard reader.take(8) == magic, reader.integer() == version, let length: UInt32 = reader.integer(),
      let note = reader.take(Int(length))
    else { throw .malformed(.sessionState, reason: "it does not begin like a saved session") }
    return try UnverifiedSession(parsing: note.span)
  }

  /// Opens a saved state.
  ///
  /// - Throws: `.malformed(.sessionState)` when it is not one; `.crypto(.authenticationFailed)` under another key.
  static func open(_ bytes: [UInt8], under key: borrowing SecretBytes) throws(EscrowError) -> SessionState {
    var reader = BinaryReader(bytes)
    let session = try session(&reader)
    let front = Array(bytes[..<reader.offset])
    let keyByteCount = session.header.recipients.count * KeySchedule.keyByteCount
    guard let nonce = reader.take(12), let sealed = reader.take(fixedByteCount + keyByteCount + 16),
      reader.remaining == 0
    else { throw .malformed(.sessionState, reason: "it has not the length of a saved session") }
    do throws(CryptoError) {
      var plaintext = try SecretBytes.allocated(fixedByteCount + keyByteCount)
      var aead = try AEAD(.aes256GCM)
      try key.withBytes { key throws(CryptoError) in
        try plaintext.withMutableBytes { output throws(CryptoError) in
          try aead.open(
            key: key, nonce: nonce.span, additionalData: front.span, ciphertext: sealed.span, into: &output)
        }
      }
      let fixed = plaintext.withBytes { bytes in
        (0..<fixedByteCount).map { bytes[$0] }
      }
      var fields = BinaryReader(fixed)
      let chainKeys = try plaintext.withBytes { bytes throws(CryptoError) in
        try SecretBytes.duplicate(bytes.extracting(fixedByteCount..<bytes.count))
      }
      return SessionState(
        session: session, chainKeys: chainKeys, sequence: fields.integer() ?? 0,
        previous: fields.digest() ?? session.id, submitted: fields.digest() ?? session.id)
    } catch { throw .crypto(error) }
  }
}
