import Mnemonics

extension MnemonicError {
  var exitStatus: ExitStatus {
    switch self {
    case .invalidScheme, .invalidIterationExponent: .usage
    case .invalidPassphrase: .keyUnavailable
    case .sharing, .secretMemory: .internalFailure
    case .crypto(let error): error.exitStatus
    default: .verificationFailed
    }
  }

  var sentence: String {
    switch self {
    case .unknownWord(let position): "word \(position + 1) is not in the word list of SLIP-39"
    case .invalidWordCount(let count): "no mnemonic has \(count) words; a holder's keys have 59"
    case .invalidChecksum: "the checksum does not fit: a word is wrong, or two are swapped"
    case .invalidPadding: "this is no valid mnemonic: its padding is not zero"
    case .groupThresholdAboveCount(let threshold, let count):
      "this is no valid mnemonic: it asks for \(threshold) groups of \(count)"
    case .emptySet: "there is no mnemonic here"
    case .mismatch(let field): "the mnemonics are not of one backup: \(field.sentence)"
    case .duplicateMember(let group, let member):
      "share \(member + 1) of group \(group + 1) is here twice; give each once"
    case .insufficientGroups(let needed, let present):
      "\(needed) groups are needed and mnemonics of \(present) are here; find more sheets"
    case .insufficientMembers(let group, let needed, let present):
      "group \(group + 1) needs \(needed) mnemonics and \(present) are here; find more sheets"
    case .invalidDigest(let group):
      group.map {
        "the mnemonics of group \($0 + 1) do not belong together: one is forged, or of another backup"
      }
        ?? "the groups do not belong together: one is forged, or of another backup"
    case .inconsistentShare(let group, let member):
      member.map { "share \($0 + 1) of group \(group + 1) contradicts the others" }
        ?? "group \(group + 1) contradicts the others"
    case .invalidSecretLength(let count):
      "a secret of \(count) bytes cannot be split; it has 16 to 1024, an even number"
    case .invalidScheme(let fault): fault.sentence
    case .invalidPassphrase:
      "a backup's passphrase is printable ASCII: letters, digits, spaces and the usual signs"
    case .invalidIterationExponent(let exponent): "the iteration exponent is 0 to 15, and not \(exponent)"
    case .sharing(let error): error.sentence
    case .crypto(let error): error.sentence
    case .secretMemory(let error): error.sentence
    }
  }
}
