#if os(Linux)
  import Glibc

  /// A copy of everything that this process can write to: heap, stacks, globals, locked pages.
  ///
  /// Taken first and searched afterwards, so that what is searched for can still be unknown to the process when the
  /// copy is made.
  struct MemoryImage {
    private var regions: [[UInt8]] = []

    var byteCount: Int { regions.reduce(0) { $0 + $1.count } }

    init?() {
      guard let maps = Self.text(of: "/proc/self/maps") else { return nil }
      let file = unsafe open("/proc/self/mem", O_RDONLY)
      guard file >= 0 else { return nil }
      defer { close(file) }
      for line in maps.split(separator: "\n") {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 2, fields[1].hasPrefix("rw") else { continue }
        let bounds = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
        guard bounds.count == 2, bounds[1] - bounds[0] <= 1 << 30 else { continue }
        regions.append(Self.region(file, from: bounds[0], count: bounds[1] - bounds[0]))
      }
    }

    /// Whether `needle` stands anywhere in the copy.
    func contains(_ needle: [UInt8]) -> Bool {
      // Anchored at a byte that does not fill memory anyhow.
      guard let anchor = needle.firstIndex(where: { $0 != 0 && $0 != 0xFF }) else { return false }
      return regions.contains { region in
        unsafe region.withUnsafeBytes { region in
          unsafe needle.withUnsafeBytes { needle in
            guard let start = region.baseAddress, let sought = needle.baseAddress else { return false }
            var offset = anchor
            while offset + needle.count - anchor <= region.count {
              let rest = region.count - needle.count + anchor + 1 - offset
              guard let hit = unsafe memchr(start + offset, CInt(needle[anchor]), rest) else { return false }
              if unsafe memcmp(hit - anchor, sought, needle.count) == 0 { return true }
              offset = unsafe UnsafeRawPointer(hit) - start + 1
            }
            return false
          }
        }
      }
    }

    // Other threads map and unmap pages meanwhile: a page that is gone is a page of zeros here.
    private static func region(_ file: CInt, from address: Int, count: Int) -> [UInt8] {
      var region = [UInt8](repeating: 0, count: count)
      unsafe region.withUnsafeMutableBytes { region in
        guard let start = region.baseAddress else { return }
        var filled = 0
        while filled < count {
          let got = unsafe pread(file, start + filled, count - filled, address + filled)
          filled += got > 0 ? got : 4096
        }
      }
      return region
    }

    private static func text(of path: String) -> String? {
      let file = unsafe open(path, O_RDONLY)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let got = unsafe buffer.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        guard got >= 0 else { return nil }
        if got == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<got]
      }
    }
  }
#endif
