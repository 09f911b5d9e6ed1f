// The one test that speaks to libcrypto directly: it plays the foreign code that leaves errors behind. The queue
// belongs to a thread, and a synchronous test stays on one.
import COpenSSL
import SecretMemory
import Testing

@testable import LibCrypto

struct ErrorQueueTests {
  private static func leaveErrors() {
    for _ in 0..<3 { escrow_raise_error() }
    #expect(ERR_peek_error() != 0)
  }

  @Test("A failure reports its own reasons, all of them, and not what other code left in the queue")
  func reasons() {
    Self.leaveErrors()
    do throws(CryptoError) {
      _ = try unsafe requireHandle("EVP_MD_fetch") { unsafe EVP_MD_fetch(nil, "no such digest", nil) }
      Issue.record("a digest that does not exist was fetched")
    } catch {
      guard case .libcrypto(let operation, let reasons) = error else {
        Issue.record("unexpected error \(error)")
        return
      }
      #expect(operation == "EVP_MD_fetch")
      #expect(reasons.count == 1)
      #expect(reasons.allSatisfy { $0.contains("unsupported") && $0.contains("no such digest") })
    }
    #expect(ERR_peek_error() == 0)
  }

  @Test("The whole queue is drained, oldest error first")
  func wholeQueue() {
    do throws(CryptoError) {
      try require("an operation") {
        escrow_raise_error()
        unsafe #expect(EVP_MD_fetch(nil, "no such digest", nil) == nil)
        escrow_raise_error()
        return 0
      }
      Issue.record("the operation failed without an error")
    } catch {
      guard case .libcrypto("an operation", let reasons) = error else {
        Issue.record("unexpected error \(error)")
        return
      }
      #expect(reasons.map { $0.contains("unsupported") } == [false, true, false])
    }
    #expect(ERR_peek_error() == 0)
  }

  @Test("What other code left does not make a call fail")
  func success() throws {
    Self.leaveErrors()
    #expect(try SHA256.digest([]).hex.hasPrefix("e3b0c442"))
  }

  @Test("No refusal leaves an error behind")
  func refusals() throws {
    let signing = try Ed25519PrivateKey.generate()
    let agreement = try X25519PrivateKey.generate()
    let passphrase = try secret("right")
    let wrong = try secret("wrong")
    let encrypted = PEMTests.text(try signing.pem(passphrase: passphrase))
    let plain = PEMTests.text(try signing.pem())
    let smallOrder = try X25519PublicKey(bytes: [UInt8](repeating: 0, count: 32).span)
    var aead = try AEAD(.aes256GCM)

    let valid = try signing.publicKey.isValid(
      signature: [UInt8](repeating: 0xff, count: 64).span, for: Span())
    #expect(!valid)
    #expect(ERR_peek_error() == 0)
    #expect(throws: CryptoError.invalidKey) { _ = try agreement.sharedSecret(with: smallOrder) }
    #expect(ERR_peek_error() == 0)
    #expect(throws: CryptoError.wrongPassphrase) {
      _ = try Ed25519PrivateKey.fromPEM(encrypted.span, passphrase: wrong)
    }
    #expect(ERR_peek_error() == 0)
    #expect(throws: CryptoError.invalidKey) { _ = try X25519PrivateKey.fromPEM(plain.span) }
    #expect(ERR_peek_error() == 0)
    #expect(throws: CryptoError.malformedPEM) { _ = try X25519PrivateKey.fromPEM([1, 2, 3].span) }
    #expect(ERR_peek_error() == 0)
    let opened = failing(0) { (out) throws(CryptoError) in
      try aead.open(
        key: [UInt8](repeating: 1, count: 32).span, nonce: [UInt8](repeating: 1, count: 12).span,
        additionalData: Span(), ciphertext: [UInt8](repeating: 1, count: 16).span, into: &out)
    }
    #expect(opened.error == .authenticationFailed)
    #expect(ERR_peek_error() == 0)
  }
}
