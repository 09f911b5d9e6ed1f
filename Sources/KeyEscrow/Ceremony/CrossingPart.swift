import LibCrypto

/// A piece of a small public file, as one line of text that a QR code holds (`Spec/ceremony.md`, Parts).
///
///     KE1 <name> <number>/<count> <check> <base64>
///
/// `check` is the first 8 bytes of the whole file's SHA-256 in hexadecimal: it keeps the parts of one file together.
/// Whether a file is to be believed is for its signatures to say.
public struct CrossingPart: Hashable, Sendable {
  /// The most parts that a file is cut into.
  public static let maximumCount = 999
  /// The longest line, in bytes: what the largest code holds.
  public static let maximumByteCount = 2953
  private static let magic = "KE1"
  private static let maximumNameLength = 96
  private static let checkLength = 16

  /// The file's name, without any directory.
  public let name: String
  /// Which part it is, from 1.
  public let number: Int
  /// How many there are.
  public let count: Int
  /// What all parts of the file share.
  public let check: String
  /// The piece of the file.
  public let bytes: [UInt8]

  /// The parts of the file `name`, whose lines have at most `lineLength` bytes.
  ///
  /// - Throws: `.malformed(.crossingPart)` for a name that no part may have, an empty file, or one that needs more than
  ///   999 parts.
  public static func parts(
    of file: [UInt8], name: String, lineLength: Int
  ) throws(EscrowError) -> [CrossingPart] {
    let front = "\(magic) \(name) 999/999 \(String(repeating: "0", count: checkLength)) ".utf8.count
    let pieceLength = max(1, (lineLength - front) / 4) * 3
    let count = (file.count + pieceLength - 1) / pieceLength
    guard isName(name), (1...maximumCount).contains(count) else {
      throw fault("\(name) does not cross in \(maximumCount) parts")
    }
    let check = try check(of: file)
    return (0..<count).map { index in
      let piece = file[index * pieceLength..<min(file.count, (index + 1) * pieceLength)]
      return CrossingPart(name: name, number: index + 1, count: count, check: check, bytes: Array(piece))
    }
  }

  private init(name: String, number: Int, count: Int, check: String, bytes: [UInt8]) {
    self.name = name
    self.number = number
    self.count = count
    self.check = check
    self.bytes = bytes
  }

  /// Reads a line.
  ///
  /// - Throws: `.malformed(.crossingPart)` for anything but what `line` writes.
  public init(parsing line: String) throws(EscrowError) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard line.utf8.count <= Self.maximumByteCount, words.count == 5, words[0] == Self.magic else {
      throw Self.fault("it is not \(Self.magic), a name, a number, a check and base64")
    }
    let place = words[2].split(separator: "/", omittingEmptySubsequences: false)
    guard place.count == 2, let number = Int(place[0]), let count = Int(place[1]),
      (1...Self.maximumCount).contains(count), (1...count).contains(number)
    else { throw Self.fault("its number is wrong") }
    guard Self.isName(words[1]) else { throw Self.fault("its name is no file's of a ceremony") }
    guard let bytes = Base64.decode(words[4]), !bytes.isEmpty else { throw Self.fault("it is not base64") }
    self.init(name: words[1], number: number, count: count, check: words[3], bytes: bytes)
    // One part has one line: no leading zeros, no signs, a check of its own length.
    guard Array(self.line.utf8) == Array(line.utf8), Self.isCheck(check) else {
      throw Self.fault("it is not in canonical form")
    }
  }

  /// The line.
  public var line: String {
    "\(Self.magic) \(name) \(number)/\(count) \(check) \(Base64.encode(bytes.span))"
  }

  /// The file, when all of its parts are there, each once.
  ///
  /// - Throws: `.malformed(.crossingPart)` when they do not make the file that was cut.
  public static func file(of parts: [CrossingPart]) throws(EscrowError) -> [UInt8] {
    let ordered = parts.sorted { $0.number < $1.number }
    guard let first = ordered.first, ordered.map(\.number) == Array(1...first.count),
      ordered.allSatisfy({ $0.name == first.name && $0.count == first.count && $0.check == first.check })
    else { throw fault("these are not all parts of one file") }
    let file = ordered.flatMap(\.bytes)
    guard try check(of: file) == first.check else {
      throw fault("the parts of \(first.name) do not make the file that was cut")
    }
    return file
  }

  private static func check(of file: [UInt8]) throws(EscrowError) -> String {
    do { return String(try SHA256.digest(file).hex.prefix(checkLength)) } catch { throw .crypto(error) }
  }

  private static func isCheck(_ text: String) -> Bool {
    text.utf8.count == checkLength && text.utf8.allSatisfy(isHexDigit)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  // The names of steps' files: no directory can be named with them, nor a hidden file.
  private static func isName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= maximumNameLength, text.hasSuffix(".txt"), bytes.count > 8 else { return false }
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard digits.count >= 3, bytes[digits.count] == UInt8(ascii: "-") else { return false }
    return bytes.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
  }

  private static func fault(_ reason: String) -> EscrowError { .malformed(.crossingPart, reason: reason) }
}
