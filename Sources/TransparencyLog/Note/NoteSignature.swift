import LibCrypto

/// One signature line of a note: who says to have signed, and bytes that nobody has checked yet.
public struct NoteSignature: Hashable, Sendable {
  private let exactName: ExactString

  /// The id of the signing key; with the name it tells which key and which algorithm signed.
  public let keyID: UInt32

  /// What follows the key id: 64 bytes for an Ed25519 signature of the text, 72 for a cosignature, at least one
  /// for anything else.
  public let signature: [UInt8]

  /// The name of the signing key: compared as UTF-8 bytes.
  public var name: String { exactName.string }

  /// A signature line of its parts.
  ///
  /// - Throws: `invalidName`, or `malformed(.signatureLine)` when `signature` is empty.
  public init(name: String, keyID: UInt32, signature: [UInt8]) throws(NoteError) {
    try NoteKeyName.check(name)
    guard !signature.isEmpty else { throw .malformed(.signatureLine) }
    exactName = ExactString(name)
    self.keyID = keyID
    self.signature = signature
  }

  /// Reads `— <name> <base64 of key id ‖ signature>`, without a newline. Base64 is RFC 4648 section 4 with its
  /// padding, and unused bits are zero: each signature has one line.
  ///
  /// - Throws: `malformed(.signatureLine)` for any other text.
  public init(line: some StringProtocol) throws(NoteError) {
    let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].elementsEqual(Self.dash.utf8),
      let name = String(validating: parts[1], as: UTF8.self),
      let encoded = String(validating: parts[2], as: UTF8.self),
      let bytes = Base64.decode(encoded), bytes.count > 4
    else { throw .malformed(.signatureLine) }
    do { try NoteKeyName.check(name) } catch { throw .malformed(.signatureLine) }
    exactName = ExactString(name)
    keyID = BigEndian.uint32(bytes[..<4])
    signature = Array(bytes[4...])
  }

  /// The line as it stands in a note, without its newline.
  public var line: String {
    let bytes = BigEndian.bytes(keyID) + signature
    return "\(Self.dash) \(name) \(Base64.encode(bytes.span))"
  }

  /// An em dash, U+2014.
  private static let dash = "\u{2014}"
}
