import Dispatch
import LibCrypto
import Testing
import TransparencyLog

@Suite struct TiledLogTests {
  let fixture: LogFixture

  init() throws {
    fixture = try LogFixture()
  }

  // MARK: Format

  @Test func anEmptyLogPublishesTheEmptyTree() throws {
    let log = try fixture.create()
    let checkpoint = log.checkpoint
    #expect(
      checkpoint.checkpoint.text == "log.example/test\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    #expect(try fixture.directory.files(in: "log") == ["checkpoint"])
    #expect(try fixture.directory.read("log/checkpoint") == checkpoint.note.bytes)
    #expect(checkpoint.note.signatures.count == 1)
    #expect(try fixture.published() == checkpoint)
  }

  /// Every file of a log of `size` entries that were published at once, named as the specification says.
  private static func layout(_ size: Int) -> Set<String> {
    func name(_ index: Int) -> String {
      let digits = String(format(index % 1000))
      return index < 1000 ? digits : "x\(format(index / 1000))/\(digits)"
    }
    func format(_ value: Int) -> String { String("00\(value)".suffix(3)) }
    var result: Set = ["checkpoint"]
    var count = size
    var level = 0
    while count > 0 {
      for kind in level == 0 ? ["0", "entries"] : [String(level)] {
        for index in 0..<count / 256 { result.insert("tile/\(kind)/\(name(index))") }
        if count % 256 > 0 { result.insert("tile/\(kind)/\(name(count / 256)).p/\(count % 256)") }
      }
      count /= 256
      level += 1
    }
    return result
  }

  @Test(arguments: [1, 2, 255, 256, 257, 511, 512, 513])
  func filesAreExactlyThoseOfTheSpecification(size: Int) throws {
    try fixture.make(size: size)
    #expect(try fixture.directory.files(in: "log") == Self.layout(size))
    try checkContents(size: size)
  }

  /// The sizes at which the second level of tiles fills: each grows from the one before.
  @Test func filesAreExactlyThoseOfTheSpecificationAtTheSecondLevel() throws {
    try fixture.make(size: 65_535)
    #expect(try fixture.directory.files(in: "log") == Self.layout(65_535))
    var log = try fixture.open()
    for size in [65_536, 65_537] {
      try fixture.append(size - 1..<size, to: &log)
      #expect(try fixture.directory.files(in: "log") == Self.layout(size), "nothing superseded is left")
    }
    try checkContents(size: 65_537)
    try fixture.reader().audit()
  }

  /// Checks every byte of every file but the checkpoint's signature against the reference tree.
  private func checkContents(size: Int) throws {
    let tree = try ReferenceTree(count: size)
    for (name, bytes) in try fixture.directory.contents(in: "log/tile") {
      var words = name.split(separator: "/").map { $0.hasPrefix("x") ? $0.dropFirst() : $0 }
      let kind = words.removeFirst()
      let width = words.count > 1 && words[words.count - 2].hasSuffix(".p") ? Int(words.removeLast()) : 256
      let start = 256 * (Int(words.joined().prefix { $0.isNumber }) ?? 0)
      let range = start..<start + (width ?? 0)
      if kind == "entries" {
        let expected = range.flatMap { number in
          let entry = LogFixture.entry(number)
          return [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
        }
        #expect(bytes == expected, "\(name)")
      } else {
        let span = kind == "0" ? 1 : kind == "1" ? 256 : 65_536
        let expected = try range.flatMap { try tree.root($0 * span..<($0 + 1) * span).bytes }
        #expect(bytes == expected, "\(name)")
      }
    }
    #expect(try fixture.published().checkpoint.root == tree.root(0..<size))
  }

  @Test func publishingOneByOneEndsInTheSameTree() throws {
    let tree = try ReferenceTree(count: 520)
    var log = try fixture.create()
    for size in 1...520 {
      try fixture.append(size - 1..<size, to: &log)
      let checkpoint = log.checkpoint.checkpoint
      #expect(checkpoint.size == UInt64(size))
      #expect(checkpoint.root == (try tree.root(0..<size)))
    }
    let other = try LogFixture()
    try other.make(size: 520)
    let (oneByOne, atOnce) = (
      try fixture.directory.contents(in: "log"), try other.directory.contents(in: "log")
    )
    #expect(oneByOne.filter { atOnce[$0.key] != nil } == atOnce, "signatures are deterministic too")
    // What else there is are earlier widths of tiles that are partial still.
    let tails = ["tile/0/002.p/", "tile/1/000.p/", "tile/entries/002.p/"]
    for name in oneByOne.keys where atOnce[name] == nil {
      #expect(tails.contains { name.hasPrefix($0) }, "\(name)")
    }
  }

  @Test func batchesAndReopeningMakeNoDifference() throws {
    let tree = try ReferenceTree(count: 1200)
    _ = try fixture.create()
    var size = 0
    for batch in [1, 254, 1, 1, 255, 256, 0, 257, 7, 100] {
      var log = try fixture.open()
      #expect(log.nextIndex == UInt64(size))
      try fixture.append(size..<size + batch, to: &log)
      size += batch
      #expect(log.checkpoint.checkpoint.root == (try tree.root(0..<size)))
    }
    try fixture.reader().audit()
  }

  // MARK: Bounds

  @Test func entriesOfEverySizeUpToTheBoundAreKept() throws {
    var log = try fixture.create()
    let entries = [0, 1, 255, 256, 65_534, 65_535].map { [UInt8](repeating: 0xA5, count: $0) }
    for entry in entries { try log.append(entry.span) }
    try log.publish()
    let reader = try fixture.reader()
    for (index, entry) in entries.enumerated() { #expect(try reader.entry(at: UInt64(index)) == entry) }
  }

  @Test func aLargerEntryIsRefusedAndNothingChanges() throws {
    var log = try fixture.create()
    try fixture.append(0..<3, to: &log)
    let large = [UInt8](repeating: 0, count: 65_536)
    #expect(throws: LogError.entryTooLarge(byteCount: 65_536)) { try log.append(large.span) }
    #expect(log.nextIndex == 3)
    try fixture.append(3..<4, to: &log)
    #expect(log.checkpoint.checkpoint.root == (try ReferenceTree(count: 4).root(0..<4)))
    try fixture.reader().audit()
  }

  // MARK: Opening

  @Test func aLogIsMadeOnce() throws {
    try fixture.make(size: 3)
    let before = try fixture.directory.contents(in: "log")
    #expect(throws: LogError.alreadyExists) { _ = try fixture.create() }
    #expect(try fixture.directory.contents(in: "log") == before)
    try fixture.directory.remove("log/checkpoint")
    #expect(throws: LogError.alreadyExists) { _ = try fixture.create() }
    #expect(throws: LogError.malformedCheckpoint) {
      _ = try TiledLog.create(at: fixture.directory.path + "/other", origin: "a\nb", signer: fixture.signer())
    }
  }

  @Test func whatIsNoLogIsNotOpened() throws {
    #expect(throws: LogError.notALog) { _ = try fixture.open() }
    try fixture.directory.write([], to: "log/x")
    #expect(throws: LogError.notALog) { _ = try fixture.open() }
  }

  @Test func anotherKeyDoesNotOpenTheLog() throws {
    try fixture.make(size: 3)
    #expect(throws: LogError.note(.unsigned)) {
      let stranger = try NoteSigner(name: fixture.origin, key: Ed25519PrivateKey.generate())
      _ = try TiledLog.open(at: fixture.path, signer: stranger)
    }
  }

