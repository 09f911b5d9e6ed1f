public import LibCrypto

/// Public bytes as words to read aloud and to compare by ear: words of two and of three syllables in turn, so that a
/// word left out, doubled or swapped is heard.
///
/// A digest of 32 bytes is 32 words. A person who compares says all of them: half of a digest is not a digest.
public enum PGPWords {
  /// The words of `bytes`, one a byte.
  public static func words(of bytes: Span<UInt8>) -> [String] {
    bytes.indices.map {
      $0.isMultiple(of: 2) ? PGPWordList.even[Int(bytes[$0])] : PGPWordList.odd[Int(bytes[$0])]
    }
  }

  /// The 32 words of `digest`.
  public static func words(of digest: Digest) -> [String] { digest.withBytes { words(of: $0) } }

  /// The bytes that `words` stand for, in upper or lower case; nil when one is not the list's for its place.
  public static func bytes(of words: [String]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for (place, word) in words.enumerated() {
      let values = place.isMultiple(of: 2) ? evenValues : oddValues
      guard let value = values[word.lowercased()] else { return nil }
      bytes.append(value)
    }
    return bytes
  }

  private static let evenValues = values(of: PGPWordList.even)
  private static let oddValues = values(of: PGPWordList.odd)

  private static func values(of list: [String]) -> [String: UInt8] {
    Dictionary(uniqueKeysWithValues: list.enumerated().map { ($1.lowercased(), UInt8($0)) })
  }
}
