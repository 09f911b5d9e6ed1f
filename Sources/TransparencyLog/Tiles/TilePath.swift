/// Which file of a log holds a run of 256 hashes or entries, or as many of them as there are yet.
///
/// Source: C2SP tlog-tiles. The file's place under the log's directory is `description`.
public struct TilePath: Hashable, Sendable, CustomStringConvertible {
  /// What a file holds.
  public enum Content: Hashable, Sendable {
    /// Hashes of complete subtrees of height 8 · `level`, `level` at most 7.
    case hashes(level: Int)
    /// Entries, each after its length.
    case entries
  }

  /// The number of hashes or entries in a full file.
  public static let fullWidth = 256

  /// What the file holds.
  public let content: Content

  /// The position among the files of the same content: the file starts at 256 times this.
  public let index: UInt64

  /// How many hashes or entries the file holds: 1 ... 256.
  public let width: Int

  /// The file as it stands in a log of `size` entries; nil when it would be empty.
  ///
  /// Level `l` of that log has ⌊size / 256^l⌋ hashes, and its last file the remainder of them by 256.
  public init?(_ content: Content, index: UInt64, size: UInt64) {
    let total = Self.count(content, size: size)
    guard index <= total / 256, total > index * 256 else { return nil }
    self.content = content
    self.index = index
    width = Int(min(total - index * 256, 256))
  }

  /// The full file at `index`.
  init(full content: Content, index: UInt64) {
    self.content = content
    self.index = index
    width = Self.fullWidth
  }

  /// How many hashes or entries of this kind a log of `size` entries has.
  static func count(_ content: Content, size: UInt64) -> UInt64 {
    switch content {
    case .hashes(let level): 0..<8 ~= level ? size >> UInt64(8 * level) : 0
    case .entries: size
    }
  }

  /// Whether the file can still grow.
  public var isPartial: Bool { width < Self.fullWidth }

  /// The full file at the same position.
  public var full: TilePath { TilePath(full: content, index: index) }

  /// `tile/<level>/<N>` or `tile/entries/<N>`, followed by `.p/<W>` when partial.
  ///
  /// N is written in groups of three digits, all but the last after an `x`: 1234067 is `x001/x234/067`.
  public var description: String {
    isPartial ? "\(partialDirectory)/\(width)" : stem
  }

  /// The directory of the partial files that precede the full one.
  var partialDirectory: String { stem + ".p" }

  private var stem: String {
    let kind =
      switch content {
      case .hashes(let level): String(level)
      case .entries: "entries"
      }
    var groups = [Self.threeDigits(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x" + Self.threeDigits(rest % 1000))
      rest /= 1000
    }
    return "\(LogFile.tiles)/\(kind)/" + groups.reversed().joined(separator: "/")
  }

  private static func threeDigits(_ value: UInt64) -> String {
    let digits = String(value)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
