/// Which holders together may reconstruct: a monotone formula in which every holder stands once.
///
/// The text is `and(judge, or(provider, agency))`; the grammar is in `Spec/sharing.md`. A value of this type is
/// always within the limits that let it become a matrix over GF(2^8).
public struct AccessPolicy: Hashable, Sendable, CustomStringConvertible {
  /// The most holders, which are matrix rows, and the most matrix columns. Abscissae of one gate are distinct and
  /// not 0, so a field of 256 elements has room for 255.
  public static let maximumRowsAndColumns = 255
  /// The most gates around a holder. It bounds the recursion over policies that others wrote.
  public static let maximumDepth = 32
  /// The most bytes of a policy's text. It is more than 255 holders with the longest labels need.
  public static let maximumTextByteCount = 65_536

  /// A formula: a holder, or a gate that holds when `threshold` of its children hold.
  public indirect enum Node: Hashable, Sendable {
    /// Holds when this holder takes part.
    case holder(HolderID)
    /// Holds when `threshold` of `children` do: `and` is all of them, `or` is one.
    case gate(threshold: Int, children: [Node])
  }

  /// The whole formula.
  public let root: Node
  /// The leaves from left to right, which are the rows of the sharing matrix.
  public let holders: [HolderID]
  /// Columns of the sharing matrix: the secret's, and `threshold - 1` for every gate.
  public let columnCount: Int

  /// A policy from its text.
  ///
  /// - Throws: the `SharingError` of the first fault from the left, with its position. Any text at all either
  ///   parses or throws.
  public init(parsing text: String) throws(SharingError) {
    var parser = try PolicyParser(text)
    root = try parser.parse()
    holders = parser.limits.holders
    columnCount = parser.limits.columnCount
  }

  /// A policy from its tree.
  ///
  /// - Throws: what `init(parsing:)` throws for the same fault, without a position.
  public init(_ root: Node) throws(SharingError) {
    var limits = PolicyLimits()
    try limits.admit(root, depth: 0)
    self.root = root
    holders = limits.holders
    columnCount = limits.columnCount
  }

  /// The canonical text: `and(…)` for n of n ≥ 2, `or(…)` for 1 of n ≥ 2, otherwise `thresh(k, …)`, with `, `
  /// between arguments and no other space. It parses to an equal policy.
  public var description: String { root.text }
}

extension AccessPolicy.Node {
  fileprivate var text: String {
    switch self {
    case .holder(let holder): return holder.description
    case .gate(let threshold, let children):
      let list = children.map(\.text).joined(separator: ", ")
      if children.count >= 2, threshold == children.count { return "and(\(list))" }
      if children.count >= 2, threshold == 1 { return "or(\(list))" }
      return "thresh(\(threshold), \(list))"
    }
  }
}

/// What every policy keeps to, counted while it is read.
struct PolicyLimits {
  private(set) var holders: [HolderID] = []
  private(set) var columnCount = 1
  private var seen: Set<HolderID> = []

  mutating func admit(_ holder: HolderID, position: Int?) throws(SharingError) {
    guard seen.insert(holder).inserted else { throw .duplicateHolder(holder, position: position) }
    guard holders.count < AccessPolicy.maximumRowsAndColumns else { throw .tooManyRows(position: position) }
    holders.append(holder)
  }

  mutating func admitGate(
    threshold: Int, children: Int, position: Int?, thresholdPosition: Int?
  ) throws(SharingError) {
    guard children > 0 else { throw .emptyGate(position: position) }
    guard (1...children).contains(threshold) else {
      throw .thresholdOutOfRange(threshold: threshold, children: children, position: thresholdPosition)
    }
    guard threshold - 1 <= AccessPolicy.maximumRowsAndColumns - columnCount else {
      throw .tooManyColumns(position: position)
    }
    columnCount += threshold - 1
  }

  func admitDepth(_ depth: Int, position: Int?) throws(SharingError) {
    guard depth < AccessPolicy.maximumDepth else { throw .tooDeep(position: position) }
  }

  mutating func admit(_ node: AccessPolicy.Node, depth: Int) throws(SharingError) {
    switch node {
    case .holder(let holder): try admit(holder, position: nil)
    case .gate(let threshold, let children):
      try admitDepth(depth, position: nil)
      for child in children { try admit(child, depth: depth + 1) }
      try admitGate(threshold: threshold, children: children.count, position: nil, thresholdPosition: nil)
    }
  }
}
