import FlowSupport
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

// The whole way, with something altered at every step: whatever a store, a carrier and holders of every kind do, a key
// that comes out is the one that went in, and an untouched flow gives all of them.

extension FuzzTarget {
  /// The bytes are a list of alterations.
  static let flow = FuzzTarget(
    "flow",
    samples: {
      // Nothing; one of each kind; two at once.
      [[]] + (0..<UInt8(Alteration.Kind.allCases.count)).map { [$0, 1, 0, 77, 1] }
        + [[0, 0, 0, 9, 1, 5, 2, 0, 40, 1]]
    }
  ) { bytes in
    guard let samples = try? Samples.get() else { return false }
    let alterations = Alteration.list(bytes)
    do {
      let run = try FlowRun(samples, alterations)
      if alterations.isEmpty {
        claim(
          run.recovered.count == samples.keys.count && run.report.faults.isEmpty, "an honest flow gives all")
      }
      return run.report.recovered > 0
    } catch {
      claim(!alterations.isEmpty, "an honest flow does not fail")
      return false
    }
  }
}

/// One thing that somebody does wrong.
struct Alteration {
  enum Kind: UInt8, CaseIterable {
    /// A carrier flips bits of a release, cuts it, or puts part of another release into it.
    case flipRelease, cutRelease, spliceRelease
    /// A carrier leaves a release out, or gives it twice.
    case dropRelease, repeatRelease
    /// A holder seals and signs wrong shares, other records, another deposit's name, or a wrong table.
    case wrongShare, wrongFront, wrongSubject, swappedChunks, wrongCount, missingChunk
    /// The store alters a public column, or the digests of the others.
    case storeTags, storeCommitments, storeShareDigests, storeHeader
    /// A carrier flips bits of the warrant.
    case flipWarrant
  }

  let kind: Kind
  let holder: Int
  let place: Int
  let mask: UInt8

  /// Five bytes each, at most eight: kind, holder, place (two bytes), mask.
  static func list(_ bytes: [UInt8]) -> [Alteration] {
    stride(from: 0, to: min(bytes.count, 40) / 5 * 5, by: 5).map { start in
      Alteration(
        kind: Kind.allCases[Int(bytes[start]) % Kind.allCases.count], holder: Int(bytes[start + 1]),
        place: Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]), mask: bytes[start + 4])
    }
  }
}

/// A recovery from altered artifacts. Its initialiser claims what must hold of every key that comes out.
private struct FlowRun {
  var recovered: [RecordLocator: [UInt8]] = [:]
  let report: RecoveryReport

  init(_ samples: Samples, _ alterations: [Alteration]) throws {
    let world = samples.world
    let holders = world.roster.policy.holders
    var files: [[UInt8]] = try holders.map { try Self.release(of: $0, samples, alterations, holders) }
    var warrantBytes = samples.warrant.bytes
    for alteration in alterations {
      let index = alteration.holder % max(files.count, 1)
      guard files.indices.contains(index) else { continue }
      switch alteration.kind {
      case .flipRelease: Self.flip(&files[index], alteration)
      case .cutRelease: files[index] = Array(files[index].prefix(alteration.place % (files[index].count + 1)))
      case .spliceRelease:
        let other = files[(index + 1) % files.count]
        let start = alteration.place % (min(files[index].count, other.count) + 1)
        let end = min(start + Int(alteration.mask), files[index].count, other.count)
        files[index].replaceSubrange(start..<end, with: other[start..<end])
      case .dropRelease: files.remove(at: index)
      case .repeatRelease: files.append(files[index])
      case .flipWarrant: Self.flip(&warrantBytes, alteration)
      default: break
      }
    }
    let warrant = try UnverifiedWarrant(parsing: warrantBytes.span)
    let verified = try warrant.verifiedForRecovery(by: world.roster)
    claim(verified.digest == samples.warrant.digest, "only the warrant that was signed is verified")
    // Whoever recovers leaves out what does not verify, as the tool does.
    let releases = files.compactMap { try? UnverifiedRelease(MemoryBytes($0)).verified(for: verified) }
    let source = AlteredSource(store: world.store, alterations: alterations)
    var found: [(RecordLocator, [UInt8])] = []
    report = try world.recover(warrant, releases, from: source) { (locators, keys) throws(EscrowError) in
      for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
        found.append((locator, (0..<32).map { keys[32 * index + $0] }))
      }
    }
    for (locator, key) in found {
      claim(samples.keys[locator] == key, "a key that comes out is the one that was deposited")
      claim(recovered.updateValue(key, forKey: locator) == nil, "a record comes out once")
    }
    claim(report.recovered == UInt64(found.count), "the report counts what came out")
    if report.recovered < UInt64(samples.keys.count) {
      claim(
        report.missing > 0 || !report.faults.isEmpty || !report.withoutQuorum.isEmpty
          || releases.count < holders.count,
        "what is missing is said")
    }
  }

  // A holder's release, altered before it was sealed and signed when `alterations` say so.
  private static func release(
    of holder: HolderID, _ samples: Samples, _ alterations: [Alteration], _ holders: [HolderID]
  ) throws -> [UInt8] {
    let honest = samples.releases[holder] ?? []
    let own = alterations.filter { holders[$0.holder % holders.count] == holder && $0.isSealed }
    guard !own.isEmpty else { return honest }
    var release = try OpenedRelease(honest, of: holder, for: samples.warrant, in: samples.world)
    for alteration in own where !release.chunks.isEmpty {
      let index = alteration.place >> 12 % release.chunks.count
      switch alteration.kind {
      case .wrongShare: flip(&release.chunks[index].shares, alteration)
      case .wrongFront: flip(&release.chunks[index].front, alteration)
      case .wrongSubject: flip(&release.chunks[index].subject, alteration)
      case .swappedChunks: release.chunks.swapAt(0, release.chunks.count - 1)
      case .wrongCount: release.chunks[index].records ^= UInt32(alteration.mask)
      case .missingChunk: release.chunks.remove(at: index)
      default: break
      }
    }
    return try release.sealed()
  }

  private static func flip(_ bytes: inout [UInt8], _ alteration: Alteration) {
    guard !bytes.isEmpty else { return }
    bytes[alteration.place % bytes.count] ^= alteration.mask
  }
}

extension Alteration {
  fileprivate var isSealed: Bool {
    switch kind {
    case .wrongShare, .wrongFront, .wrongSubject, .swappedChunks, .wrongCount, .missingChunk: true
    default: false
    }
  }
}

/// A store that alters what it gives.
private struct AlteredSource: RecoverySource {
  let store: MemoryDeposits
  let alterations: [Alteration]

  func session(_ id: Digest) -> UnverifiedSession? { store.session(id) }

  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard var view = try store.deposit(digest) else { return nil }
    for alteration in alterations {
      switch alteration.kind {
      case .storeTags: Self.flip(&view.tags, alteration)
      case .storeCommitments: Self.flip(&view.commitments, alteration)
      case .storeHeader:
        var header = view.header.bytes
        Self.flip(&header, alteration)
        guard let altered = try? DepositHeader(parsing: header) else { continue }
        view.header = altered
      default: break
      }
    }
    return view
  }

  func shareDigests(_ digest: Digest, row: Int) -> [UInt8]? {
    guard var column = store.shareDigests(digest, row: row) else { return nil }
    for alteration in alterations where alteration.kind == .storeShareDigests {
      Self.flip(&column, alteration)
    }
    return column
  }

  private static func flip(_ bytes: inout [UInt8], _ alteration: Alteration) {
    guard !bytes.isEmpty else { return }
    bytes[alteration.place % bytes.count] ^= alteration.mask
  }
}
