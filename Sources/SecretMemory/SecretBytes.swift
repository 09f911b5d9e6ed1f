/// Secret bytes with one owner.
///
/// The bytes live in pages that hold nothing else: kept out of swap (`mlock`) when the system's limit allows it, out of
/// core dumps (`MADV_DONTDUMP`) and out of children (`MADV_DONTFORK`), and erased (`explicit_bzero`) before anything else
/// gets them. The type cannot be copied, so a secret has exactly one place and one end. It has no textual form but
/// `<redacted>`.
///
/// Up to 1,024 bytes take a slot of the process's arena (`SecretArena`); a larger secret takes pages of its own, so hot
/// paths keep one and reuse it.
@safe
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // Sendable: the bytes belong to this value alone, and it has one owner at a time.
  // Inlined, here and below, into the modules above: a secret is lent several times for each key there.
  @usableFromInline let base: UnsafeMutablePointer<UInt8>
  // What the slot or the pages have room for.
  private let capacity: Int
  // The slab in the arena; nil for pages of its own.
  private let slab: Int?

  /// The number of secret bytes.
  public let count: Int

  /// Whether the pages are locked into memory. When false they may be swapped out: callers say so to people.
  public let isLocked: Bool

  private init(_ slot: SecretSlot, count: Int) {
    unsafe base = unsafe slot.base
    capacity = slot.byteCount
    slab = slot.slab
    isLocked = true
    self.count = count
  }

  private init(_ pages: SecretPages, count: Int) {
    unsafe base = unsafe pages.base
    capacity = pages.byteCount
    slab = nil
    isLocked = pages.isLocked
    self.count = count
  }

  deinit {
    if let slab {
      SecretArena.giveBack(unsafe SecretSlot(base: base, byteCount: capacity, slab: slab))
    } else {
      unsafe SecretPages(base: base, byteCount: capacity, isLocked: isLocked).free()
    }
  }

  /// `count` zero bytes.
  ///
  /// - Throws: `SecretMemoryError` when the pages cannot be mapped. Failing to lock them is not an error: it is
  ///   counted in `SecretMemory.unlockedAllocations`.
  public static func zeros(_ count: Int) throws(SecretMemoryError) -> SecretBytes {
    guard count >= 0, count <= Int.max - SecretMemory.pageSize else { throw .invalidCount(count) }
    if let slot = SecretArena.take(count) { return SecretBytes(slot, count: count) }
    guard let pages = SecretPages(count, isGuarded: false) else { throw .outOfMemory(byteCount: count) }
    if !pages.isLocked { SecretMemory.countUnlockedAllocation() }
    return SecretBytes(pages, count: count)
  }

  /// Whether the bytes are alone in their pages: for tests of where secrets live.
  package var hasOwnPages: Bool { slab == nil }

  /// A copy of `bytes`, whose owner stays responsible for erasing the original.
  public static func copying(_ bytes: Span<UInt8>) throws(SecretMemoryError) -> SecretBytes {
    var copy = try zeros(bytes.count)
    copy.withMutableBytes { $0.copy(bytes, at: 0) }
    return copy
  }

  /// Reads the bytes.
  @inlinable
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe Span(_unsafeStart: UnsafePointer(base), count: count))
  }

  /// Reads and writes the bytes.
  @inlinable
  public mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }

  /// Sets every byte to zero, in a way that the compiler does not remove.
  public mutating func erase() {
    unsafe explicitlyZero(UnsafeMutableRawPointer(base), capacity)
  }

  /// Sets the first `byteCount` bytes to zero, in a way that the compiler does not remove: for large buffers of which
  /// little was used.
  public mutating func erase(first byteCount: Int) {
    erase(0..<byteCount)
  }

  /// Sets the bytes of `range` to zero, in a way that the compiler does not remove.
  public mutating func erase(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "erasing beyond the secret")
    unsafe explicitlyZero(UnsafeMutableRawPointer(base + range.lowerBound), range.count)
  }

  /// `<redacted>`: a secret has no other text.
  public var description: String { "<redacted>" }
}
