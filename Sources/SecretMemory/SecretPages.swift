#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages of the system's, for secrets: zero at first, out of core dumps, out of the children that `fork` makes, and out of
/// swap where the system's limit allows it.
@safe
struct SecretPages {
  let base: UnsafeMutablePointer<UInt8>
  let byteCount: Int
  /// Whether the pages are locked into memory.
  let isLocked: Bool
  // Bytes before the first page and after the last that nobody may touch.
  private let guardByteCount: Int

  /// Pages for at least `count` bytes; nil when the system gives none.
  ///
  /// - Parameter isGuarded: puts a page that nobody may touch before and after them.
  init?(_ count: Int, isGuarded: Bool) {
    let page = SecretMemory.pageSize
    let edge = isGuarded ? page : 0
    let byteCount = (max(count, 1) + page - 1) / page * page
    let start = unsafe mmap(
      nil, byteCount + 2 * edge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else { return nil }
    let base = unsafe start + edge
    if isGuarded {
      guard unsafe mprotect(start, edge, PROT_NONE) == 0,
        unsafe mprotect(base + byteCount, edge, PROT_NONE) == 0
      else {
        _ = unsafe munmap(start, byteCount + 2 * edge)
        return nil
      }
    }
    #if os(Linux)
      _ = unsafe madvise(base, byteCount, MADV_DONTDUMP)
      // A child that went on with copies of the keys would use them twice, and one that found zeros in their place would
      // not notice. It finds nothing, and stops.
      _ = unsafe madvise(base, byteCount, MADV_DONTFORK)
    #endif
    isLocked = unsafe mlock(base, byteCount) == 0
    unsafe self.base = unsafe base.bindMemory(to: UInt8.self, capacity: byteCount)
    self.byteCount = byteCount
    guardByteCount = edge
  }

  /// The pages of a secret, as `init` gave them without guards.
  init(base: UnsafeMutablePointer<UInt8>, byteCount: Int, isLocked: Bool) {
    unsafe self.base = unsafe base
    self.byteCount = byteCount
    self.isLocked = isLocked
    guardByteCount = 0
  }

  /// Erases the pages and gives them back to the system.
  func free() {
    unsafe explicitlyZero(UnsafeMutableRawPointer(base), byteCount)
    if isLocked { _ = unsafe munlock(base, byteCount) }
    _ = unsafe munmap(base - guardByteCount, byteCount + 2 * guardByteCount)
  }
}
