package import SecretMemory

/// `Context.Export` alone (RFC 9180 §5.3), for whoever was shown an exporter secret, such as the reader of
/// a holder's evidence.
package struct HPKEExporter: ~Copyable, Sendable {
  /// The most bytes of one export: 255 × 32.
  package static let maximumByteCount = HKDF.maximumOutputByteCount

  private let suite: HPKESuite
  private let exporterSecret: SecretBytes

  /// The exporter of a context of `suite` whose exporter secret was disclosed.
  ///
  /// - Throws: `CryptoError.invalidLength` unless the secret has 32 bytes, `.secretMemory`.
  package init(_ suite: HPKESuite, exporterSecret: Span<UInt8>) throws(CryptoError) {
    guard exporterSecret.count == HKDF.blockByteCount else {
      throw .invalidLength(expected: HKDF.blockByteCount, actual: exporterSecret.count)
    }
    let copy = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.copying(exporterSecret)
    }
    self.suite = suite
    self.exporterSecret = copy
  }

  /// `LabeledExpand(exporter_secret, "sec", context, byteCount)`.
  ///
  /// - Throws: `CryptoError.invalidLength` outside 0 … 255 × 32, `.libcrypto`, `.secretMemory`.
  package borrowing func export(
    context: Span<UInt8>, byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    var hkdf = try HKDF()
    return try exporterSecret.withBytes { (secret) throws(CryptoError) in
      try hkdf.labeledExpand(
        suiteID: suite.suiteID, key: secret, label: "sec", info: context, byteCount: byteCount)
    }
  }

  /// Lends the exporter secret.
  package borrowing func withExporterSecret<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try exporterSecret.withBytes(body)
  }
}
