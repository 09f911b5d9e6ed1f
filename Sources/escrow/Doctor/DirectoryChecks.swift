import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether what lies in a directory is as private as it must be.
struct DirectoryChecks {
  private static let maximumCount = 10_000
  private static let readableByOthers: mode_t = 0o077
  private static let writableByOthers: mode_t = 0o022

  let path: String

  /// One finding for each fault, or one that says that there is none.
  var all: [Finding] {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return [.fault("files", "\(path): there is no such directory", "check the path")]
    }
    guard let names = FileManager.default.enumerator(atPath: path) else {
      return [.fault("files", "\(path): cannot be listed", "check its permissions")]
    }
    var findings = faults(at: path, status)
    var count = 0
    for case let name as String in names {
      count += 1
      guard count <= Self.maximumCount else {
        findings.append(
          .warning("files", "\(path): holds more than \(Self.maximumCount) files", "name a smaller directory")
        )
        break
      }
      let file = "\(path)/\(name)"
      guard unsafe lstat(file, &status) == 0 else { continue }
      findings += faults(at: file, status)
    }
    return findings.isEmpty ? [.ok("files", "\(path): \(count) files, as private as they must be")] : findings
  }

  private func faults(at file: String, _ status: stat) -> [Finding] {
    let mode = status.st_mode & 0o7777
    let octal = String(mode, radix: 8)
    guard status.st_mode & S_IFMT != S_IFLNK else { return [] }
    var findings: [Finding] = []
    if status.st_uid != geteuid(), geteuid() != 0 {
      findings.append(
        .warning("files", "\(file): belongs to somebody else", "keep keys in files of your own"))
    }
    if Self.isSecret(file), mode & Self.readableByOthers != 0 {
      findings.append(
        .fault(
          "files", "\(file): mode \(octal), open to others", "chmod 600, and treat what it holds as seen"))
    } else if mode & Self.writableByOthers != 0, mode & S_ISVTX == 0 {
      findings.append(.fault("files", "\(file): mode \(octal), others may change it", "chmod go-w"))
    }
    if Int64(status.st_mtim.tv_sec) > Int64(Date().timeIntervalSince1970) + 120 {
      findings.append(
        .warning("files", "\(file): was written in the future", "compare the clock with one that you trust"))
    }
    return findings
  }

  /// Whether the file's name is one that this program gives to secrets.
  static func isSecret(_ file: String) -> Bool {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(".pem") || name.hasSuffix(".key") || name == "state"
      || name.hasPrefix("sheet-") && name.hasSuffix(".html")
  }
}
