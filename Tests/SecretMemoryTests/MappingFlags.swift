#if os(Linux)
  import Glibc

  /// What the kernel says of a mapping.
  enum MappingFlags {
    /// The `VmFlags` of `/proc/self/smaps` (proc(5)) for the mapping that contains `address`.
    static func ofMapping(at address: UInt) -> [Substring]? {
      guard let file = unsafe fopen("/proc/self/smaps", "r") else { return nil }
      defer { unsafe fclose(file) }
      var line = [CChar](repeating: 0, count: 4096)
      var isInside = false
      while unsafe fgets(&line, CInt(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split { $0 == " " || $0 == "\n" }
        guard let first = words.first else { continue }
        let bounds = first.split(separator: "-")
        if bounds.count == 2, let low = UInt(bounds[0], radix: 16), let high = UInt(bounds[1], radix: 16) {
          isInside = (low..<high).contains(address)
        } else if isInside, first == "VmFlags:" {
          return Array(words.dropFirst())
        }
      }
      return nil
    }
  }
#endif
