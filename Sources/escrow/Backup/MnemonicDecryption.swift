import Mnemonics
import SecretMemory

/// From mnemonics to the secret in them.
enum MnemonicDecryption {
  // What takes longer than a few seconds is announced.
  private static let quickIterations = 5_000_000

  static func secret(
    of set: MnemonicSet, passphrase: borrowing SecretBytes
  ) throws(MnemonicError) -> SecretBytes {
    let encrypted = try set.recover()
    if encrypted.iterations > quickIterations {
      Terminal.say("The passphrase costs \(encrypted.iterations) iterations; this takes a while.")
    }
    return try encrypted.decrypted(passphrase: passphrase)
  }
}
