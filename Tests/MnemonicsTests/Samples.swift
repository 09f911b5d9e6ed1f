import Mnemonics
import SecretMemory
import TestSupport

/// Secrets and mnemonics as tests write them.
enum Sample {
  static func secret(_ bytes: [UInt8]) throws -> SecretBytes { try SecretBytes.copying(bytes.span) }

  static func passphrase(_ text: String) throws -> SecretBytes { try secret(Array(text.utf8)) }

  static func share(_ mnemonic: String) throws(MnemonicError) -> MnemonicShare {
    try MnemonicShare(parsing: Array(mnemonic.utf8).span)
  }

  static func text(_ share: MnemonicShare) throws -> String {
    let text = try share.text()
    return text.withBytes { text in String(decoding: text.indices.map { text[$0] }, as: UTF8.self) }
  }

  /// What `mnemonics` and a passphrase give, in hexadecimal.
  static func combine(_ mnemonics: [String], passphrase: String = "") throws -> String {
    var shares: [MnemonicShare] = []
    for mnemonic in mnemonics { shares.append(try share(mnemonic)) }
    return try combine(shares, passphrase: passphrase)
  }

  static func combine(_ shares: [MnemonicShare], passphrase: String = "") throws -> String {
    let secret = try MnemonicSet(shares).recover().decrypted(passphrase: try Self.passphrase(passphrase))
    return secret.withBytes { secret in hex(secret.indices.map { secret[$0] }) }
  }
}
