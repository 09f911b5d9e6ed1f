import Mnemonics
import TestSupport
import Testing

/// Mnemonics as people type them, and as an attacker would.
struct MnemonicTextTests {
  private let mnemonic =
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar critical decision keyboard"

  @Test func whiteSpaceAndCaseDoNotMatter() throws {
    let shouted = "  " + mnemonic.uppercased().split(separator: " ").joined(separator: "\t \r\n") + "\n"
    #expect(try Sample.text(try Sample.share(shouted)) == mnemonic)
    #expect(try Sample.combine([shouted], passphrase: "TREZOR") == "bb54aac4b89dc868ba37d9cc21b2cece")
  }

  @Test func theHeaderSaysWhereItStands() throws {
    let header = try Sample.share(mnemonic).header
    #expect(header.identifier == 7945)
    #expect(!header.isExtendable)
    #expect(header.iterationExponent == 0)
    #expect((header.groupIndex, header.groupThreshold, header.groupCount) == (0, 1, 1))
    #expect((header.memberIndex, header.memberThreshold) == (0, 1))
  }

  @Test func agreesWithAReadableReference() throws {
    for vector in SLIP39VectorTests.vectors where !vector.secret.isEmpty {
      for mnemonic in vector.mnemonics {
        let reference = ReferenceMnemonic(mnemonic)
        #expect(reference.with(value: reference.value) == mnemonic)
        let header = try Sample.share(mnemonic).header
        #expect(Int(header.identifier) == reference.identifier)
        #expect(header.memberIndex == reference.memberIndex)
      }
    }
  }

  @Test func everyWrongWordIsFound() throws {
    let words = mnemonic.split(separator: " ").map(String.init)
    for place in words.indices {
      var wrong = words
      wrong[place] = "zero"
      #expect(throws: MnemonicError.invalidChecksum) { _ = try Sample.share(wrong.joined(separator: " ")) }
      wrong[place] = "zerO0"
      #expect(throws: MnemonicError.unknownWord(position: place)) {
        _ = try Sample.share(wrong.joined(separator: " "))
      }
      // A zero byte is no end of a word.
      wrong[place] = words[place] + "\0"
      #expect(throws: MnemonicError.unknownWord(position: place)) {
        _ = try Sample.share(wrong.joined(separator: " "))
      }
      if place > 0, words[place] != words[place - 1] {
        var swapped = words
        swapped.swapAt(place, place - 1)
        #expect(throws: MnemonicError.invalidChecksum) {
          _ = try Sample.share(swapped.joined(separator: " "))
        }
      }
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = Array(mnemonic.utf8)
    for count in 0..<bytes.count {
      #expect(throws: MnemonicError.self) { _ = try MnemonicShare(parsing: Array(bytes.prefix(count)).span) }
    }
  }

  @Test func everyFlippedBitIsRefusedOrOnlyChangesTheCase() throws {
    let bytes = Array(mnemonic.utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << UInt8(bit)
        let isCase = bit == 5 && bytes[index] != UInt8(ascii: " ")
        if isCase {
          _ = try MnemonicShare(parsing: flipped.span)
        } else {
          #expect(throws: MnemonicError.self) { _ = try MnemonicShare(parsing: flipped.span) }
        }
      }
    }
  }

  @Test(arguments: [
    "", " ", "academicacademic", "acad", "\0", "academic\0", "académic", "academicacademicacademic",
  ])
  func otherTextIsNoMnemonic(_ text: String) {
    #expect(throws: MnemonicError.self) { _ = try Sample.share(text) }
  }

  @Test func noLengthCrashes() {
    for count in [1, 3, 4, 6, 7, 8, 19, 21, 22, 24, 825, 826, 827, 828, 829, 100_000] {
      let text = Array(repeating: "academic", count: count).joined(separator: " ")
      #expect(throws: MnemonicError.self) { _ = try Sample.share(text) }
    }
  }

  @Test func anOfficerReadsWordsOfTheSheet() throws {
    let share = try Sample.share(mnemonic)
    let words = mnemonic.split(separator: " ").map(String.init)
    func isRead(_ typed: String, _ places: [Int]) throws -> Bool {
      let bytes = Array(typed.utf8)
      return try share.isRead(as: bytes.span, at: places)
    }
    let places = [3, 17]
    #expect(try isRead("\(words[3]) \(words[17])", places))
    #expect(try isRead("  \(words[3].uppercased())\t\(words[17])\n", places))
    #expect(try !isRead("\(words[17]) \(words[3])", places))
    #expect(try !isRead(words[3], places))
    #expect(try !isRead("\(words[3]) \(words[17]) \(words[18])", places))
    #expect(try !isRead("\(words[3]) nowordatall", places))
    #expect(try !isRead("", places))
    #expect(try !isRead(mnemonic, places))
  }
}
