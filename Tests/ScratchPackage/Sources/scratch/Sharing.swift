import LibCrypto
import SecretMemory
import SecretSharing

/// Deals secrets of many lengths and puts them together from every minimal authorised set.
@concurrent
func sharing(rounds: Int) async throws -> Int {
  let policy = try AccessPolicy(
    parsing: "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, agency))")
  let matrix = SharingMatrix(policy)
  for round in 1...rounds {
    let secret = try SystemRandom().secret(round)
    let dealt = try SecretShares.deal(secret, matrix: matrix)
    for holders in policy.minimalAuthorizedSets(limit: 100) {
      var collected = try SecretShares(collecting: matrix, byteCount: round)
      for holder in holders {
        try dealt.withShare(of: holder) { share throws(SharingError) in
          try collected.add(share, of: holder)
        }
      }
      let result = try collected.reconstruct()
      let isEqual = secret.withBytes { secret in
        result.withBytes { ConstantTime.equal($0, secret) }
      }
      guard isEqual else { throw Wrong(what: "secret of \(round) bytes from \(holders)") }
    }
    await Task.yield()
  }
  return rounds
}
