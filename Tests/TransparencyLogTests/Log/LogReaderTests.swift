import LibCrypto
import Testing
import TransparencyLog

@Suite struct LogReaderTests {
  let fixture: LogFixture

  init() throws {
    fixture = try LogFixture()
  }

  @Test func everyProofOfTheLogVerifiesAndEqualsTheReference() throws {
    let size = 300
    let tree = try ReferenceTree(count: size)
    try fixture.make(size: size)
    let reader = try fixture.reader()
    for index in 0..<size {
      #expect(try reader.inclusionProof(of: UInt64(index)) == tree.path(index, 0..<size))
    }
    for oldSize in 1...size {
      let old = try Checkpoint(origin: fixture.origin, size: UInt64(oldSize), root: tree.root(0..<oldSize))
      #expect(try reader.consistencyProof(from: old) == tree.proof(oldSize, size))
    }
    let empty = try Checkpoint(origin: fixture.origin, size: 0, root: TreeHasher.emptyRoot())
    #expect(try reader.consistencyProof(from: empty).isEmpty)
    #expect(throws: LogError.outOfRange(300, size: 300)) { try reader.inclusionProof(of: 300) }
  }

  @Test func aLogThatRewroteItsHistoryIsNotConsistent() throws {
    let fork = try LogFixture()
    try fixture.make(size: 300)
    var log = try fork.create()
    try fork.append(0..<100, to: &log)
    try fork.append(101..<500, to: &log)
    let reader = try fork.reader()
    for old in [try fixture.published().checkpoint, try forkedAt(100)] {
      #expect(throws: LogError.consistencyNotProven) { try reader.consistencyProof(from: old) }
    }
    // A log that became smaller.
    let smaller = try fixture.reader()
    let larger = try fork.published().checkpoint
    #expect(throws: LogError.consistencyNotProven) { try smaller.consistencyProof(from: larger) }
    let stranger = try Checkpoint(origin: "other.example", size: 1, root: TreeHasher.emptyRoot())
    #expect(throws: LogError.wrongOrigin) { try reader.consistencyProof(from: stranger) }
  }

  /// The checkpoint after one entry more than the common history.
  private func forkedAt(_ size: Int) throws -> Checkpoint {
    let tree = try ReferenceTree(count: size + 1)
    return try Checkpoint(origin: fixture.origin, size: UInt64(size + 1), root: tree.root(0..<size + 1))
  }

  @Test func entriesComeBackInOrderFromAnywhere() throws {
    let size = 600
    try fixture.make(size: size)
    let reader = try fixture.reader()
    for start in [0, 1, 255, 256, 257, 511, 512, 599, 600] {
      var entries = reader.entries(from: UInt64(start))
      var expected = start
      while let entry = try entries.next() {
        #expect(entry.index == UInt64(expected))
        #expect(Array(entry.bytes) == LogFixture.entry(expected))
        expected += 1
      }
      #expect(expected == size)
    }
    #expect(try reader.entry(at: 599) == LogFixture.entry(599))
    #expect(throws: LogError.outOfRange(600, size: 600)) { try reader.entry(at: 600) }
    #expect(throws: LogError.outOfRange(3, size: 600)) { try reader.bundle(3) }
  }

  @Test func anEmptyLogHasNoEntries() throws {
    _ = try fixture.create()
    let reader = try fixture.reader()
    var entries = reader.entries()
    #expect(try entries.next() == nil)
    #expect(throws: LogError.outOfRange(0, size: 0)) { try reader.inclusionProof(of: 0) }
    try reader.audit()
  }

  @Test func aReaderOfAnOlderCheckpointUsesTheFullTilesThatReplacedItsOwn() throws {
    var log = try fixture.create()
    try fixture.append(0..<200, to: &log)
    let reader = try fixture.reader()
    let proof = try reader.inclusionProof(of: 7)
    try fixture.append(200..<300, to: &log)
    #expect(try !fixture.directory.files(in: "log").contains("tile/0/000.p/200"))
    #expect(try reader.inclusionProof(of: 7) == proof)
    #expect(try reader.entry(at: 199) == LogFixture.entry(199))
    try reader.audit()
  }

