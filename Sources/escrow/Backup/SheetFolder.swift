import KeyEscrow
import LibCrypto
import Mnemonics
import SecretMemory

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The sheets of one backup in a new folder of their own: all of them, or none.
struct SheetFolder {
  let shares: [MnemonicShare]
  let scheme: SharingScheme
  let holder: HolderRecord
  /// One name a share, in order; or none.
  let officers: [String]
  let roster: Digest?
  let made: Timestamp

  /// Writes the sheets, mode 0600, into the new folder `path`, mode 0700.
  ///
  /// - Returns: their paths, in the order of the shares.
  /// - Throws: 64 when `path` is already there.
  func write(to path: String) throws(Failure) -> [String] {
    try OutputFile.requireAbsent(path)
    let staging = OutputFile.temporaryPath(beside: path)
    guard try Directory.create(staging) else {
      throw .internalFailure("\(path): no folder beside it could be made")
    }
    Interruption.register(staging)
    let names = shares.map { Self.name(of: $0) }
    let files = names.map { "\(staging)/\($0)" }
    for file in files { Interruption.register(file) }
    do throws(Failure) {
      for (index, share) in shares.enumerated() { try write(share, at: index, to: files[index]) }
      try Interruption.protecting(files + [staging]) { () throws(Failure) in
        // A folder is renamed over nothing, or over an empty folder that came meanwhile; both are right.
        guard unsafe rename(staging, path) == 0 else {
          throw .usage("\(path): cannot be made: \(SystemError.last.text); name another folder")
        }
      }
    } catch {
      for file in files { _ = unsafe unlink(file) }
      Directory.removeIfEmpty(staging)
      for file in files + [staging] { Interruption.forget(file) }
      throw error
    }
    try OutputFile.synchronizeDirectory(of: path)
    return names.map { "\(path)/\($0)" }
  }

  private func write(_ share: MnemonicShare, at index: Int, to file: String) throws(Failure) {
    let page = try SheetPage(
      share: share, memberCount: scheme.groups[share.header.groupIndex].count, holder: holder,
      officer: officers.isEmpty ? nil : officers[index], roster: roster, made: made
    ).html()
    let output = try OutputFile.create(file, access: .owner)
    try page.withBytes { page throws(Failure) in try output.write(page) }
    try output.commit()
  }

  /// `sheet-2-1.html` is for the first member of the second group.
  static func name(of share: MnemonicShare) -> String {
    "sheet-\(share.header.groupIndex + 1)-\(share.header.memberIndex + 1).html"
  }
}
