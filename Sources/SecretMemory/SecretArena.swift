/// Where small secrets live: slots of a few sizes, in pages that are mapped and locked once.
///
/// Asking the system for pages costs more than most of what is done with a key. So slabs of four pages, each between two
/// guard pages, are cut into slots of one size; a slot is erased before the next secret can have it. Slabs stay for the
/// life of the process, `maximumSlabs` of them at most. Only locked pages become slabs: where the limit of locked memory
/// is reached, a secret has pages of its own, which are locked or counted as not locked one by one.
package enum SecretArena {
  /// The slots' sizes in bytes, rising.
  package static let slotByteCounts = [64, 256, 1024]
  /// With 4,096 bytes a page, 512 KiB in all: a sixteenth of the locked memory that systems usually allow.
  package static let maximumSlabs = 32

  private static let pagesPerSlab = 4
  private static let slabs = Locked(Slabs())

  /// A zeroed slot of at least `count` bytes; nil when none is large enough, or none can be had.
  static func take(_ count: Int) -> SecretSlot? {
    guard let size = slotByteCounts.firstIndex(where: { count <= $0 }) else { return nil }
    return slabs.withLock { $0.take(size) }
  }

  /// Erases a slot, and lets another secret have it.
  static func giveBack(_ slot: SecretSlot) {
    unsafe explicitlyZero(UnsafeMutableRawPointer(slot.base), slot.byteCount)
    slabs.withLock { $0.giveBack(slot) }
  }

  @safe
  private struct Slabs: @unchecked Sendable {
    // Sendable: the pages are this value's, and a lock guards it.
    @safe
    private struct Slab {
      let size: Int
      var free: [UnsafeMutablePointer<UInt8>]
    }

    private var slabs: [Slab] = []
    // For each size, the slabs that have free slots.
    private var open = [[Int]](repeating: [], count: slotByteCounts.count)

    mutating func take(_ size: Int) -> SecretSlot? {
      guard let slab = open[size].last ?? grow(size), let base = unsafe slabs[slab].free.popLast() else {
        return nil
      }
      if unsafe slabs[slab].free.isEmpty { open[size].removeLast() }
      return unsafe SecretSlot(base: base, byteCount: slotByteCounts[size], slab: slab)
    }

    mutating func giveBack(_ slot: SecretSlot) {
      if unsafe slabs[slot.slab].free.isEmpty { open[slabs[slot.slab].size].append(slot.slab) }
      unsafe slabs[slot.slab].free.append(slot.base)
    }

    private mutating func grow(_ size: Int) -> Int? {
      guard slabs.count < maximumSlabs,
        let pages = SecretPages(pagesPerSlab * SecretMemory.pageSize, isGuarded: true)
      else { return nil }
      guard pages.isLocked else {
        pages.free()
        return nil
      }
      // The first slot is the first to go.
      let starts = stride(from: 0, to: pages.byteCount, by: slotByteCounts[size]).reversed()
      unsafe slabs.append(Slab(size: size, free: starts.map { unsafe pages.base + $0 }))
      open[size].append(slabs.count - 1)
      return slabs.count - 1
    }
  }
}

/// A place in the arena: one secret's, until it is given back.
@safe
struct SecretSlot {
  let base: UnsafeMutablePointer<UInt8>
  let byteCount: Int
  /// Which slab it is in.
  let slab: Int
}
