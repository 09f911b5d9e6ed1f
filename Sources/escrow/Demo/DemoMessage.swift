import KeyEscrow
import LibCrypto

/// A message as a messenger would send it: AES-256-GCM under the epoch's key, bound to conversation and epoch.
struct DemoMessage {
  let locator: RecordLocator
  let nonce: [UInt8]
  let ciphertext: [UInt8]

  /// Encrypts `text` under the key of `epoch`.
  init(_ text: String, in conversation: DemoConversation, epoch: Int) throws(CryptoError) {
    let locator = conversation.locator(epoch)
    let key = conversation.keys[epoch]
    let plaintext = Array(text.utf8)
    let nonce = try SystemRandom().bytes(12)
    let additionalData = RecordLocator.pack([locator])
    var ciphertext = [UInt8](repeating: 0, count: plaintext.count + AEADAlgorithm.aes256GCM.tagByteCount)
    var output = ciphertext.mutableSpan
    var aead = try AEAD(.aes256GCM)
    try aead.seal(
      key: key.span, nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span,
      into: &output)
    self.locator = locator
    self.nonce = nonce
    self.ciphertext = ciphertext
  }

  /// The text, if `key` is the right one.
  ///
  /// - Throws: `.authenticationFailed` for any other key.
  func decrypted(with key: Span<UInt8>) throws(CryptoError) -> String {
    var plaintext = [UInt8](
      repeating: 0, count: ciphertext.count - AEADAlgorithm.aes256GCM.tagByteCount)
    var output = plaintext.mutableSpan
    let additionalData = RecordLocator.pack([locator])
    var aead = try AEAD(.aes256GCM)
    try aead.open(
      key: key, nonce: nonce.span, additionalData: additionalData.span, ciphertext: ciphertext.span,
      into: &output)
    return String(decoding: plaintext, as: UTF8.self)
  }
}
