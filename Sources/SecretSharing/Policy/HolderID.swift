/// Who holds a share: a role, and a label where a role has several holders. Its text is `judge` or `judge:paris`.
public struct HolderID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The most bytes a label may have.
  public static let maximumLabelByteCount = 64

  /// The part this holder plays.
  public let role: Role
  /// One to 64 of `a`-`z`, `0`-`9`, `.` and `-`, or none.
  public let label: String?

  /// The only holder of `role`.
  public init(_ role: Role) {
    self.role = role
    label = nil
  }

  /// One of several holders of `role`.
  ///
  /// - Throws: `SharingError.invalidLabel`.
  public init(_ role: Role, label: String) throws(SharingError) {
    guard Self.isLabel(label.utf8) else { throw .invalidLabel(position: 0) }
    self.role = role
    self.label = label
  }

  /// A holder from `role` or `role:label`.
  ///
  /// - Throws: `SharingError.unknownRole`, `.invalidLabel`.
  public init(parsing text: String) throws(SharingError) {
    try self.init(word: Substring(text).utf8, position: 0)
  }

  init(word: Substring.UTF8View, position: Int) throws(SharingError) {
    let colon = word.firstIndex(of: UInt8(ascii: ":"))
    guard let role = Role(rawValue: String(Substring(word[..<(colon ?? word.endIndex)]))) else {
      throw .unknownRole(position: position)
    }
    self.role = role
    guard let colon else {
      label = nil
      return
    }
    let label = word[word.index(after: colon)...]
    guard Self.isLabel(label) else {
      throw .invalidLabel(position: position + role.rawValue.utf8.count + 1)
    }
    self.label = String(Substring(label))
  }

  private static func isLabel(_ bytes: some Collection<UInt8>) -> Bool {
    (1...maximumLabelByteCount).contains(bytes.count)
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// `role` or `role:label`.
  public var description: String {
    guard let label else { return role.rawValue }
    return "\(role.rawValue):\(label)"
  }

  /// By text, in byte order: no role begins with another, and a role alone precedes its labels.
  public static func < (left: HolderID, right: HolderID) -> Bool {
    (left.role.rawValue, left.label ?? "") < (right.role.rawValue, right.label ?? "")
  }
}
