import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Secret bytes with one owner.
///
/// The bytes live in pages of their own: kept out of swap (`mlock`) when the system's limit allows it, out of
/// core dumps (`MADV_DONTDUMP`), and erased (`explicit_bzero`) before the pages are given back. The type cannot be
/// copied, so a secret has exactly one place and one end. It has no textual form but `<redacted>`.
///
/// A page is taken per value, so hot paths keep one `SecretBytes` and reuse it.
@safe
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // Sendable: the pages belong to this value alone, and it has one owner at a time.
  private let base: UnsafeMutablePointer<UInt8>
  private let mappedByteCount: Int

  /// The number of secret bytes.
  public let count: Int

  /// Whether the pages are locked into memory. When false they may be swapped out: callers say so to people.
  public let isLocked: Bool

  private init(owning base: UnsafeMutablePointer<UInt8>, count: Int, mappedByteCount: Int, isLocked: Bool) {
    unsafe self.base = unsafe base
    self.count = count
    self.mappedByteCount = mappedByteCount
    self.isLocked = isLocked
  }

  /// `count` zero bytes.
  ///
  /// - Throws: `SecretMemoryError` when the pages cannot be mapped. Failing to lock them is not an error: it is
  ///   counted in `SecretMemory.unlockedAllocations`.
  public static func zeros(_ count: Int) throws(SecretMemoryError) -> SecretBytes {
    guard count >= 0, count <= Int.max - SecretMemory.pageSize else { throw .invalidCount(count) }
    let pages = (max(count, 1) + SecretMemory.pageSize - 1) / SecretMemory.pageSize
    let mapped = pages * SecretMemory.pageSize
    let address = unsafe mmap(
      nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw .outOfMemory(byteCount: count)
    }
    #if os(Linux)
      _ = unsafe madvise(address, mapped, MADV_DONTDUMP)
    #endif
    let locked = unsafe mlock(address, mapped) == 0
    if !locked { SecretMemory.countUnlockedAllocation() }
    return unsafe SecretBytes(
      owning: address.bindMemory(to: UInt8.self, capacity: mapped), count: count,
      mappedByteCount: mapped, isLocked: locked)
  }

  /// A copy of `bytes`, whose owner stays responsible for erasing the original.
  public static func copying(_ bytes: Span<UInt8>) throws(SecretMemoryError) -> SecretBytes {
    var copy = try zeros(bytes.count)
    copy.withMutableBytes { $0.copy(bytes, at: 0) }
    return copy
  }

  deinit {
    unsafe explicitlyZero(UnsafeMutableRawPointer(base), mappedByteCount)
    if isLocked { _ = unsafe munlock(base, mappedByteCount) }
    _ = unsafe munmap(base, mappedByteCount)
  }

  /// Reads the bytes.
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe Span(_unsafeStart: UnsafePointer(base), count: count))
  }

  /// Reads and writes the bytes.
  public mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }

  /// Sets every byte to zero, in a way that the compiler does not remove.
  public mutating func erase() {
    unsafe explicitlyZero(UnsafeMutableRawPointer(base), mappedByteCount)
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
