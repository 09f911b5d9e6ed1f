import Foundation
import LibCrypto
import SecretMemory
import Testing

@testable import KeyEscrow

@Suite("Timestamps: one text for each second")
struct TimestampTests {
  @Test(
    "Known moments",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01Z", 1), ("1972-02-29T12:00:00Z", 68_212_800),
      ("2000-02-29T23:59:59Z", 951_868_799), ("2000-03-01T00:00:00Z", 951_868_800),
      ("2024-02-29T00:00:00Z", 1_709_164_800), ("2027-01-31T09:30:00Z", 1_801_387_800),
      ("2100-02-28T23:59:59Z", 4_107_542_399), ("2100-03-01T00:00:00Z", 4_107_542_400),
      ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
  func known(text: String, seconds: Int64) {
    #expect(Timestamp(text)?.secondsSince1970 == seconds)
    #expect(Timestamp(secondsSince1970: seconds)?.description == text)
  }

  @Test(
    "Anything else is no moment",
    arguments: [
      "", "2027-01-31", "2027-01-31T09:30:00", "2027-01-31T09:30:00z", "2027-01-31t09:30:00Z",
      "2027-01-31 09:30:00Z", "2027-01-31T09:30:00.0Z", "2027-01-31T09:30:00+00:00", "2027-1-31T09:30:00Z",
      "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2027-04-31T00:00:00Z", "2027-13-01T00:00:00Z",
      "2027-00-01T00:00:00Z", "2027-01-00T00:00:00Z", "2027-01-32T00:00:00Z", "2027-01-31T24:00:00Z",
      "2027-01-31T09:60:00Z", "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
      "+027-01-31T09:30:00Z", "-027-01-31T09:30:00Z", "２027-01-31T09:30:0", "2027-01-31T09:30:00Z\n",
      " 2027-01-31T09:30:00", "10000-01-01T00:00:00Z",
    ])
  func refused(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("Every day from 1970 to 9999 has one text, and the texts are in order")
  func everyDay() {
    var previous = ""
    var wrong: [Int64] = []
    for day in stride(from: Int64(0), through: 253_402_300_799 / 86_400, by: 13) {
      let text = Timestamp(secondsSince1970: day * 86_400)?.description ?? ""
      if Timestamp(text)?.secondsSince1970 != day * 86_400 || text <= previous { wrong.append(day) }
      previous = text
    }
    #expect(wrong == [])
  }

  @Test("Moments stay within the years 1970 to 9999")
  func bounds() {
    #expect(Timestamp(secondsSince1970: -1) == nil)
    #expect(Timestamp(secondsSince1970: 253_402_300_800) == nil)
    #expect(Timestamp(secondsSince1970: .max) == nil)
    let start = Escrow.start
    #expect(start.adding(seconds: .max).description == "9999-12-31T23:59:59Z")
    #expect(start.adding(seconds: .min).secondsSince1970 == 0)
    #expect(start.adding(seconds: -1) < start)
    #expect(start.adding(seconds: 0) == start)
  }
}

@Suite("Small parts")
struct PartTests {
  @Test("Distinct keys are counted once, however often they come")
  func distinct() {
    var count = DistinctCount()
    for _ in 0..<3 {
      for epoch in UInt64(0)..<100 {
        count.insert(RecordLocator(conversation: conversation(1), epoch: epoch))
        count.insert(RecordLocator(conversation: conversation(2), epoch: epoch))
      }
    }
    #expect(count.count == 200)
  }

  @Test("Runs of positions cover each once, in order")
  func runs() {
    func ranges(_ positions: [UInt32]) -> [Range<Int>] {
      PositionRun.runs(of: positions).map { $0.first..<$0.first + $0.count }
    }
    #expect(ranges([]) == [])
    #expect(ranges([7]) == [7..<8])
    #expect(ranges([0, 1, 2]) == [0..<3])
    #expect(ranges([0, 2, 3, 5, 4095]) == [0..<1, 2..<4, 5..<6, 4095..<4096])
    #expect(ranges([UInt32.max]) == [Int(UInt32.max)..<Int(UInt32.max) + 1])
    #expect(PositionRun(all: 9).bytes(16) == 0..<144)
    let second = PositionRun.runs(of: [1, 5, 6])[1]
    #expect(second.items == 1..<3)
    #expect(second.bytes(40) == 200..<280)
  }

  @Test("A pseudonym is 32 bytes, or 64 lowercase digits, and sorts by its bytes")
  func conversations() {
    let bytes = (0..<32).map { UInt8($0) }
    let id = ConversationID(bytes: bytes.span)
    #expect(id?.bytes == bytes)
    #expect(id?.hex == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    #expect(id.flatMap { ConversationID(hex: $0.hex) } == id)
    for text in ["", "00", String(repeating: "A", count: 64), String(repeating: "0", count: 66)] {
      #expect(ConversationID(hex: text) == nil)
    }
    let long = bytes + [0]
    #expect(ConversationID(bytes: long.span) == nil)
    for place in 0..<32 {
      var greater = bytes
      greater[place] += 1
      let other = ConversationID(bytes: greater.span)
      #expect(other != id)
      if let id, let other { #expect(id < other) }
    }
  }

  @Test("Locators come back at their boundaries")
  func locators() {
    let locators = [0, 1, UInt64.max].flatMap { epoch in
      [0, 0xFF].map { RecordLocator(conversation: conversation($0), epoch: epoch) }
    }
    let packed = RecordLocator.pack(locators)
    #expect(packed.count == 240)
    #expect(RecordLocator.unpack(packed) == locators)
    #expect(RecordLocator.unpack(Array(packed.dropLast())) == nil)
    #expect(RecordLocator.unpack([]) == [])
  }

  @Test("A position hash is SHA-256 of salt, position and item, cut")
  func positionHash() throws {
    var hash = try PositionHash()
    let items = (0..<96).map { UInt8($0) }
    let digest = try SHA256.digest([0xA5])
    // With a salt of 16 bytes, an infix and a key, the message is 54 bytes.
    for (saltByteCount, infix) in [(11, nil), (16, nil), (16, UInt16(0x0102))] {
      let salt = Array(digest.bytes.prefix(saltByteCount))
      for byteCount in [16, 32] {
        var output = [UInt8](repeating: 0, count: 3 * byteCount)
        var span = output.mutableSpan
        try hash.column(
          salt: PositionSalt(digest: digest, byteCount: saltByteCount), first: 4094, infix: infix,
          items: items.span, itemByteCount: 32, into: &span, digestByteCount: byteCount)
        let expected = try (0..<3).flatMap { index in
          let position = DepositParts.bigEndian(UInt32(4094 + index))
          let middle = infix.map { DepositParts.bigEndian($0) } ?? []
          let item = Array(items[32 * index..<32 * (index + 1)])
          return try SHA256.digest(salt + position + middle + item).bytes.prefix(byteCount)
        }
        #expect(output == expected)
      }
    }
  }

  @Test("What is recovered of a deposit is kept in order, also beyond the room that was expected")
  func recoveredDeposit() throws {
    let output = try RecoveredDeposit(capacity: 1)
    for round in 0..<2 {
      let keys = (0..<5 * 32).map { UInt8(truncatingIfNeeded: $0 + round) }
      for index in 0..<5 {
        let locator = [UInt8](repeating: UInt8(index), count: RecordLocator.byteCount)
        try output.append(locators: locator[...], keys: keys.span.extracting(32 * index..<32 * (index + 1)))
      }
      #expect(output.count == 5 && output.report.recovered == 5)
      #expect(output.locators == (0..<5).flatMap { [UInt8](repeating: $0, count: RecordLocator.byteCount) })
      var isSame = false
      output.withKeys { isSame = ConstantTime.equal($0, keys.span) }
      #expect(isSame)
      output.reset()
      #expect(output.count == 0)
    }
  }

  @Test("Reads past the end find nothing")
  func sources() {
    let memory = MemoryBytes([1, 2, 3])
    #expect(throws: EscrowError.file(reason: "it ends too early")) { try memory.read(1..<4) }
    #expect((try? memory.read(0..<3)) == [1, 2, 3])
    var reader = BinaryReader([1, 2, 3])
    #expect(reader.take(4) == nil)
    #expect(reader.take(-1) == nil)
    let four: UInt32? = reader.integer()
    #expect(four == nil)
    #expect(reader.digest() == nil)
    let two: UInt16? = reader.integer()
    #expect(two == 0x0102)
    #expect(reader.remaining == 1)
  }

  @Test("A file that is not there, is no file, or got shorter, is an error")
  func files() throws {
    #expect(throws: EscrowError.file(reason: "/nonexistent/escrow: No such file or directory")) {
      _ = try FileBytes(path: "/nonexistent/escrow")
    }
    #expect(throws: EscrowError.file(reason: "/dev/null is not a regular file")) {
      _ = try FileBytes(path: "/dev/null")
    }
    let url = FileManager.default.temporaryDirectory.appending(path: "escrow-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data([1, 2, 3, 4]).write(to: url)
    let source = try FileBytes(path: url.path)
    #expect(source.byteCount == 4)
    #expect(try source.read(1..<3) == [2, 3])
    #expect(throws: EscrowError.file(reason: "it ends too early")) { _ = try source.read(1..<5) }
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: 2)
    try handle.close()
    #expect(throws: EscrowError.file(reason: "it ends too early")) { _ = try source.read(1..<3) }
  }

  @Test("A document's type is what its text says, and nothing else")
  func claimedTypes() throws {
    let escrow = try Escrow()
    #expect(DocumentType.claimed(by: escrow.roster.body.text) == .roster)
    #expect(DocumentType.claimed(by: "{\n  \"type\": \"key-escrow/v1 rooster\"\n}\n") == nil)
    #expect(DocumentType.claimed(by: "{\n  \"type\": 1\n}\n") == nil)
    #expect(DocumentType.claimed(by: "") == nil)
    // A text of one type passes for no other, although it has every member of it.
    let text = escrow.roster.body.text.replacing("v1 roster", with: "v1 warrant")
    #expect(
      throws: EscrowError.malformed(
        .roster, reason: "its type is \"key-escrow/v1 warrant\", not \"key-escrow/v1 roster\"")
    ) { try RosterBody(parsing: text) }
  }
}
