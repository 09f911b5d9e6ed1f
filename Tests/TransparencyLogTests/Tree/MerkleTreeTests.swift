import LibCrypto
import Testing
import TransparencyLog

@Suite struct MerkleTreeTests {
  /// Past 64, so that every shape of up to six levels and the step to a seventh occur.
  static let sizes = 0...70

  let tree: ReferenceTree

  init() throws {
    tree = try ReferenceTree(count: 70)
  }

  private func root(_ size: Int) throws -> Digest { try tree.root(0..<size) }

  /// A digest that differs from `digest` in one bit.
  private func flipped(_ digest: Digest) throws -> Digest {
    var bytes = digest.bytes
    bytes[17] ^= 0x10
    let digest = Digest(bytes: bytes.span)
    return try #require(digest)
  }

  /// Proofs that are `proof` but for one hash: flipped, removed, doubled, exchanged with its neighbour, or added.
  private func mutations(of proof: [Digest]) throws -> [[Digest]] {
    var result = [proof + [try root(3)], [try root(3)] + proof]
    for index in proof.indices {
      result.append(try proof.enumerated().map { try $0.offset == index ? flipped($0.element) : $0.element })
      result.append(proof.enumerated().filter { $0.offset != index }.map(\.element))
      result.append(Array(proof[...index] + proof[index...]))
      if index > 0 {
        var exchanged = proof
        exchanged.swapAt(index - 1, index)
        result.append(exchanged)
      }
    }
    return result
  }

  @Test func hashesAreThoseOfTheRFC() throws {
    var hasher = try TreeHasher()
    let empty = try TreeHasher.emptyRoot().hex
    #expect(empty == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    var leaves: [Digest] = []
    // More than one, for the context must be ready again after each.
    for entry in [Array("a".utf8), [], [UInt8](repeating: 1, count: 1000)] {
      let leaf = try hasher.leaf(entry.span)
      #expect(leaf == (try ReferenceTree.leaf(entry)))
      leaves.append(leaf)
    }
    let node = try hasher.node(leaves[0], leaves[1])
    #expect(node == (try ReferenceTree.node(leaves[0], leaves[1])))
  }

  @Test(arguments: sizes)
  func rootsEqualTheReference(size: Int) throws {
    #expect(try MerkleTree.root(size: UInt64(size), reader: tree) == root(size))
  }

  @Test(arguments: sizes.dropFirst())
  func inclusionProofs(size: Int) throws {
    let root = try root(size)
    for index in 0..<size {
      let proof = try MerkleTree.inclusionProof(of: UInt64(index), size: UInt64(size), reader: tree)
      #expect(proof == (try tree.path(index, 0..<size)))
      func verify(_ leaf: Digest, _ index: Int, _ root: Digest, _ proof: [Digest]) throws {
        try MerkleTree.verifyInclusion(
          of: leaf, at: UInt64(index), size: UInt64(size), root: root, proof: proof)
      }
      let leaf = tree.leaves[index]
      try verify(leaf, index, root, proof)

      for other in 0...size where other != index {
        #expect(throws: LogError.inclusionNotProven) { try verify(leaf, other, root, proof) }
      }
      for mutation in try mutations(of: proof) {
        #expect(throws: LogError.inclusionNotProven) { try verify(leaf, index, root, mutation) }
      }
      #expect(throws: LogError.inclusionNotProven) { try verify(flipped(leaf), index, root, proof) }
      #expect(throws: LogError.inclusionNotProven) { try verify(leaf, index, flipped(root), proof) }
    }
  }

  @Test(arguments: sizes.dropFirst())
  func consistencyProofs(size: Int) throws {
    let new = try root(size)
    for oldSize in 1...size {
      let old = try root(oldSize)
      let proof = try MerkleTree.consistencyProof(from: UInt64(oldSize), to: UInt64(size), reader: tree)
      #expect(proof == (try tree.proof(oldSize, size)))
      func verify(_ oldSize: Int, _ old: Digest, _ new: Digest, _ proof: [Digest]) throws {
        try MerkleTree.verifyConsistency(
          from: UInt64(oldSize), oldRoot: old, to: UInt64(size), root: new, proof: proof)
      }
      try verify(oldSize, old, new, proof)

      for other in 0...size + 1 where other != oldSize {
        // The same root under another size.
        #expect(throws: LogError.consistencyNotProven) { try verify(other, old, new, proof) }
      }
      for mutation in try mutations(of: proof) {
        #expect(throws: LogError.consistencyNotProven) { try verify(oldSize, old, new, mutation) }
      }
      #expect(throws: LogError.consistencyNotProven) { try verify(oldSize, flipped(old), new, proof) }
      #expect(throws: LogError.consistencyNotProven) { try verify(oldSize, old, flipped(new), proof) }
    }
  }

  @Test func proofsOutsideTheTreeAreRefused() throws {
    for (index, size) in [(0, 0), (1, 1), (70, 70), (.max, 70), (0, UInt64(Int64.max) + 1)]
      as [(UInt64, UInt64)]
    {
      #expect(throws: LogError.outOfRange(index, size: size)) {
        try MerkleTree.inclusionProof(of: index, size: size, reader: tree)
      }
    }
    for (old, size) in [(0, 0), (0, 1), (2, 1), (1, UInt64(Int64.max) + 1)] as [(UInt64, UInt64)] {
      #expect(throws: LogError.outOfRange(old, size: size)) {
        try MerkleTree.consistencyProof(from: old, to: size, reader: tree)
      }
    }
  }

  /// Records which hashes are asked for, and gives any.
  private final class Counter: HashReader {
    var count = 0
    var deepest = 0

    func hashes(of nodes: [TreeNode]) throws(LogError) -> [Digest] {
      count += nodes.count
      deepest = max(deepest, nodes.map(\.level).max() ?? 0)
      let digest = try TreeHasher.emptyRoot()
      return nodes.map { _ in digest }
    }
  }

  @Test(arguments: [1, 2, 255, 1 << 20, (1 << 40) - 1, (1 << 40) + 1, UInt64(Int64.max)] as [UInt64])
  func proofsReadAndHoldLogarithmicallyMany(size: UInt64) throws {
    let height = 64 - (size - 1).leadingZeroBitCount
    for index in [0, 1, size / 3, size / 2, size - 1] where index < size {
      let counter = Counter()
      let proof = try MerkleTree.inclusionProof(of: index, size: size, reader: counter)
      #expect(proof.count <= height)
      #expect(counter.count <= 2 * height)
      #expect(counter.deepest < max(height, 1))
      guard index > 0 else { continue }
      let other = Counter()
      #expect(try MerkleTree.consistencyProof(from: index, to: size, reader: other).count <= height + 1)
      #expect(other.count <= 2 * height)
    }
  }
}
