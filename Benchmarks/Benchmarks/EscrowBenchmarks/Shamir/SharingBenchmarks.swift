import SecretMemory
import SecretSharing

/// One secret of 32 bytes, split and combined by libraries that share secrets.
///
/// `single` makes one call per secret; `batch` has 1,024 secrets to do, which ours takes in one call and the others one
/// after another, since they know no other way. Ours is measured as the escrow uses it, with a matrix or a λ prepared
/// once (`prepared`), and with its call that needs no preparation (`call`).
enum SharingBenchmarks {
  private static let batchCount = 1024
  private static let secretByteCount = 32

  static func register() {
    for scheme in [Scheme(threshold: 2, shares: 3), Scheme(threshold: 3, shares: 5)] {
      for operation in Scheme.Operation.allCases {
        registerSingle(scheme, operation)
        registerBatch(scheme, operation)
      }
    }
  }

  private static func registerSingle(_ scheme: Scheme, _ operation: Scheme.Operation) {
    for style in ["prepared", "call"] {
      Comparison(
        group: "shamir", benchCase: "single", size: 1, subject: "\(operation) \(scheme), \(style)",
        unit: "ns/secret"
      ).register(against: Peers.names) {
        let ours =
          style == "prepared"
          ? try prepared(scheme, operation, secrets: 1) : try OneCall(scheme).contender(operation)
        return (ours, try Peers.contenders(scheme, operation))
      }
    }
  }

  private static func registerBatch(_ scheme: Scheme, _ operation: Scheme.Operation) {
    Comparison(
      group: "shamir", benchCase: "batch", size: batchCount, subject: "\(operation) \(scheme), prepared",
      unit: "ns/secret", unitsPerRepetition: batchCount
    ).register(against: Peers.names) {
      let others = try Peers.contenders(scheme, operation).map { peer in
        Contender.measuring(peer.name) { repetitions in try peer.run(repetitions * batchCount) }
      }
      return (try prepared(scheme, operation, secrets: batchCount), others)
    }
  }

  /// The matrix, or λ, is there already; a split draws its coefficients from libcrypto's generator, as the peers do from
  /// theirs.
  private static func prepared(
    _ scheme: Scheme, _ operation: Scheme.Operation, secrets: Int
  ) throws -> Contender {
    let length = secrets * secretByteCount
    let matrix = SharingMatrix(try scheme.policy())
    switch operation {
    case .split:
      let columns = Columns(inputs: scheme.threshold, outputs: scheme.shares, byteCount: length)
      return Contender("ours") { repetitions in
        for _ in 0..<repetitions {
          try columns.fillInputs(after: length)
          try columns.withSpans { inputs, shares in
            try matrix.deal(inputs: inputs, length: length, into: &shares)
          }
        }
      }
    case .combine:
      guard let vector = matrix.reconstructionVector(for: Set(matrix.holders.suffix(scheme.threshold))) else {
        throw Unusable("the policy gives no reconstruction")
      }
      let columns = Columns(inputs: scheme.threshold, outputs: 1, byteCount: length)
      return Contender("ours") { repetitions in
        try columns.withSpans { shares, secret in
          for _ in 0..<repetitions { try vector.combine(shares: shares, length: length, into: &secret) }
        }
      }
    }
  }
}

/// k of n.
struct Scheme: CustomStringConvertible {
  enum Operation: String, CaseIterable, CustomStringConvertible {
    case split, combine
    var description: String { rawValue }
  }

  let threshold: Int
  let shares: Int

  var description: String { "\(threshold)-of-\(shares)" }

  func policy() throws -> AccessPolicy {
    let holders = (1...shares).map { "judge:\($0)" }.joined(separator: ", ")
    return try AccessPolicy(parsing: "thresh(\(threshold), \(holders))")
  }
}

/// Ours as one call, with the secret in memory of its own, locked and erased: what `Spec/sharing.md` calls raw shares.
private final class OneCall {
  private let scheme: Scheme
  private let secret: SecretBytes
  private let shares: RawShares

  init(_ scheme: Scheme) throws {
    self.scheme = scheme
    let secret = try SecretBytes.copying([UInt8](repeating: 0x5A, count: 32).span)
    let all = try ShamirSecretSharing.split(secret, threshold: scheme.threshold, shares: scheme.shares)
    var chosen = try RawShares(capacity: scheme.threshold, shareByteCount: 33)
    for index in (scheme.shares - scheme.threshold)..<scheme.shares {
      try all.withShare(at: index) { share throws(SharingError) in try chosen.append(share) }
    }
    self.secret = secret
    shares = chosen
  }

  func contender(_ operation: Scheme.Operation) -> Contender {
    Contender("ours") { [self] repetitions in
      for _ in 0..<repetitions {
        switch operation {
        case .split:
          _ = try ShamirSecretSharing.split(secret, threshold: scheme.threshold, shares: scheme.shares)
        case .combine: _ = try ShamirSecretSharing.combine(shares)
        }
      }
    }
  }
}
