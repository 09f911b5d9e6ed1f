import LibCrypto

/// Something that stands beside a statement: its bytes, under a name.
struct CeremonyAttachment: Hashable, Sendable {
  let name: String
  let bytes: [UInt8]

  func digest() throws(EscrowError) -> Digest {
    do { return try SHA256.digest(bytes) } catch { throw .crypto(error) }
  }
}
