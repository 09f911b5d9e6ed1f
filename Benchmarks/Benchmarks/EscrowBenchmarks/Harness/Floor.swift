import CFloor

/// What libcrypto alone takes for the work that the formats demand, in the tightest loops over EVP.
final class Floor {
  private let context: OpaquePointer
  private let input: UnsafeMutablePointer<UInt8>
  private let output: UnsafeMutablePointer<UInt8>
  private static let capacity = 1 << 20

  init() throws {
    guard let context = evp_floor_create() else { throw Unusable("libcrypto has no SHA-256 or AES-256-GCM") }
    self.context = context
    input = .allocate(capacity: Self.capacity)
    output = .allocate(capacity: Self.capacity)
    input.initialize(repeating: 0x5A, count: Self.capacity)
    output.initialize(repeating: 0, count: Self.capacity)
  }

  deinit {
    evp_floor_destroy(context)
    input.deallocate()
    output.deallocate()
  }

  private static func require(_ status: CInt) throws {
    guard status == 0 else { throw Unusable("libcrypto failed") }
  }

  /// SHA-256 of `count` messages of at most 55 bytes, each by itself.
  func hashMessages(_ count: Int, byteCount: Int = 55) throws {
    try Self.require(evp_floor_hash_messages(context, count, byteCount))
  }

  /// SHA-256 of one message.
  func hash(_ byteCount: Int) throws {
    try Self.require(evp_floor_hash(context, input, byteCount))
  }

  /// AES-256-GCM of one message under a key of its own, sealed or opened.
  func seal(_ byteCount: Int) throws {
    try Self.require(evp_floor_seal(context, input, byteCount, byteCount, output))
  }

  func open(_ byteCount: Int) throws {
    try Self.require(evp_floor_open(context, input, byteCount, byteCount, output))
  }

  /// Runs `body` with the size of one batch of at most `batch` after the other, until there were `count`.
  static func batches(_ count: Int, of batch: Int, _ body: (Int) throws -> Void) rethrows {
    for start in stride(from: 0, to: count, by: batch) { try body(min(batch, count - start)) }
  }
}
