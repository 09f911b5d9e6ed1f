import LibCrypto
import Mnemonics
import SecretMemory
import TestSupport
import Testing

/// Splitting, and putting together again.
struct MnemonicBackupTests {
  private func split(
    _ secret: [UInt8], _ threshold: Int, _ groups: [(Int, Int)], passphrase: String = "",
    iterationExponent: Int = 0, isExtendable: Bool = true
  ) throws -> [MnemonicShare] {
    var made: [SharingScheme.Group] = []
    for group in groups { made.append(try SharingScheme.Group(threshold: group.0, count: group.1)) }
    return try MnemonicBackup.split(
      try Sample.secret(secret), under: try SharingScheme(groupThreshold: threshold, groups: made),
      passphrase: try Sample.passphrase(passphrase), iterationExponent: iterationExponent,
      isExtendable: isExtendable)
  }

  private func subsets<Element>(_ all: [Element], of count: Int) -> [[Element]] {
    guard count > 0 else { return [[]] }
    guard all.count >= count else { return [] }
    let rest = Array(all.dropFirst())
    return subsets(rest, of: count - 1).map { [all[0]] + $0 } + subsets(rest, of: count)
  }

  @Test func everyMinimalSetGivesTheSecretAndNoSmallerOneDoes() throws {
    let secret = bytes(hex: "00112233445566778899aabbccddeeff")
    let shares = try split(secret, 2, [(1, 1), (2, 3), (3, 4)])
    #expect(shares.count == 8)
    func isEnough(_ set: [MnemonicShare]) -> Bool {
      let counts = (0..<3).map { group in set.filter { $0.header.groupIndex == group }.count }
      return zip(counts, [1, 2, 3]).filter { $0 >= $1 }.count >= 2
    }
    for count in 1...8 {
      for set in subsets(shares, of: count) {
        guard isEnough(set) else {
          let error = #expect(throws: MnemonicError.self) { _ = try Sample.combine(set) }
          #expect(error?.isIncomplete == true)
          continue
        }
        #expect(try Sample.combine(set.reversed()) == hex(secret))
      }
    }
  }

