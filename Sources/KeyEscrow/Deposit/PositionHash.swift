import LibCrypto
import SecretMemory

/// `H(label, p, x) = SHA-256(salt(label) ‖ be32(p) ‖ x)`, the one hash that tags, commitments, coefficients and
/// share digests come from (`Spec/deposit.md`, Position hash).
///
/// Each message is at most 55 bytes, one SHA-256 block. A whole column is hashed per call, with one context and no
/// allocation. The salts bind label, session, sequence and generation: two deposits share no hash input.
struct PositionHash: ~Copyable {
  static let tagByteCount = 16
  static let commitmentByteCount = 32
  static let shareDigestByteCount = 16
  static let keyByteCount = 32

  private var sha: SHA256
  // Messages pass through here and may hold keys and shares.
  private var message: SecretBytes

  init() throws(CryptoError) {
    let sha = try SHA256()
    let message = try SecretBytes.allocated(96)
    self.sha = sha
    self.message = message
  }

  /// One of the salts of the deposit with `header`.
  mutating func salt(_ kind: PositionSalt.Kind, _ header: DepositHeader) throws(CryptoError) -> PositionSalt {
    let context = PositionSalt.context(header)
    return try salt(kind, context: context.span)
  }

  /// The salt of `kind` in the deposit that `context` is of.
  mutating func salt(
    _ kind: PositionSalt.Kind, context: Span<UInt8>
  ) throws(CryptoError) -> PositionSalt {
    let front = kind.front
    try sha.update(front.span)
    try sha.update(context)
    return PositionSalt(digest: try sha.finish(), byteCount: kind.byteCount)
  }
}

extension PositionHash {
  /// Hashes `count` items of `itemByteCount` bytes that lie end to end in `items`, the first at position `first`:
  /// `output[p] = SHA-256(salt ‖ be32(first + p) ‖ infix ‖ item_p)`, cut to `digestByteCount` bytes.
  mutating func column(
    salt: PositionSalt, first: Int = 0, infix: UInt16? = nil, items: Span<UInt8>, itemByteCount: Int,
    into output: inout MutableSpan<UInt8>, digestByteCount: Int
  ) throws(CryptoError) {
    let count = items.count / itemByteCount
    precondition(items.count == count * itemByteCount && output.count == count * digestByteCount)
    let infixByteCount = infix == nil ? 0 : 2
    let itemOffset = salt.byteCount + 4 + infixByteCount
    let messageByteCount = itemOffset + itemByteCount
    precondition(messageByteCount <= 55, "a position hash takes one block")
    // The message stays in locked memory and is rewritten for each position: no key is copied anywhere else.
    // Pointers, because this runs once per key: the bounds were settled above.
    try message.withMutableBytes { message throws(CryptoError) in
      try unsafe message.withUnsafeMutableBufferPointer { message throws(CryptoError) in
        try unsafe items.withUnsafeBufferPointer { items throws(CryptoError) in
          try unsafe output.withUnsafeMutableBufferPointer { output throws(CryptoError) in
            guard let start = message.baseAddress, let item = items.baseAddress,
              let target = output.baseAddress
            else { return }
            salt.digest.withBytes { bytes in
              unsafe bytes.withUnsafeBufferPointer { bytes in
                guard let bytes = bytes.baseAddress else { return }
                unsafe start.update(from: bytes, count: salt.byteCount)
              }
            }
            if let infix {
              unsafe start[itemOffset - 2] = UInt8(truncatingIfNeeded: infix >> 8)
              unsafe start[itemOffset - 1] = UInt8(truncatingIfNeeded: infix)
            }
            try unsafe sha.digestColumn(
              template: start, messageByteCount: messageByteCount, counterOffset: salt.byteCount,
              first: first,
              count: count, items: item, itemByteCount: itemByteCount, into: target,
              digestByteCount: digestByteCount)
          }
        }
      }
    }
    message.erase(first: message.count)
  }
}