  @Test func hashesOutsideTheTreeAreRefused() throws {
    try fixture.make(size: 300)
    let reader = try fixture.reader()
    for (level, index) in [(0, 300), (8, 1), (9, 0), (3, 37), (64, 0), (-1, 0), (0, .max), (1, 1 << 63)]
      as [(Int, UInt64)]
    {
      #expect(throws: LogError.outOfRange(index, size: 300)) {
        try reader.hashes(of: [TreeNode(level: level, index: index)])
      }
    }
    let tree = try ReferenceTree(count: 300)
    let nodes = [TreeNode(level: 0, index: 299), TreeNode(level: 8, index: 0), TreeNode(level: 3, index: 36)]
    #expect(try reader.hashes(of: nodes) == tree.hashes(of: nodes))
  }

  @Test(arguments: [1, 256, 257, 70_000, 1_000_000])
  func aProofReadsAtMostTwoTilesALevel(size: Int) throws {
    try fixture.make(size: size)
    let levels = [1, 256, 65_536].filter { $0 <= size }.count
    for index in [0, size / 3, size - 1] {
      let source = CountingSource(fixture.source)
      let reader = LogReader(try fixture.published(), source: source)
      _ = try reader.inclusionProof(of: UInt64(index))
      #expect(source.paths.count <= 2 * levels, "\(source.paths)")
      #expect(Set(source.paths).count == source.paths.count, "no tile is read twice")
    }
  }

  // MARK: Files that nobody vouches for

  @Test func everyAlteredFileIsFound() throws {
    try fixture.make(size: 600)
    let checkpoint = try fixture.published()
    for name in try fixture.directory.files(in: "log").sorted() where name != "checkpoint" {
      let original = try fixture.directory.read("log/\(name)")
      var altered = original
      altered[original.count / 2] ^= 1
      let versions: [[UInt8]] = [
        altered, Array(original.dropLast()), original + [0], [], original + original,
      ]
      for bytes in versions {
        try fixture.directory.write(bytes, to: "log/\(name)")
        #expect(throws: LogError.self, "\(name)") {
          try LogReader(checkpoint, source: fixture.source).audit()
        }
      }
      try fixture.directory.remove("log/\(name)")
      #expect(throws: LogError.missing(path: name)) {
        try LogReader(checkpoint, source: fixture.source).audit()
      }
      try fixture.directory.write(original, to: "log/\(name)")
    }
    try LogReader(checkpoint, source: fixture.source).audit()
  }

  @Test func anAlteredEntryIsNeverReturned() throws {
    try fixture.make(size: 600)
    let reader = try fixture.reader()
    for (bundle, name) in ["000", "001", "002.p/88"].enumerated() {
      let path = "log/tile/entries/\(name)"
      let original = try fixture.directory.read(path)
      for position in [0, 1, 2, original.count - 1] {
        var altered = original
        altered[position] ^= 1
        try fixture.directory.write(altered, to: path)
        #expect(throws: LogError.self) { try reader.bundle(UInt64(bundle)) }
      }
      // Two entries of the same length, exchanged.
      var exchanged = original
      let length = 2 + Int(original[1])
      exchanged.replaceSubrange(..<length, with: original[length..<2 * length])
      exchanged.replaceSubrange(length..<2 * length, with: original[..<length])
      try fixture.directory.write(exchanged, to: path)
      #expect(throws: LogError.inclusionNotProven) { try reader.bundle(UInt64(bundle)) }
      try fixture.directory.write(original, to: path)
    }
    // Tiles that were altered with their entries: the root is what they fail against.
    let other = try LogFixture()
    var log = try other.create()
    try other.append(1..<601, to: &log)
    for name in try other.directory.files(in: "log") where name != "checkpoint" {
      try fixture.directory.write(try other.directory.read("log/\(name)"), to: "log/\(name)")
    }
    for bundle in 0..<3 as Range<UInt64> {
      #expect(throws: LogError.inclusionNotProven) { try reader.bundle(bundle) }
    }
    #expect(throws: LogError.inclusionNotProven) { try reader.inclusionProof(of: 0) }
  }

  @Test func checkpointsThatAreNoNotesAreRefused() throws {
    try fixture.make(size: 1)
    try fixture.directory.write(Array("log.example/test\n1\n".utf8), to: "log/checkpoint")
    #expect(throws: LogError.note(.malformed(.noBlankLine))) { try fixture.source.checkpoint() }
    try fixture.directory.write([UInt8](repeating: 65, count: 1_000_001), to: "log/checkpoint")
    #expect(throws: LogError.self) { try fixture.source.checkpoint() }
  }
}
