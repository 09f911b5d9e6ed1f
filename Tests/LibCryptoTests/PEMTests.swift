import Foundation
import LibCrypto
import SecretMemory
import TestSupport
import Testing

struct PEMTests {
  static func text(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
  }

  /// Runs `openssl` with `input`; its output, or nil if it exits with an error.
  static func openssl(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let standardInput = Pipe()
    let standardOutput = Pipe()
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
    try standardInput.fileHandleForWriting.close()
    let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? Array(output) : nil
  }

  @Test("A key comes back from its text, encrypted or not")
  func roundTrip() throws {
    let passphrase = try secret("correct horse")
    let signing = try Ed25519PrivateKey.generate()
    let agreement = try X25519PrivateKey.generate()
    for encrypted in [false, true] {
      let signingPEM = encrypted ? try signing.pem(passphrase: passphrase) : try signing.pem()
      let agreementPEM = encrypted ? try agreement.pem(passphrase: passphrase) : try agreement.pem()
      let signingText = Self.text(signingPEM)
      let agreementText = Self.text(agreementPEM)
      #expect(PrivateKeyPEM.isEncrypted(signingText.span) == encrypted)
      #expect(PrivateKeyPEM.isEncrypted(agreementText.span) == encrypted)
      let label = encrypted ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY"
      #expect(String(decoding: signingText, as: UTF8.self).hasPrefix("-----BEGIN \(label)-----\n"))
      #expect(
        try Ed25519PrivateKey.fromPEM(signingText.span, passphrase: passphrase).publicKey == signing.publicKey
      )
      #expect(
        try X25519PrivateKey.fromPEM(agreementText.span, passphrase: passphrase).publicKey
          == agreement.publicKey)
      if !encrypted {
        #expect(try Ed25519PrivateKey.fromPEM(signingText.span).publicKey == signing.publicKey)
        #expect(try X25519PrivateKey.fromPEM(agreementText.span).publicKey == agreement.publicKey)
      }
    }
  }

  @Test("RFC 8410's example key reads and writes as printed there (§10.3)")
  func example() throws {
    let text = """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----

      """
    let key = try Ed25519PrivateKey.fromPEM(Array(text.utf8).span)
    #expect(hex(key.publicKey.bytes) == "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")
    #expect(Self.text(try key.pem()) == Array(text.utf8))
  }

  @Test("The openssl tool reads both forms, and finds the same public key")
  func toolReads() throws {
    let passphrase = try secret("correct horse")
    let signing = try Ed25519PrivateKey.generate()
    let agreement = try X25519PrivateKey.generate()
    let arguments = ["pkey", "-pubout", "-outform", "DER", "-passin", "pass:correct horse"]
    for (text, expected) in [
      (Self.text(try signing.pem()), signing.publicKey.bytes),
      (Self.text(try signing.pem(passphrase: passphrase)), signing.publicKey.bytes),
      (Self.text(try agreement.pem()), agreement.publicKey.bytes),
      (Self.text(try agreement.pem(passphrase: passphrase)), agreement.publicKey.bytes),
    ] {
      let der = try #require(try Self.openssl(arguments, input: text))
      #expect(Array(der.suffix(32)) == expected)
    }
  }

  @Test("The encryption is PBES2 with scrypt (16384, 8, 1) and AES-256-CBC")
  func parameters() throws {
    let text = Self.text(try Ed25519PrivateKey.generate().pem(passphrase: secret("correct horse")))
    let dump = String(
      decoding: try #require(try Self.openssl(["asn1parse"], input: text)), as: UTF8.self)
    for needed in [":PBES2", ":scrypt", ":4000", ":08", ":01", ":aes-256-cbc"] {
      #expect(dump.contains(needed), "\(needed) in \(dump)")
    }
  }

  @Test(
    "Keys that the openssl tool wrote are read, in its own encryption too", arguments: ["ed25519", "x25519"])
  func toolWrites(_ kind: String) throws {
    let plain = try #require(try Self.openssl(["genpkey", "-algorithm", kind]))
    let encrypted = try #require(
      try Self.openssl(["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:p"], input: plain))
    let passphrase = try secret("p")
    if kind == "ed25519" {
      #expect(
        try Ed25519PrivateKey.fromPEM(plain.span).publicKey
          == Ed25519PrivateKey.fromPEM(encrypted.span, passphrase: passphrase).publicKey)
    } else {
      #expect(
        try X25519PrivateKey.fromPEM(plain.span).publicKey
          == X25519PrivateKey.fromPEM(encrypted.span, passphrase: passphrase).publicKey)
    }
  }

  @Test("A wrong, empty or missing passphrase")
  func wrongPassphrase() throws {
    let key = try Ed25519PrivateKey.generate()
    let right = try secret("right")
    let text = Self.text(try key.pem(passphrase: right))
    for wrong in ["wrong", "Right", "right ", ""] {
      let passphrase = try secret(wrong)
      #expect(throws: CryptoError.wrongPassphrase) {
        _ = try Ed25519PrivateKey.fromPEM(text.span, passphrase: passphrase)
      }
    }
    #expect(throws: CryptoError.wrongPassphrase) { _ = try Ed25519PrivateKey.fromPEM(text.span) }
    for refused in ["", String(repeating: "x", count: 1025)] {
      let passphrase = try secret(refused)
      #expect(throws: CryptoError.wrongPassphrase) { _ = try key.pem(passphrase: passphrase) }
    }
  }

  @Test("A key of another kind")
  func otherKind() throws {
    let passphrase = try secret("p")
    let signing = try Ed25519PrivateKey.generate()
    let agreement = try X25519PrivateKey.generate()
    let signingText = Self.text(try signing.pem())
    let agreementText = Self.text(try agreement.pem())
    let encrypted = Self.text(try signing.pem(passphrase: passphrase))
    let other = try #require(
      try Self.openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]))
    #expect(throws: CryptoError.invalidKey) { _ = try X25519PrivateKey.fromPEM(signingText.span) }
    #expect(throws: CryptoError.invalidKey) { _ = try Ed25519PrivateKey.fromPEM(agreementText.span) }
    #expect(throws: CryptoError.invalidKey) { _ = try Ed25519PrivateKey.fromPEM(other.span) }
    #expect(throws: CryptoError.invalidKey) {
      _ = try X25519PrivateKey.fromPEM(encrypted.span, passphrase: passphrase)
    }
  }

  @Test("A text cut short is an error at every length", arguments: [false, true])
  func truncation(encrypted: Bool) throws {
    let passphrase = try secret("p")
    let key = try Ed25519PrivateKey.generate()
    let text = encrypted ? Self.text(try key.pem(passphrase: passphrase)) : Self.text(try key.pem())
    // The newline that ends the text may be missing.
    for count in 0..<text.count - 1 {
      let cut = Array(text.prefix(count))
      #expect(throws: CryptoError.malformedPEM) {
        _ = try Ed25519PrivateKey.fromPEM(cut.span, passphrase: passphrase)
      }
      #expect(PrivateKeyPEM.isEncrypted(cut.span) == false)
    }
  }

  @Test("A changed bit gives another key or an error")
  func bitFlips() throws {
    let key = try Ed25519PrivateKey.generate()
    let text = Self.text(try key.pem())
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        do throws(CryptoError) {
          let other = try Ed25519PrivateKey.fromPEM(changed.span)
          // The text has no checksum: only what the decoder skips, such as white space, may leave the key the same.
          let written = Self.text(try other.pem())
          #expect(other.publicKey != key.publicKey || written == text)
        } catch {
          #expect([.malformedPEM, .invalidKey].contains(error))
        }
      }
    }
  }

  @Test("DER that is cut short, padded or of the wrong form inside a well-formed text")
  func malformedDER() throws {
    let der = bytes(hex: "302e020100300506032b657004220420" + String(repeating: "42", count: 32))
    func pem(_ der: [UInt8], _ label: String = "PRIVATE KEY") -> [UInt8] {
      Array("-----BEGIN \(label)-----\n\(Base64.encode(der.span))\n-----END \(label)-----\n".utf8)
    }
    #expect(throws: Never.self) { _ = try Ed25519PrivateKey.fromPEM(pem(der).span) }
    for count in 1..<der.count {
      #expect(throws: CryptoError.malformedPEM) {
        _ = try Ed25519PrivateKey.fromPEM(pem(Array(der.prefix(count))).span)
      }
    }
    #expect(throws: CryptoError.malformedPEM) { _ = try Ed25519PrivateKey.fromPEM(pem(der + [0]).span) }
    // 31 and 33 bytes of key, lengths adjusted; then an algorithm with parameters (NULL).
    let short = bytes(hex: "302d020100300506032b65700421041f" + String(repeating: "42", count: 31))
    let long = bytes(hex: "302f020100300506032b657004230421" + String(repeating: "42", count: 33))
    let parameters = bytes(hex: "3030020100300706032b6570050004220420" + String(repeating: "42", count: 32))
    for wrong in [short, long, parameters] {
      #expect(throws: CryptoError.malformedPEM) { _ = try Ed25519PrivateKey.fromPEM(pem(wrong).span) }
    }
    // A plain key under the label of an encrypted one.
    let passphrase = try secret("p")
    #expect(throws: CryptoError.malformedPEM) {
      _ = try Ed25519PrivateKey.fromPEM(pem(der, "ENCRYPTED PRIVATE KEY").span, passphrase: passphrase)
    }
  }

  @Test("Of several blocks the first private key counts; others before it are skipped")
  func severalBlocks() throws {
    let first = try Ed25519PrivateKey.generate()
    let second = try Ed25519PrivateKey.generate()
    let firstText = Self.text(try first.pem())
    let publicText = try #require(try Self.openssl(["pkey", "-pubout"], input: firstText))
    let text = Array("a comment\n".utf8) + publicText + firstText + Self.text(try second.pem())
    #expect(try Ed25519PrivateKey.fromPEM(text.span).publicKey == first.publicKey)
    #expect(throws: CryptoError.malformedPEM) { _ = try Ed25519PrivateKey.fromPEM(publicText.span) }
  }
}
