import LibCrypto
import SecretMemory
import Testing
import TransparencyLog

@Suite struct NoteSignerTests {
  /// The example of Go's documentation of `golang.org/x/mod/sumdb/note`: published, so no secret.
  static let goText = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let goVerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let goNote = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

    """

  private func read(_ text: String) throws -> NoteSigner {
    let bytes = Array(text.utf8)
    return try NoteSigner.fromText(bytes.span)
  }

  private func text(of signer: borrowing NoteSigner) throws -> String {
    try signer.text().withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
  }

  @Test func signsAsGoDoes() throws {
    let signer = try read(Self.goText)
    let name = signer.name
    let key = signer.verifierKey
    #expect(name == "PeterNeumann")
    #expect(key.vkey == Self.goVerifierKey)
    let expected = Array(Self.goNote.utf8)
    let read = try UnverifiedNote(parsing: expected.span)
    var note = try UnverifiedNote(text: read.text)
    note.add(try signer.sign(read.text))
    #expect(note.bytes == expected)
    #expect(try read.verified(by: [NoteVerifierKey(vkey: Self.goVerifierKey)]).text == read.text)
  }

  @Test func writesTheTextThatItReads() throws {
    #expect(try text(of: read(Self.goText)) == Self.goText)
    #expect(try text(of: read(Self.goText + "\n")) == Self.goText)
  }

  /// Between them the seeds hold every value of every base64 digit's place.
  @Test func everySeedRoundTrips() throws {
    for start in 0..<8 {
      let seed = (0..<32).map { UInt8(truncatingIfNeeded: 32 * start + $0) }
      let key = try Ed25519PrivateKey.fromSeed(seed.span)
      let signer = try NoteSigner(name: "example.com/\(start)", key: key)
      let text = try text(of: signer)
      let encoded = Base64.encode(([1] + seed).span)
      let keyID = String(signer.verifierKey.keyID, radix: 16)
      let padded = String(repeating: "0", count: 8 - keyID.count) + keyID
      #expect(text == "PRIVATE+KEY+example.com/\(start)+\(padded)+\(encoded)")
      let again = try read(text)
      let (expected, actual) = (signer.verifierKey, again.verifierKey)
      #expect(actual == expected)
    }
  }

  @Test(arguments: [
    "", "PRIVATE+KEY+", String(goText.dropLast()), goText + "A", goText + "\n\n", " " + goText,
    goText.replacing("PRIVATE", with: "PUBLIC"), goText.replacing("KEY", with: "KEX"),
    goText.replacing("c74f20a3", with: "c74f20a4"), goText.replacing("c74f20a3", with: "C74F20A3"),
    goText.replacing("c74f20a3", with: "c74f20a3+"), goText.replacing("PeterNeumann", with: "PeterNewmann"),
    goText.replacing("AYEK", with: "BYEK"),  // another type
    goText.replacing("AYEK", with: "AYEL"),  // another seed
    goText.replacing("AYEK", with: "AYE="), goText.replacing("AYEK", with: "AYE-"),
    goText.replacing("AYEK", with: "A EK"), goText.replacing("AYEK", with: "AYé"),
    // A verifier key, whose base64 has as many characters.
    goVerifierKey, "PRIVATE+KEY+" + goVerifierKey,
  ])
  func refusesAnyOtherText(text: String) {
    #expect(throws: NoteError.invalidKey) { _ = try read(text) }
  }

  @Test(arguments: ["", "a b"])
  func refusesNamesThatALineCannotHold(name: String) {
    let text = Self.goText.replacing("PeterNeumann", with: name)
    #expect(throws: NoteError.invalidName) { _ = try read(text) }
    #expect(throws: NoteError.invalidName) {
      _ = try NoteSigner(name: name, key: Ed25519PrivateKey.generate())
    }
  }

  /// The alphabet is found without tables: nothing else may be read as one of its characters.
  @Test func aKeyHasOneTextOnly() throws {
    let text = Array(Self.goText.utf8)
    for position in text.indices.suffix(44) {
      for byte in UInt8.min...UInt8.max where byte != text[position] {
        var altered = text
        altered[position] = byte
        #expect(throws: NoteError.invalidKey, "byte \(byte) at \(position)") {
          _ = try NoteSigner.fromText(altered.span)
        }
      }
    }
  }
}
