import LibCrypto
import Testing
import TransparencyLog

@Suite struct NoteVerifierKeyTests {
  /// The example key of C2SP signed-note.
  static let example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  @Test func readsAndWritesTheSpecificationsExample() throws {
    let key = try NoteVerifierKey(vkey: Self.example)
    #expect(key.name == "example.com/foo")
    #expect(key.keyID == 0x530d_903a)
    #expect(key.vkey == Self.example)
    #expect(key.description == Self.example)
    #expect(try NoteVerifierKey(name: key.name, publicKey: key.publicKey) == key)
  }

  @Test(arguments: [
    "", "+", "example.com/foo", "example.com/foo+530d903a",
    // upper-case and short key ids, and one that belongs to another key
    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    // another name under the same id
    "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    // type 0x04 with the key bytes of the example
    "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    // 32 and 34 bytes
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
    // trailing text
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k+",
  ])
  func refusesAnyOtherText(vkey: String) {
    #expect(throws: NoteError.invalidKey) { try NoteVerifierKey(vkey: vkey) }
  }

  @Test(arguments: ["", "a b", "a+b", "a\tb", "a\u{A0}b", "a\u{2003}b", "a\u{0}b", "a\nb", "a\u{1}b"])
  func refusesNamesThatALineCannotHold(name: String) throws {
    let publicKey = try NoteVerifierKey(vkey: Self.example).publicKey
    #expect(throws: NoteError.invalidName) { try NoteVerifierKey(name: name, publicKey: publicKey) }
    let material = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    if !name.contains("+") {  // else the name is another one, and the rest no key
      #expect(throws: NoteError.invalidName) { try NoteVerifierKey(vkey: "\(name)+530d903a+\(material)") }
    }
    #expect(throws: NoteError.invalidName) { try NoteSignature(name: name, keyID: 1, signature: [1]) }
    #expect(throws: NoteError.invalidName) {
      try Ed25519PrivateKey.generate().noteSignature(name: name, text: "text\n")
    }
  }

  @Test func namesAreComparedAsBytes() throws {
    let publicKey = try NoteVerifierKey(vkey: Self.example).publicKey
    let composed = try NoteVerifierKey(name: "caf\u{E9}", publicKey: publicKey)
    let decomposed = try NoteVerifierKey(name: "cafe\u{301}", publicKey: publicKey)
    #expect(composed.name == decomposed.name, "String compares by canonical equivalence")
    #expect(composed != decomposed)
    #expect(composed.keyID != decomposed.keyID)
    #expect(try NoteVerifierKey(vkey: decomposed.vkey) == decomposed)
  }
}
