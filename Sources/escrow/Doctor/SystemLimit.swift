#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Limits of the process, in bytes; nil for none.
enum SystemLimit {
  static var lockedMemory: UInt64? { value(of: .lockedMemory) }
  static var coreFile: UInt64? { value(of: .coreFile) }

  static func text(_ limit: UInt64?) -> String {
    guard let limit else { return "none" }
    return limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit >> 10) KiB"
  }

  private enum Kind { case lockedMemory, coreFile }

  private static func value(of kind: Kind) -> UInt64? {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t((kind == .lockedMemory ? __RLIMIT_MEMLOCK : RLIMIT_CORE).rawValue)
    #else
      let resource = kind == .lockedMemory ? RLIMIT_MEMLOCK : RLIMIT_CORE
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
    // The largest number stands for no limit, on every system that this runs on.
    return limit.rlim_cur >= rlim_t(Int64.max) ? nil : UInt64(limit.rlim_cur)
  }
}

/// Small files in which the system tells of itself.
enum SystemFile {
  /// The content; nil when it cannot be read.
  static func text(_ path: String) -> String? {
    guard let bytes = try? DocumentFile.read(path, maximumByteCount: 65_536) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first line; nil when it cannot be read.
  static func line(_ path: String) -> String? {
    text(path)?.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
  }
}
