import LibCrypto
import SecretMemory
import SecretSharing
import Testing

extension SecretBytes {
  /// Their bytes, for comparison in tests.
  borrowing func revealed() -> [UInt8] {
    withBytes { bytes in bytes.indices.map { bytes[$0] } }
  }
}

@Suite struct SecretSharesTests {
  private let matrix: SharingMatrix

  init() throws {
    matrix = SharingMatrix(
      try AccessPolicy(parsing: "and(thresh(2, judge:a, judge:b, judge:c), or(provider, agency))"))
  }

  /// Deals `secret`, hands over the shares of `holders` alone, and puts them together again.
  private func roundTrip(_ secret: [UInt8], holders: [HolderID]) throws -> [UInt8] {
    let dealt = try SecretShares.deal(try SecretBytes.copying(secret.span), matrix: matrix)
    #expect(dealt.holders == matrix.holders && dealt.byteCount == secret.count)
    var collected = try SecretShares(collecting: matrix, byteCount: secret.count)
    for holder in holders {
      var copy: [UInt8] = []
      try dealt.withShare(of: holder) { share in
        for index in share.indices { copy.append(share[index]) }
      }
      try collected.add(copy.span, of: holder)
    }
    return try collected.reconstruct().revealed()
  }

  @Test(
    arguments: [
      [0], [0xFF], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [0, 0, 0, 1], [1, 0, 0, 0], Array(0...255), [UInt8](repeating: 0x5A, count: 10_007),
    ] as [[UInt8]])
  func secretsOfEveryKindComeBack(secret: [UInt8]) throws {
    for set in matrix.policy.minimalAuthorizedSets(limit: .max) {
      #expect(try roundTrip(secret, holders: set.reversed()) == secret)
    }
    #expect(try roundTrip(secret, holders: matrix.holders) == secret)
  }

  @Test func unauthorisedSetsAreRefused() throws {
    for set in matrix.policy.maximalUnauthorizedSets(limit: .max) {
      #expect(throws: SharingError.unauthorized) { try roundTrip([1, 2, 3], holders: set) }
    }
    #expect(throws: SharingError.unauthorized) { try roundTrip([1, 2, 3], holders: []) }
  }

  @Test func twoDealsOfOneSecretDiffer() throws {
    let secret = try SecretBytes.copying([UInt8](repeating: 7, count: 32).span)
    let one = try SecretShares.deal(secret, matrix: matrix)
    let two = try SecretShares.deal(secret, matrix: matrix)
    for holder in matrix.holders {
      let equal = try one.withShare(of: holder) { (first) throws(SharingError) in
        try two.withShare(of: holder) { second in ConstantTime.equal(first, second) }
      }
      #expect(!equal)
    }
  }

  @Test func aFailingGeneratorMakesTheDealFail() throws {
    let secret = try SecretBytes.copying([1, 2, 3].span)
    #expect(throws: SharingError.crypto(.randomnessUnavailable)) {
      _ = try SecretShares.deal(secret, matrix: matrix, random: FailingRandom())
    }
    #expect(throws: SharingError.crypto(.randomnessUnavailable)) {
      _ = try ShamirSecretSharing.split(secret, threshold: 2, shares: 3, random: FailingRandom())
    }
  }

  @Test func emptySecretsAreRefused() throws {
    let empty = try SecretBytes.zeros(0)
    #expect(throws: SharingError.emptySecret) { _ = try SecretShares.deal(empty, matrix: matrix) }
    #expect(throws: SharingError.emptySecret) { _ = try SecretShares(collecting: matrix, byteCount: 0) }
    #expect(throws: SharingError.emptySecret) {
      _ = try ShamirSecretSharing.split(empty, threshold: 2, shares: 3)
    }
    #expect(throws: SharingError.emptySecret) { _ = try RawShares(capacity: 2, shareByteCount: 1) }
  }

  @Test func wrongSharesAreRefused() throws {
    var shares = try SecretShares(collecting: matrix, byteCount: 2)
    let stranger = HolderID(.judge)
    #expect(throws: SharingError.unknownHolder(stranger)) { try shares.add([1, 2].span, of: stranger) }
    let agency = HolderID(.agency)
    #expect(throws: SharingError.lengthMismatch(expected: 2, actual: 3)) {
      try shares.add([1, 2, 3].span, of: agency)
    }
    #expect(throws: SharingError.lengthMismatch(expected: 2, actual: 0)) {
      try shares.add([UInt8]().span, of: agency)
    }
    #expect(throws: SharingError.unknownHolder(agency)) { try shares.withShare(of: agency) { _ in } }
    #expect(shares.holders.isEmpty)
    try shares.add([1, 2].span, of: agency)
    #expect(throws: SharingError.duplicateShare(agency)) { try shares.add([1, 2].span, of: agency) }
    #expect(shares.holders == [agency])
    #expect(throws: SharingError.secretMemory(.invalidCount(.max))) {
      _ = try SecretShares(collecting: matrix, byteCount: .max / 2)
    }
  }
}