  @Test(arguments: [16, 18, 20, 30, 32, 34, 62, 64, 128, 1022, 1024])
  func secretsOfEveryLengthComeBack(_ count: Int) throws {
    for fill: UInt8 in [0, 0xFF] {
      let secret = [UInt8](repeating: fill, count: count)
      let shares = try split(secret, 1, [(2, 2)])
      #expect(try Sample.combine(shares) == hex(secret))
      #expect(try Sample.text(shares[0]).split(separator: " ").count == shares[0].wordCount)
    }
    if count <= 64 {
      #expect(
        [16: 20, 32: 33, 64: 59][count].map {
          (try? split(Array(0..<UInt8(count)), 1, [(1, 1)]))?[0].wordCount == $0
        } ?? true)
    }
  }

  @Test(arguments: [0, 2, 14, 15, 17, 33, 1023, 1025, 1026])
  func otherLengthsAreRefused(_ count: Int) throws {
    #expect(throws: MnemonicError.invalidSecretLength(count)) {
      _ = try split([UInt8](repeating: 1, count: count), 1, [(1, 1)])
    }
  }

  @Test func thresholdsUpToSixteenWork() throws {
    let secret = Array(UInt8(1)...32)
    let shares = try split(secret, 16, Array(repeating: (1, 1), count: 15) + [(16, 16)])
    #expect(shares.count == 31)
    #expect(try Sample.combine(shares) == hex(secret))
    #expect(throws: MnemonicError.insufficientMembers(group: 15, needed: 16, present: 15)) {
      _ = try Sample.combine(Array(shares.dropLast()))
    }
  }

  @Test func anotherPassphraseGivesOtherBytesWithoutAnError() throws {
    let secret = Array(UInt8(0)..<64)
    for isExtendable in [true, false] {
      let shares = try split(secret, 1, [(2, 3)], passphrase: "correct horse", isExtendable: isExtendable)
      #expect(shares.allSatisfy { $0.header.isExtendable == isExtendable })
      #expect(try Sample.combine(Array(shares.prefix(2)), passphrase: "correct horse") == hex(secret))
      let other = try Sample.combine(Array(shares.prefix(2)), passphrase: "wrong horse")
      #expect(other != hex(secret) && other.count == 128)
    }
  }

  @Test func theIterationExponentCounts() throws {
    let secret = Array(UInt8(0)..<16)
    let shares = try split(secret, 1, [(1, 1)], iterationExponent: 3)
    #expect(shares[0].header.iterationExponent == 3)
    #expect(try MnemonicSet(shares).recover().iterations == 80_000)
    #expect(try Sample.combine(shares) == hex(secret))
    for exponent in [-1, 16] {
      #expect(throws: MnemonicError.invalidIterationExponent(exponent)) {
        _ = try split(secret, 1, [(1, 1)], iterationExponent: exponent)
      }
    }
  }

  @Test(arguments: ["\n", "é", "a\u{7F}", "\u{1F}"])
  func aPassphraseIsPrintableASCII(_ passphrase: String) throws {
    #expect(throws: MnemonicError.invalidPassphrase) {
      _ = try split(Array(0..<16), 1, [(1, 1)], passphrase: passphrase)
    }
    let shares = try split(Array(0..<16), 1, [(1, 1)], passphrase: " ~")
    #expect(throws: MnemonicError.invalidPassphrase) {
      _ = try Sample.combine(shares, passphrase: passphrase)
    }
  }

  @Test func schemesThatNoBackupHasAreRefused() throws {
    func group(_ threshold: Int, _ count: Int) throws -> SharingScheme.Group {
      try SharingScheme.Group(threshold: threshold, count: count)
    }
    #expect(throws: MnemonicError.invalidScheme(.memberCount(0))) { _ = try group(0, 0) }
    #expect(throws: MnemonicError.invalidScheme(.memberCount(17))) { _ = try group(2, 17) }
    #expect(throws: MnemonicError.invalidScheme(.memberThreshold(0))) { _ = try group(0, 3) }
    #expect(throws: MnemonicError.invalidScheme(.memberThreshold(4))) { _ = try group(4, 3) }
    #expect(throws: MnemonicError.invalidScheme(.copies(count: 2))) { _ = try group(1, 2) }
    let one = try group(1, 1)
    #expect(throws: MnemonicError.invalidScheme(.groupCount(0))) {
      _ = try SharingScheme(groupThreshold: 1, groups: [])
    }
    #expect(throws: MnemonicError.invalidScheme(.groupCount(17))) {
      _ = try SharingScheme(groupThreshold: 1, groups: Array(repeating: one, count: 17))
    }
    for threshold in [0, 3] {
      #expect(throws: MnemonicError.invalidScheme(.groupThreshold(threshold))) {
        _ = try SharingScheme(groupThreshold: threshold, groups: [one, one])
      }
    }
  }

  @Test func aForgedShareBeyondTheThresholdIsNamed() throws {
    let secret = Array(UInt8(0)..<16)
    let first = try split(secret, 2, [(2, 3), (1, 1), (1, 1)])
    // A share of another backup, with the header of this one: valid by its checksum.
    let forged = try forge(first[2], value: 0xA5)
    #expect(throws: MnemonicError.inconsistentShare(group: 0, member: 2)) {
      _ = try Sample.combine([first[0], first[1], forged, first[3]])
    }
    #expect(throws: MnemonicError.invalidDigest(group: 0)) {
      _ = try Sample.combine([first[0], forged, first[3]])
    }
    #expect(throws: MnemonicError.inconsistentShare(group: 2, member: nil)) {
      _ = try Sample.combine([first[0], first[1], first[3], try forge(first[4], value: 1)])
    }
    #expect(throws: MnemonicError.invalidDigest(group: nil)) {
      _ = try Sample.combine([first[0], first[1], try forge(first[3], value: 1)])
    }
  }

  private func forge(_ share: MnemonicShare, value: UInt8) throws -> MnemonicShare {
    let reader = ReferenceMnemonic(try Sample.text(share))
    return try Sample.share(reader.with(value: [UInt8](repeating: value, count: 16)))
  }

  @Test func randomnessThatFailsGivesNothing() throws {
    for failing in 0..<6 {
      let scheme = try SharingScheme(
        groupThreshold: 2, groups: [try .init(threshold: 2, count: 2), try .init(threshold: 3, count: 3)])
      #expect(throws: MnemonicError.crypto(.randomnessUnavailable)) {
        _ = try MnemonicBackup.split(
          try Sample.secret(Array(0..<16)), under: scheme, passphrase: try Sample.passphrase(""),
          iterationExponent: 0, random: FailingRandom(at: failing))
      }
    }
  }

  @Test func twoBackupsOfOneSecretDoNotMix() throws {
    let secret = Array(UInt8(0)..<16)
    let first = try split(secret, 1, [(2, 2)])
    let second = try split(secret, 1, [(2, 2)])
    #expect(throws: MnemonicError.self) { _ = try Sample.combine([first[0], second[1]]) }
  }
}
