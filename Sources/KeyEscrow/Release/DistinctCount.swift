/// Counts distinct records without keeping them: 8 bytes each.
///
/// A record is remembered by its 64-bit hash under the process's random seed, so that nobody can choose records that
/// collide; by chance, n keys are undercounted with probability below n² / 2^65.
struct DistinctCount {
  private var seen: Set<Int> = []

  var count: UInt64 { UInt64(seen.count) }

  mutating func insert(_ locator: RecordLocator) {
    var hasher = Hasher()
    hasher.combine(locator)
    seen.insert(hasher.finalize())
  }
}
