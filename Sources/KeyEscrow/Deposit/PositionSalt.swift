import LibCrypto

/// What the messages of one kind of position hash begin with in one deposit (`Spec/deposit.md`, Position hash): the first
/// bytes of `SHA-256("key-escrow/v1 " ‖ be8(|l|) ‖ l ‖ sessionId ‖ be64(sequence) ‖ be32(generation))`.
struct PositionSalt: Sendable {
  /// What is hashed.
  enum Kind: String, CaseIterable, Sendable {
    case record, commitment, coefficient, share

    /// A tag's message has position, conversation and epoch behind the salt: with 11 bytes of it the message is 55 bytes,
    /// one block.
    var byteCount: Int { self == .record ? 11 : 16 }

    /// `"key-escrow/v1 " ‖ be8(|l|) ‖ l`.
    var front: [UInt8] {
      switch self {
      case .record: Self.fronts.record
      case .commitment: Self.fronts.commitment
      case .coefficient: Self.fronts.coefficient
      case .share: Self.fronts.share
      }
    }

    private static let fronts = (
      record: front(of: .record), commitment: front(of: .commitment), coefficient: front(of: .coefficient),
      share: front(of: .share)
    )

    private static func front(of kind: Kind) -> [UInt8] {
      Array("key-escrow/v1 ".utf8) + [UInt8(kind.rawValue.utf8.count)] + Array(kind.rawValue.utf8)
    }
  }

  /// `sessionId ‖ be64(sequence) ‖ be32(generation)`: what all salts of a deposit are bound to.
  static func context(_ header: DepositHeader) -> [UInt8] {
    var context: [UInt8] = []
    context.reserveCapacity(Digest.byteCount + 12)
    context.append(header.session)
    context.appendBigEndian(header.sequence)
    context.appendBigEndian(header.generation)
    return context
  }

  /// The salt is its first `byteCount` bytes.
  let digest: Digest
  let byteCount: Int
}
