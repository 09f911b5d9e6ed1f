import LibCrypto
import Mnemonics
import TestSupport
import Testing

struct PGPWordsTests {
  /// The fingerprint that PGP's own manual reads aloud.
  private let fingerprint = bytes(hex: "e58294f2e9a227486e8b061b31cc528fd7fa3f19")
  private let spoken = [
    "topmost", "Istanbul", "Pluto", "vagabond", "treadmill", "Pacific", "brackish", "dictator", "goldfish",
    "Medusa", "afflict", "bravado", "chatter", "revolver", "Dupont", "midsummer", "stopwatch", "whimsical",
    "cowbell", "bottomless",
  ]

  @Test func readsAFingerprintAloud() {
    #expect(PGPWords.words(of: fingerprint.span) == spoken)
    #expect(PGPWords.bytes(of: spoken) == fingerprint)
    #expect(PGPWords.bytes(of: spoken.map { $0.uppercased() }) == fingerprint)
  }

  @Test func everyByteHasItsWordsInBothPlaces() {
    let all = (0...255).flatMap { [UInt8($0), UInt8($0)] }
    let words = PGPWords.words(of: all.span)
    #expect(Set(words.map { $0.lowercased() }).count == 512)
    #expect(PGPWords.bytes(of: words) == all)
  }

  @Test func hearsAWordThatIsMissingDoubledOrSwapped() throws {
    let digest = try SHA256.digest(fingerprint)
    let words = PGPWords.words(of: digest)
    #expect(words.count == 32)
    #expect(PGPWords.bytes(of: words) == digest.bytes)
    for place in 0..<31 {
      var missing = words
      missing.remove(at: place)
      #expect(PGPWords.bytes(of: missing) == nil)
      var swapped = words
      swapped.swapAt(place, place + 1)
      #expect(PGPWords.bytes(of: swapped) == nil)
    }
    #expect(PGPWords.bytes(of: ["nonsense"]) == nil)
    #expect(PGPWords.bytes(of: []) == [])
  }
}
