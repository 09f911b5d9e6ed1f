import LibCrypto
import TransparencyLog

/// The tree of RFC 6962 section 2.1 as its recursive definitions read, over leaves that are all in memory: slow, and
/// obviously right. What the library computes is compared with it.
struct ReferenceTree: HashReader {
  let leaves: [Digest]

  /// The tree whose entry `i` is the text of `i`.
  init(count: Int) throws {
    leaves = try (0..<count).map { try Self.leaf(Array("entry \($0)".utf8)) }
  }

  static func leaf(_ entry: [UInt8]) throws -> Digest { try SHA256.digest([0] + entry) }

  static func node(_ left: Digest, _ right: Digest) throws -> Digest {
    try SHA256.digest([1] + left.bytes + right.bytes)
  }

  /// MTH(D[range]).
  func root(_ range: Range<Int>) throws -> Digest {
    guard range.count > 1 else { return try range.isEmpty ? SHA256.digest([]) : leaves[range.lowerBound] }
    let middle = range.lowerBound + split(range.count)
    return try Self.node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
  }

  /// PATH(index, D[range]), with `index` counted from the start of `range`.
  func path(_ index: Int, _ range: Range<Int>) throws -> [Digest] {
    guard range.count > 1 else { return [] }
    let count = split(range.count)
    let middle = range.lowerBound + count
    return try index < count
      ? path(index, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
      : path(index - count, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
  }

  /// PROOF(oldCount, D[count]).
  func proof(_ oldCount: Int, _ count: Int) throws -> [Digest] { try subproof(oldCount, 0..<count, true) }

  private func subproof(_ oldCount: Int, _ range: Range<Int>, _ isKnown: Bool) throws -> [Digest] {
    guard oldCount != range.count else { return isKnown ? [] : [try root(range)] }
    let count = split(range.count)
    let middle = range.lowerBound + count
    return try oldCount <= count
      ? subproof(oldCount, range.lowerBound..<middle, isKnown) + [root(middle..<range.upperBound)]
      : subproof(oldCount - count, middle..<range.upperBound, false) + [root(range.lowerBound..<middle)]
  }

  /// The largest power of two smaller than `count`.
  private func split(_ count: Int) -> Int {
    var power = 1
    while power * 2 < count { power *= 2 }
    return power
  }

  func hashes(of nodes: [TreeNode]) throws(LogError) -> [Digest] {
    do {
      return try nodes.map { node in
        let width = 1 << node.level
        let start = Int(node.index) * width
        return try root(start..<start + width)
      }
    } catch { throw .missing(path: "\(error)") }
  }
}
