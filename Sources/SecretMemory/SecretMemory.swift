import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the process knows of its own secret memory.
public enum SecretMemory {
  private static let unlocked = Atomic<Int>(0)

  static let pageSize = max(Int(sysconf(Int32(_SC_PAGESIZE))), 4096)

  /// How many secrets so far could not be locked into memory (`RLIMIT_MEMLOCK` reached): a tool warns when it
  /// is not zero.
  public static var unlockedAllocations: Int { unlocked.load(ordering: .relaxed) }

  static func countUnlockedAllocation() {
    unlocked.add(1, ordering: .relaxed)
  }
}

/// `explicit_bzero`, or its equal where the system has none: a store that the optimiser may not drop.
package func explicitlyZero(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
  #if canImport(Darwin)
    _ = unsafe memset_s(start, byteCount, 0, byteCount)
  #else
    unsafe explicit_bzero(start, byteCount)
  #endif
}

extension MutableSpan where Element == UInt8 {
  /// Sets every byte to zero, in a way that the compiler does not remove.
  package mutating func explicitlyErase() {
    unsafe withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress {
        unsafe explicitlyZero(UnsafeMutableRawPointer(start), buffer.count)
      }
    }
  }

  /// Copies `bytes` to `offset`.
  @inlinable
  package mutating func copy(_ bytes: Span<UInt8>, at offset: Int) {
    precondition(offset >= 0 && bytes.count <= count - offset, "copy beyond the span")
    guard !bytes.isEmpty else { return }
    unsafe withUnsafeMutableBufferPointer { target in
      unsafe bytes.withUnsafeBufferPointer { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        unsafe (to + offset).update(from: from, count: source.count)
      }
    }
  }

  /// Reads and writes the bytes of `range` alone.
  @inlinable
  package mutating func withSlice<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the span")
    return try unsafe withUnsafeMutableBufferPointer { (buffer) throws(Failure) -> Result in
      var slice = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: buffer[range]))
      return try body(&slice)
    }
  }
}
