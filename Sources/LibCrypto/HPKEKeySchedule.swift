package import SecretMemory

/// What both sides derive from the KEM's shared secret: `KeySchedule` in base mode (RFC 9180 §5.1).
package struct HPKEKeySchedule: ~Copyable, Sendable {
  private static let baseMode: UInt8 = 0x00

  /// The suite.
  package let suite: HPKESuite
  /// The cipher's key; empty for export-only.
  package let key: SecretBytes
  /// What each message's nonce starts from; empty for export-only.
  package let baseNonce: SecretBytes
  /// What `export` starts from, 32 bytes.
  package let exporterSecret: SecretBytes

  package init(
    _ suite: HPKESuite, sharedSecret: Span<UInt8>, info: Span<UInt8>
  ) throws(CryptoError) {
    var hkdf = try HKDF()
    let id = suite.suiteID
    let context = try Self.context(id, info: info, &hkdf)
    // There is no pre-shared key in base mode: it is the empty string.
    let secret = try hkdf.labeledExtract(suiteID: id, salt: sharedSecret, label: "secret", inputKey: Span())

    func derive(_ label: String, _ byteCount: Int) throws(CryptoError) -> SecretBytes {
      try secret.withBytes { (secret) throws(CryptoError) in
        try hkdf.labeledExpand(
          suiteID: id, key: secret, label: label, info: context.span, byteCount: byteCount)
      }
    }
    let key = try derive("key", suite.aead.algorithm?.keyByteCount ?? 0)
    let baseNonce = try derive("base_nonce", suite.aead.algorithm?.nonceByteCount ?? 0)
    let exporterSecret = try derive("exp", HKDF.blockByteCount)
    self.suite = suite
    self.key = key
    self.baseNonce = baseNonce
    self.exporterSecret = exporterSecret
  }

  private init(
    _ suite: HPKESuite, key: consuming SecretBytes, baseNonce: consuming SecretBytes,
    exporterSecret: consuming SecretBytes
  ) {
    self.suite = suite
    self.key = key
    self.baseNonce = baseNonce
    self.exporterSecret = exporterSecret
  }

  /// The same secrets in memory of their own.
  ///
  /// - Throws: `CryptoError.secretMemory`.
  package borrowing func copy() throws(CryptoError) -> HPKEKeySchedule {
    func copy(_ secret: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
      try secret.withBytes { (bytes) throws(CryptoError) in
        try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.copying(bytes) }
      }
    }
    return HPKEKeySchedule(
      suite, key: try copy(key), baseNonce: try copy(baseNonce), exporterSecret: try copy(exporterSecret))
  }

  /// `mode ‖ psk_id_hash ‖ info_hash`. All of it is public.
  private static func context(
    _ id: [UInt8], info: Span<UInt8>, _ hkdf: inout HKDF
  ) throws(CryptoError) -> [UInt8] {
    let identifierHash = try hkdf.labeledExtract(
      suiteID: id, salt: Span(), label: "psk_id_hash", inputKey: Span())
    let infoHash = try hkdf.labeledExtract(suiteID: id, salt: Span(), label: "info_hash", inputKey: info)
    var context = [baseMode]
    identifierHash.withBytes { bytes in for index in bytes.indices { context.append(bytes[index]) } }
    infoHash.withBytes { bytes in for index in bytes.indices { context.append(bytes[index]) } }
    return context
  }
}
