import LibCrypto
import Testing
import TransparencyLog

/// What a killed writer can leave, state by state, and what the next one makes of it.
@Suite struct LogRecoveryTests {
  let fixture: LogFixture
  let oldCheckpoint: [UInt8]
  let newCheckpoint: [UInt8]
  let newText: [UInt8]

  /// A log that has grown from 250 entries to 530, both states at hand.
  init() throws {
    fixture = try LogFixture()
    var log = try fixture.create()
    try fixture.append(0..<250, to: &log)
    oldCheckpoint = try fixture.directory.read("log/checkpoint")
    try fixture.directory.copy("log", to: "old")
    try fixture.append(250..<530, to: &log)
    newCheckpoint = try fixture.directory.read("log/checkpoint")
    newText = Array(log.checkpoint.note.text.utf8)
  }

  /// Puts back the partial tiles that publishing removed at its end.
  private func restorePartialTiles() throws {
    for name in try fixture.directory.files(in: "old") where name != "checkpoint" {
      try fixture.directory.write(try fixture.directory.read("old/\(name)"), to: "log/\(name)")
    }
  }

  @Test func killedBeforeSigning() throws {
    // All tiles are there, the text to sign is not.
    try restorePartialTiles()
    try fixture.directory.write(oldCheckpoint, to: "log/checkpoint")
    var log = try fixture.open()
    #expect(log.nextIndex == 250)
    #expect(try fixture.directory.read("log/checkpoint") == oldCheckpoint)
    // Nothing was signed, so another history may follow; what lies beyond is replaced.
    try fixture.append(1000..<1400, to: &log)
    let reader = try fixture.reader()
    try reader.audit()
    #expect(try reader.entry(at: 250) == LogFixture.entry(1000))
    #expect(try reader.entry(at: 249) == LogFixture.entry(249))
  }

  @Test(arguments: [false, true])
  func killedAfterTheTextWasMadeDurable(isPublished: Bool) throws {
    // Signed or not, published or not: the same text is signed, and the same bytes are published.
    try restorePartialTiles()
    try fixture.directory.write(isPublished ? newCheckpoint : oldCheckpoint, to: "log/checkpoint")
    try fixture.directory.write(newText, to: "log/checkpoint.next")
    try fixture.directory.write([1, 2, 3], to: "log/.writing")
    let log = try fixture.open()
    #expect(log.nextIndex == 530)
    #expect(try fixture.directory.read("log/checkpoint") == newCheckpoint)
    let files = try fixture.directory.files(in: "log")
    #expect(!files.contains("checkpoint.next") && !files.contains(".writing"))
    try fixture.reader().audit()
  }

  /// A text that was about to be signed is never dropped: without its files, nothing is signed at all.
  @Test(arguments: [
    "tile/0/001", "tile/0/002.p/18", "tile/1/000.p/2", "tile/entries/000", "tile/entries/002.p/18",
  ])
  func aTextWithoutItsFilesStopsTheLog(missing: String) throws {
    try fixture.directory.write(oldCheckpoint, to: "log/checkpoint")
    try fixture.directory.write(newText, to: "log/checkpoint.next")
    let original = try fixture.directory.read("log/\(missing)")
    try fixture.directory.remove("log/\(missing)")
    for _ in 0..<2 {
      #expect(throws: LogError.missing(path: missing)) { _ = try fixture.open() }
    }
    var altered = original
    altered[5] ^= 1
    try fixture.directory.write(altered, to: "log/\(missing)")
    #expect(throws: LogError.self) { _ = try fixture.open() }
    #expect(try fixture.directory.read("log/checkpoint") == oldCheckpoint)
    #expect(try fixture.directory.read("log/checkpoint.next") == newText)
    try fixture.directory.write(original, to: "log/\(missing)")
    _ = try fixture.open()
    #expect(try fixture.directory.read("log/checkpoint") == newCheckpoint)
  }

  @Test func aTextThatDoesNotExtendTheLogIsNotSigned() throws {
    let fork = try LogFixture()
    var log = try fork.create()
    try fork.append(1..<601, to: &log)
    for name in try fork.directory.files(in: "log") where name != "checkpoint" {
      try fixture.directory.write(try fork.directory.read("log/\(name)"), to: "log/\(name)")
    }
    let text = Array(log.checkpoint.note.text.utf8)
    try fixture.directory.write(text, to: "log/checkpoint.next")
    #expect(throws: LogError.consistencyNotProven) { _ = try fixture.open() }
    #expect(try fixture.directory.read("log/checkpoint") == newCheckpoint)
  }

  @Test func aTextThatIsNoCheckpointOfThisLogIsNotSigned() throws {
    let foreign = Array(
      String(decoding: newText, as: UTF8.self).replacing("log.example", with: "dog.example").utf8)
    let smaller = try UnverifiedNote(parsing: oldCheckpoint.span)
    for (bytes, error) in [
      ([], LogError.malformedCheckpoint), (Array(newText.dropLast()), .malformedCheckpoint),
      ([0xFF], .corrupt(path: "checkpoint.next")), (foreign, .wrongOrigin),
      (Array(smaller.text.utf8), .consistencyNotProven),
    ] {
      try fixture.directory.write(bytes, to: "log/checkpoint.next")
      #expect(throws: error) { _ = try fixture.open() }
      #expect(try fixture.directory.read("log/checkpoint") == newCheckpoint)
    }
  }

  @Test(arguments: ["tile/0/002.p/18", "tile/1/000.p/2", "tile/entries/002.p/18"])
  func anAlteredRightEdgeStopsTheLog(name: String) throws {
    let original = try fixture.directory.read("log/\(name)")
    for position in original.indices where position % 7 == 0 {
      var altered = original
      altered[position] ^= 4
      try fixture.directory.write(altered, to: "log/\(name)")
      #expect(throws: LogError.self, "byte \(position)") { _ = try fixture.open() }
    }
    try fixture.directory.remove("log/\(name)")
    #expect(throws: LogError.missing(path: name)) { _ = try fixture.open() }
  }

  @Test func anOlderCopyOfTheCheckpointAloneIsAnOlderLog() throws {
    // The log cannot tell; its witnesses do (see WitnessTests).
    try fixture.directory.remove("log")
    try fixture.directory.copy("old", to: "log")
    let log = try fixture.open()
    #expect(log.nextIndex == 250)
  }

  @Test func aDirectoryKilledWhileItWasMadeCanBeMadeAgain() throws {
    let other = try LogFixture()
    try other.directory.write(Array("log.example/test\n0\n".utf8), to: "log/checkpoint.next")
    try other.directory.write([0], to: "log/.writing")
    _ = try other.create()
    #expect(try other.directory.files(in: "log") == ["checkpoint"])
    _ = try other.open()
  }
}
