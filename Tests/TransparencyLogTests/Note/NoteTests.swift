import LibCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite struct NoteTests {
  let text = "type: test\n\nTrois juges, un bâtonnier.\n"

  /// A note of `text` signed by each of `names` with a fresh key.
  private func signedNote(
    by names: [String]
  ) throws -> (note: UnverifiedNote, keys: [NoteVerifierKey]) {
    var note = try UnverifiedNote(text: text)
    var keys: [NoteVerifierKey] = []
    for name in names {
      let key = try Ed25519PrivateKey.generate()
      note.add(try key.noteSignature(name: name, text: text))
      keys.append(try NoteVerifierKey(name: name, publicKey: key.publicKey))
    }
    return (note, keys)
  }

  private func parse(_ note: String) throws -> UnverifiedNote {
    try UnverifiedNote(parsing: Array(note.utf8).span)
  }

  @Test func twoKeysOfOneNameAndIDAreAmbiguous() throws {
    // Found by trying 100,000 seeds: under this name both keys have the id ac9d0da6.
    let keys = try [[0x01, 0x7A, 0x51], [0x00, 0x92, 0x8A]].map { (end: [UInt8]) in
      let seed = [UInt8](repeating: 0, count: 29) + end
      return try Ed25519PrivateKey.fromSeed(seed.span).publicKey
    }.map { try NoteVerifierKey(name: "collision", publicKey: $0) }
    #expect(keys[0] != keys[1] && keys[0].keyID == keys[1].keyID)
    let (note, others) = try signedNote(by: ["judge"])
    #expect(throws: NoteError.ambiguousKeys(name: "collision")) { try note.verified(by: others + keys) }
    #expect(try note.verified(by: others + [keys[0]]).signers == others)
  }

  // MARK: Other people's notes

  @Test func verifiesTheSpecificationsExample() throws {
    let note = try parse(
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

      """)
    let key = try NoteVerifierKey(vkey: NoteVerifierKeyTests.example)
    let verified = try note.verified(by: [key])
    #expect(verified.text == "This is an example message.\n")
    #expect(verified.signers == [key])
  }

  // MARK: Signing and reading back

  @Test func roundTripsByteForByte() throws {
    let (note, keys) = try signedNote(by: ["judge.example", "provider.example"])
    let bytes = note.bytes
    let read = try UnverifiedNote(parsing: bytes.span)
    #expect(read == note)
    #expect(read.bytes == bytes)
    let verified = try read.verified(by: keys.reversed())
    #expect(verified.text.utf8.elementsEqual(text.utf8))
    #expect(verified.signers == keys, "signers come in the order of the lines")
  }

  @Test func signaturesAreDeterministicAndCoverTheText() throws {
    let key = try Ed25519PrivateKey.generate()
    let signature = try key.noteSignature(name: "a", text: text)
    #expect(try key.noteSignature(name: "a", text: text) == signature)
    #expect(try key.noteSignature(name: "a", text: text + "\n") != signature)
    #expect(signature.signature.count == 64)
  }

  @Test func addingTheSameLineTwiceChangesNothing() throws {
    var (note, _) = try signedNote(by: ["a"])
    let bytes = note.bytes
    note.add(note.signatures[0])
    #expect(note.bytes == bytes)
  }

  @Test func aTextMayEndInEmptyLinesAndLookLikeSignatures() throws {
    let key = try Ed25519PrivateKey.generate()
    let verifier = try NoteVerifierKey(name: "a", publicKey: key.publicKey)
    for text in ["\n", "\n\n", "x\n\n\n", "x\n\n— a AAAAAAA=\n", "— a AAAAAAA=\n"] {
      var note = try UnverifiedNote(text: text)
      note.add(try key.noteSignature(name: "a", text: text))
      #expect(try UnverifiedNote(parsing: note.bytes.span).verified(by: [verifier]).text == text)
    }
  }

  // MARK: Whose signatures count

  @Test func unknownSignaturesAreIgnored() throws {
    let (note, keys) = try signedNote(by: ["a", "b", "c"])
    #expect(try note.verified(by: [keys[1]]).signers == [keys[1]])

    // Garbage under an unknown name; the known name with another id; the known id with another name.
    var crowded = note
    crowded.add(try NoteSignature(name: "d", keyID: 7, signature: [1]))
    let garbage = [UInt8](repeating: 1, count: 64)
    crowded.add(try NoteSignature(name: "b", keyID: keys[1].keyID ^ 1, signature: garbage))
    crowded.add(try NoteSignature(name: "e", keyID: keys[1].keyID, signature: garbage))
    #expect(try UnverifiedNote(parsing: crowded.bytes.span).verified(by: keys).signers == keys)
  }

  @Test(arguments: [1, 63, 64, 65, 72])
  func aWrongSignatureOfAKnownKeyIsFatalEvenBesideARightOne(byteCount: Int) throws {
    let (note, keys) = try signedNote(by: ["a", "b"])
    var forged = note
    let garbage = [UInt8](repeating: 9, count: byteCount)
    forged.add(try NoteSignature(name: "a", keyID: keys[0].keyID, signature: garbage))
    #expect(throws: NoteError.badSignature(name: "a")) { try forged.verified(by: keys) }
    #expect(try forged.verified(by: [keys[1]]).signers == [keys[1]], "to who does not know a, it is ignored")
  }

  @Test func aNoteThatNoKnownKeySignedIsUnsigned() throws {
    let (note, _) = try signedNote(by: ["a"])
    let (_, others) = try signedNote(by: ["a"])
    #expect(throws: NoteError.unsigned) { try note.verified(by: others) }
    #expect(throws: NoteError.unsigned) { try note.verified(by: []) }
    #expect(throws: NoteError.unsigned) { try UnverifiedNote(text: text).verified(by: others) }
  }

  @Test func aSignatureOfAnotherTextIsFatal() throws {
    let key = try Ed25519PrivateKey.generate()
    let verifier = try NoteVerifierKey(name: "a", publicKey: key.publicKey)
    var note = try UnverifiedNote(text: text)
    note.add(try key.noteSignature(name: "a", text: "another\n"))
    #expect(throws: NoteError.badSignature(name: "a")) { try note.verified(by: [verifier]) }
  }

  @Test func aLineRepeatedIsReadAndCountsOnce() throws {
    let (note, keys) = try signedNote(by: ["a"])
    let line = Array(note.signatures[0].line.utf8) + [10]
    let repeated = try UnverifiedNote(parsing: (note.bytes + line).span)
    #expect(repeated.bytes == note.bytes + line)
    #expect(try repeated.verified(by: keys).signers == keys)
  }

  @Test func theSameKeyGivenTwiceIsOneSigner() throws {
    let (note, keys) = try signedNote(by: ["a"])
    #expect(try note.verified(by: keys + keys).signers == keys)
  }

  @Test func textsAreComparedAsBytes() throws {
    let composed = try UnverifiedNote(text: "\u{E9}\n")
    let decomposed = try UnverifiedNote(text: "e\u{301}\n")
    #expect(composed.text == decomposed.text)
    #expect(composed != decomposed)
  }

  // MARK: Hostile bytes

  @Test(arguments: [
    ("", NoteError.Malformation.noBlankLine),
    ("\n", .noBlankLine),
    ("text", .noBlankLine),
    ("text\n", .noBlankLine),
    ("text\n— a AAAAAAA=\n", .noBlankLine),
    ("text\n\n", .noSignatureLine),
    ("text\n\n— a AAAAAAA=", .noFinalNewline),
    ("text\n\na AAAAAAA=\n", .signatureLine),
    ("text\n\n- a AAAAAAA=\n", .signatureLine),
    ("text\n\n—a AAAAAAA=\n", .signatureLine),
    ("text\n\n— a\n", .signatureLine),
    ("text\n\n— a \n", .signatureLine),
    ("text\n\n—  AAAAAAA=\n", .signatureLine),
    ("text\n\n— a  AAAAAAA=\n", .signatureLine),
    ("text\n\n— a AAAAAAA= \n", .signatureLine),
    ("text\n\n— a AAAAAAA= b\n", .signatureLine),
    ("text\n\n— a+b AAAAAAA=\n", .signatureLine),
    ("text\n\n— a\u{A0}b AAAAAAA=\n", .signatureLine),
    ("text\n\n— a AAAAAA==\n", .signatureLine),  // a key id and nothing else
    ("text\n\n— a AAAAAAA\n", .signatureLine),  // no padding
    ("text\n\n— a AAAAAAB=\n", .signatureLine),  // unused bits set
    ("text\n\n— a AAAA_AA=\n", .signatureLine),  // another alphabet
    ("text\n\n— a AAAAAAA=\r\n", .controlCharacter),
    ("text\u{0}\n\n— a AAAAAAA=\n", .controlCharacter),
    ("te\txt\n\n— a AAAAAAA=\n", .controlCharacter),
    ("te\u{1B}xt\n\n— a AAAAAAA=\n", .controlCharacter),
  ])
  func refusesWhatIsNotANote(note: String, reason: NoteError.Malformation) {
    #expect(throws: NoteError.malformed(reason)) { try parse(note) }
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(invalid: [UInt8]) {
    let note = Array("text".utf8) + invalid + Array("\n\n— a AAAAAAA=\n".utf8)
    #expect(throws: NoteError.malformed(.notUTF8)) { try UnverifiedNote(parsing: note.span) }
  }

  @Test(arguments: [
    ("", NoteError.Malformation.noFinalNewline), ("text", .noFinalNewline),
    ("text\r\n", .controlCharacter), ("te\u{0}xt\n", .controlCharacter), ("\u{7}\n", .controlCharacter),
  ])
  func refusesToSignWhatCannotBeRead(text: String, reason: NoteError.Malformation) {
    #expect(throws: NoteError.malformed(reason)) { try UnverifiedNote(text: text) }
    #expect(throws: NoteError.malformed(reason)) {
      try Ed25519PrivateKey.generate().noteSignature(name: "a", text: text)
    }
  }

  @Test func sizesAreBoundedOnBothSides() throws {
    let tail = "\n\n— a AAAAAAA=\n"
    let room = UnverifiedNote.maximumByteCount - tail.utf8.count
    let largest = String(repeating: "x", count: room) + tail
    #expect(try parse(largest).bytes.count == UnverifiedNote.maximumByteCount)
    #expect(throws: NoteError.malformed(.tooLarge)) { try parse("x" + largest) }
    let text = String(repeating: "x", count: UnverifiedNote.maximumByteCount) + "\n"
    #expect(throws: NoteError.malformed(.tooLarge)) { try UnverifiedNote(text: text) }
  }

  @Test func signaturesAreBounded() throws {
    let lines = (0..<UnverifiedNote.maximumSignatureCount).map { "— a\($0) AAAAAAA=\n" }.joined()
    #expect(try parse("text\n\n" + lines).signatures.count == UnverifiedNote.maximumSignatureCount)
    let oneMore = lines + "— b AAAAAAA=\n"
    #expect(throws: NoteError.malformed(.tooManySignatures)) { try parse("text\n\n" + oneMore) }
  }

  @Test func noTruncationVerifies() throws {
    let (note, keys) = try signedNote(by: ["judge.example"])
    let bytes = note.bytes
    for length in bytes.indices {
      #expect(throws: NoteError.self, "prefix of \(length) bytes") {
        try UnverifiedNote(parsing: Array(bytes[..<length]).span).verified(by: keys)
      }
    }
  }

  @Test func noFlippedBitVerifies() throws {
    let (note, keys) = try signedNote(by: ["judge.example"])
    let bytes = note.bytes
    for position in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[position] ^= 1 << UInt8(bit)
        #expect(throws: NoteError.self, "bit \(bit) of byte \(position)") {
          try UnverifiedNote(parsing: flipped.span).verified(by: keys)
        }
      }
    }
  }
}
