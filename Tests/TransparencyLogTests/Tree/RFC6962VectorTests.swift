import Foundation
import LibCrypto
import TestSupport
import Testing
import TransparencyLog

/// Inclusion and consistency proofs of other implementations, right and wrong ones.
@Suite struct RFC6962VectorTests {
  struct Vectors: Decodable {
    let inclusion: [Inclusion]
    let consistency: [Consistency]
  }

  struct Inclusion: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let leafIdx: UInt64
    let treeSize: UInt64
    let root: Data
    let leafHash: Data
    let proof: [Data]?
    let wantErr: Bool

    var testDescription: String { name }
  }

  struct Consistency: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let size1: UInt64
    let size2: UInt64
    let root1: Data
    let root2: Data
    let proof: [Data]?
    let wantErr: Bool

    var testDescription: String { name }
  }

  static func vectors() throws -> Vectors {
    try JSONDecoder().decode(Vectors.self, from: vectorFile("rfc6962-proofs.json"))
  }

  @Test func theFileHoldsBothVerdictsOfBothProofs() throws {
    let vectors = try Self.vectors()
    #expect(Set(vectors.inclusion.map(\.wantErr)) == [true, false])
    #expect(Set(vectors.consistency.map(\.wantErr)) == [true, false])
  }

  @Test(arguments: try vectors().inclusion)
  func inclusion(_ vector: Inclusion) throws {
    guard let leaf = digest(vector.leafHash), let root = digest(vector.root),
      let proof = digests(vector.proof)
    else {
      // A hash that is not 32 bytes long has no value of type Digest: it cannot reach the verifier.
      #expect(vector.wantErr)
      return
    }
    let verify = {
      try MerkleTree.verifyInclusion(
        of: leaf, at: vector.leafIdx, size: vector.treeSize, root: root, proof: proof)
    }
    if vector.wantErr {
      #expect(throws: LogError.inclusionNotProven) { try verify() }
    } else {
      try verify()
    }
  }

  @Test(arguments: try vectors().consistency)
  func consistency(_ vector: Consistency) throws {
    guard let old = digest(vector.root1), let new = digest(vector.root2), let proof = digests(vector.proof)
    else {
      #expect(vector.wantErr)
      return
    }
    let verify = {
      try MerkleTree.verifyConsistency(
        from: vector.size1, oldRoot: old, to: vector.size2, root: new, proof: proof)
    }
    if vector.wantErr {
      #expect(throws: LogError.consistencyNotProven) { try verify() }
    } else {
      try verify()
    }
  }

  private func digest(_ bytes: Data) -> Digest? { Digest(bytes: [UInt8](bytes).span) }

  private func digests(_ proof: [Data]?) -> [Digest]? {
    let digests = (proof ?? []).compactMap(digest)
    return digests.count == (proof ?? []).count ? digests : nil
  }
}
