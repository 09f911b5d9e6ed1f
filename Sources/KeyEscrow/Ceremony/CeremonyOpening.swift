public import LibCrypto

/// What a commitment in a statement stands for: text that can be taken out of a transcript without touching what was
/// signed.
///
/// The statement holds `SHA-256("key-escrow/v1 opening" ‖ salt ‖ be8(|name|) ‖ name ‖ value)`; the opening stands
/// beside it, outside the signed text. The salt keeps anybody from guessing a short value that was taken out.
public struct CeremonyOpening: Hashable, Sendable {
  /// The number of bytes of a salt.
  public static let saltByteCount = 32
  private static let label = Array("key-escrow/v1 opening".utf8)

  /// Which field it is, such as `location`: lowercase letters, digits, `.` and `-`.
  public let name: String
  /// 32 random bytes.
  public let salt: [UInt8]
  /// What it says.
  public let value: String

  /// `value`, with a fresh salt.
  public init(name: String, value: String) throws(EscrowError) {
    do { salt = try SystemRandom().bytes(Self.saltByteCount) } catch { throw .crypto(error) }
    self.name = name
    self.value = value
  }

  /// Reads the line `name salt value`, without its line feed; nil when it is none.
  init?(line: Substring) {
    // Bytes and not characters: a space and a mark behind it would be one.
    let parts = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 3, Self.isName(parts[0]),
      let salt = Hexadecimal.decode(parts[1]), salt.count == Self.saltByteCount,
      HumanText.fault(in: parts[2], maximumByteCount: 512) == nil
    else { return nil }
    name = parts[0]
    self.salt = salt
    value = parts[2]
  }

  /// The line that `init(line:)` reads.
  var line: String { "\(name) \(Hexadecimal.encode(salt.span)) \(value)" }

  /// What the statement commits to.
  public func commitment() throws(EscrowError) -> Digest {
    let front = Self.label + salt + [UInt8(truncatingIfNeeded: name.utf8.count)]
    do { return try SHA256.digest(front + Array(name.utf8) + Array(value.utf8)) } catch {
      throw .crypto(error)
    }
  }

  static func isName(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
