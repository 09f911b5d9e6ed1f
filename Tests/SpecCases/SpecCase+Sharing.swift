import LibCrypto
import SecretMemory
import SecretSharing
import TestSupport

extension SpecCase {
  static var sharing: [String: Operation] {
    ["policy": policy, "deal": deal, "reconstruct": reconstruct, "raw-shares": rawShares]
  }

  private static func matrix(_ input: CaseInput) throws -> SharingMatrix {
    SharingMatrix(try AccessPolicy(parsing: try input.string("policy")))
  }

  private static func policy(_ input: CaseInput) throws -> [String: Any] {
    let matrix = try matrix(input)
    let rows = (0..<matrix.rows).map { row in hex((0..<matrix.columns).map { matrix[row, $0] }) }
    return [
      "canonical": matrix.policy.description, "holders": matrix.holders.map(\.description), "matrix": rows,
    ]
  }

  private static func deal(_ input: CaseInput) throws -> [String: Any] {
    let matrix = try matrix(input)
    let secret = try input.hex("secret")
    let inputs = secret + (try input.hexes("coefficients")).flatMap { $0 }
    var shares = [UInt8](repeating: 0, count: matrix.rows * secret.count)
    var output = shares.mutableSpan
    try matrix.deal(inputs: inputs.span, length: secret.count, into: &output)
    return [
      "shares": (0..<matrix.rows).map { hex(shares[$0 * secret.count..<($0 + 1) * secret.count]) }
    ]
  }

  private static func reconstruct(_ input: CaseInput) throws -> [String: Any] {
    let given = try input.dictionary("shares")
    var shares = try SecretShares(
      collecting: try matrix(input), byteCount: (given.values.first?.utf8.count ?? 0) / 2)
    for (holder, share) in given {
      let share = bytes(hex: share)
      try shares.add(share.span, of: try HolderID(parsing: holder))
    }
    let secret = try shares.reconstruct()
    return ["secret": secret.withBytes { bytes in hex(bytes.indices.map { bytes[$0] }) }]
  }

  private static func rawShares(_ input: CaseInput) throws -> [String: Any] {
    let given = try input.hexes("shares")
    var shares = try RawShares(capacity: given.count, shareByteCount: given.first?.count ?? 0)
    for share in given { try shares.append(share.span) }
    let secret = try ShamirSecretSharing.combine(shares)
    return ["secret": secret.withBytes { bytes in hex(bytes.indices.map { bytes[$0] }) }]
  }
}