  @Test func aKeyOfAnotherNameThanTheOriginMakesALog() throws {
    let signer = try NoteSigner(name: "key.example", key: Ed25519PrivateKey.generate())
    let identity = LogIdentity(origin: "log.example", key: signer.verifierKey)
    var log = try TiledLog.create(at: fixture.path, origin: "log.example", signer: signer)
    try fixture.append(0..<2, to: &log)
    let published = try fixture.source.checkpoint().verifiedCheckpoint(of: identity)
    #expect(published.checkpoint.size == 2)
  }

  @Test func publishingNothingPublishesNothing() throws {
    var log = try fixture.create()
    let first = try log.publish()
    try fixture.append(0..<1, to: &log)
    let second = try log.publish()
    #expect(first.checkpoint.size == 0)
    #expect(second.checkpoint.size == 1)
    #expect(try fixture.published() == second)
  }

  @Test func unpublishedEntriesAreNotInTheLog() throws {
    try fixture.make(size: 2)
    do {
      var log = try fixture.open()
      // Enough to fill a tile and a bundle, which are then on disk without being in the log.
      for number in 1000..<1300 {
        let entry = LogFixture.entry(number)
        try log.append(entry.span)
      }
      #expect(log.nextIndex == 302)
    }
    #expect(try fixture.published().checkpoint.size == 2)
    var log = try fixture.open()
    #expect(log.nextIndex == 2)
    try fixture.append(2..<400, to: &log)
    #expect(log.checkpoint.checkpoint.root == (try ReferenceTree(count: 400).root(0..<400)))
    try fixture.reader().audit()
  }

  // MARK: Writers

  @Test func oneWriterAtATime() throws {
    let log = try fixture.create()
    #expect(throws: LogError.locked) { _ = try fixture.open() }
    _ = consume log
    _ = try fixture.open()
  }

  @Test func writersThatWaitDoNotInterleave() throws {
    _ = try fixture.create()
    let (writers, rounds) = (4, 15)
    DispatchQueue.concurrentPerform(iterations: writers) { writer in
      for round in 0..<rounds {
        do {
          var log = try TiledLog.open(at: fixture.path, signer: fixture.signer())
          let first = Array("writer \(writer) round \(round) a".utf8)
          let second = Array("writer \(writer) round \(round) b".utf8)
          try log.append(first.span)
          try log.append(second.span)
          try log.publish()
        } catch { Issue.record(error) }
      }
    }
    let reader = try fixture.reader()
    try reader.audit()
    var entries = reader.entries()
    var seen: Set<String> = []
    while let first = try entries.next(), let second = try entries.next() {
      let (a, b) = (
        String(decoding: first.bytes, as: UTF8.self), String(decoding: second.bytes, as: UTF8.self)
      )
      #expect(a.dropLast() == b.dropLast(), "a batch stands together")
      seen.insert(a)
    }
    #expect(seen.count == writers * rounds)
  }

  @Test func afterAFailedWriteTheLogMustBeOpenedAgain() throws {
    var log = try fixture.create()
    // A file where the directory of tiles should be.
    try fixture.directory.write([1], to: "log/tile")
    let entry = LogFixture.entry(0)
    try log.append(entry.span)
    #expect {
      try log.publish()
    } throws: { error in
      if case .system(operation: _, path: _, code: _) = error as? LogError { true } else { false }
    }
    #expect(throws: LogError.interrupted) { try log.publish() }
    #expect(throws: LogError.interrupted) { try log.append(entry.span) }
    _ = consume log
    try fixture.directory.remove("log/tile")
    var again = try fixture.open()
    try fixture.append(0..<1, to: &again)
    try fixture.reader().audit()
  }
}
