import SecretMemory
import SecretSharing
import TestSupport
import Testing

@Suite struct ShamirSecretSharingTests {
  private func combine(_ shares: [[UInt8]]) throws -> [UInt8] {
    var raw = try RawShares(capacity: max(shares.count, 2), shareByteCount: shares.first?.count ?? 2)
    for share in shares { try raw.append(share.span) }
    return try ShamirSecretSharing.combine(raw).revealed()
  }

  private func split(_ secret: [UInt8], _ threshold: Int, of count: Int) throws -> [[UInt8]] {
    let secret = try SecretBytes.copying(secret.span)
    let raw = try ShamirSecretSharing.split(secret, threshold: threshold, shares: count)
    return (0..<raw.count).map { share in
      raw.withShare(at: share) { bytes in bytes.indices.map { bytes[$0] } }
    }
  }

  /// f(x) = 2A + 57·x at x = 83 and 13, from the products {57}·{83} = {c1} and {57}·{13} = {fe} of FIPS 197; and
  /// g(x) = 53 + CA·x, where {ca}·{53} = {01}.
  @Test func sharesOfVaultsFormatWorkedOutByHand() throws {
    #expect(try combine([bytes(hex: "eb 83"), bytes(hex: "d4 13")]) == [0x2A])
    #expect(try combine([bytes(hex: "d4 13"), bytes(hex: "eb 83")]) == [0x2A])
    #expect(try combine([bytes(hex: "52 53"), bytes(hex: "99 01")]) == [0x53])
    let secret = try SecretBytes.copying([0x53, 0x2A].span)
    let raw = try ShamirSecretSharing.split(
      secret, threshold: 2, shares: 3, random: KnownRandom(bytes: [0xCA, 0x57]))
    let shares = (0..<3).map { share in
      raw.withShare(at: share) { bytes in hex(bytes.indices.map { bytes[$0] }) }
    }
    // 53 ^ CA, 53 ^ 8F, 53 ^ 45; 2A ^ 57, 2A ^ AE, 2A ^ F9.
    #expect(shares == ["997d01", "dc8402", "16d303"])
  }

  @Test(arguments: [(2, 2), (2, 3), (3, 5), (5, 5), (2, 255), (128, 255), (255, 255)])
  func anyThresholdOfSharesReconstructs(threshold: Int, count: Int) throws {
    for secret: [UInt8] in [[0], [0, 0, 7], [UInt8](repeating: 0xFF, count: 33)] {
      let shares = try split(secret, threshold, of: count)
      #expect(shares.map(\.last) == (1...count).map { UInt8($0) })
      #expect(shares.allSatisfy { $0.count == secret.count + 1 })
      #expect(try combine(Array(shares.prefix(threshold))) == secret)
      #expect(try combine(shares.suffix(threshold).reversed()) == secret)
      #expect(try combine(shares) == secret)
    }
  }

  @Test func fewerSharesGiveSomethingElse() throws {
    let secret = [UInt8](repeating: 0x11, count: 32)
    let shares = try split(secret, 3, of: 5)
    for first in 0..<5 {
      for second in (first + 1)..<5 { #expect(try combine([shares[first], shares[second]]) != secret) }
    }
  }

  @Test(arguments: [(0, 3), (1, 3), (-1, 3), (4, 3), (2, 1), (2, 256), (256, 256), (2, .max)])
  func thresholdsOutsideTheirRangeAreRefused(threshold: Int, shares: Int) throws {
    let secret = try SecretBytes.copying([1].span)
    #expect(throws: SharingError.invalidThreshold(threshold: threshold, shares: shares)) {
      _ = try ShamirSecretSharing.split(secret, threshold: threshold, shares: shares)
    }
  }

  @Test func wrongSharesAreRefused() throws {
    #expect(throws: SharingError.zeroAbscissa) { try combine([[1, 1], [42, 0]]) }
    #expect(throws: SharingError.duplicateAbscissa(7)) { try combine([[1, 7], [2, 7]]) }
    #expect(throws: SharingError.lengthMismatch(expected: 2, actual: 3)) {
      try combine([[1, 7], [2, 3, 8]])
    }
    #expect(throws: SharingError.lengthMismatch(expected: 2, actual: 0)) { try combine([[1, 7], []]) }
    #expect(throws: SharingError.shareCountOutOfRange(1)) { try combine([[1, 7]]) }
    #expect(throws: SharingError.shareCountOutOfRange(0)) { try combine([]) }
    #expect(throws: SharingError.shareCountOutOfRange(256)) {
      _ = try RawShares(capacity: 256, shareByteCount: 2)
    }
    #expect(throws: SharingError.shareCountOutOfRange(1)) {
      _ = try RawShares(capacity: 1, shareByteCount: 2)
    }
    var full = try RawShares(capacity: 2, shareByteCount: 2)
    try full.append([1, 1].span)
    try full.append([1, 2].span)
    #expect(throws: SharingError.shareCountOutOfRange(3)) { try full.append([1, 3].span) }
    #expect(full.abscissae == [1, 2])
  }
}
