import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory

/// Deposits, a warrant over all of them, and the answers of judge and agency: everything that a recovery takes.
final class RecoveryCase {
  let shelf: DepositShelf
  let folder: TemporaryFolder
  let releaseByteCount: Int
  private let warrant: Warrant
  private let releases: [Release]
  private let output: OutputBytes

  var world: EscrowWorld { shelf.world }
  var count: Int { shelf.count }

  /// - Parameter inMemory: keeps the releases in memory instead of in files.
  init(count: Int, inMemory: Bool = false) throws {
    let folder = try TemporaryFolder()
    let world = try EscrowWorld()
    let shelf = try DepositShelf(world, count: count, folder: folder)
    let warrant = try world.warrant()
    let verified = try warrant.verifiedForRecovery(by: world.roster)
    var byteCount = 0
    func release(_ holder: borrowing Holder) throws -> Release {
      let source: any ByteSource
      if inMemory {
        let spool = MemorySpool()
        let front = try world.release(warrant, by: holder, from: shelf, spool: spool)
        source = MemoryBytes(front + spool.bytes)
      } else {
        // The front is written last and stands first: the chunks are copied behind it.
        let chunks = folder.path("chunks")
        let spool = try OutputBytes(path: chunks)
        let front = try world.release(warrant, by: holder, from: shelf, spool: spool)
        let path = folder.path("\(holder.id).release")
        let file = try OutputBytes(path: path)
        try file.append(front)
        let body = try FileBytes(path: chunks)
        for start in stride(from: 0, to: body.byteCount, by: 1 << 20) {
          try file.append(try body.read(start..<min(start + (1 << 20), body.byteCount)))
        }
        try FileManager.default.removeItem(atPath: chunks)
        try file.close()
        source = try FileBytes(path: path)
      }
      byteCount += source.byteCount
      return try UnverifiedRelease(source).verified(for: verified)
    }
    releases = [try release(world.judge), try release(world.agency)]
    releaseByteCount = byteCount
    self.warrant = verified
    self.shelf = shelf
    self.folder = folder
    output = try OutputBytes(path: folder.path("keys"))
  }

  /// Recovers every key, and writes them to a file, 32 bytes each.
  func recover(jobs: Int = 1) throws {
    output.rewind()
    let report = try Recovery.recover(
      warrant: warrant, releases: releases, recipientKey: world.recipientKey, source: shelf, jobs: jobs
    ) { _, keys throws(EscrowError) in try output.append(keys) }
    guard report.recovered == UInt64(count), report.faults.isEmpty, report.missing == 0 else {
      throw Unusable("recovery gave \(report.recovered) of \(count) keys")
    }
  }
}
