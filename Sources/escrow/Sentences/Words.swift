import CeremonyPlans
import EscrowStore
import KeyEscrow
import LibCrypto
import Mnemonics
import QRCode
import SecretMemory
import SecretSharing
import TransparencyLog

/// Small pieces of sentences.
enum Words {
  static func list(_ holders: some Sequence<HolderID>) -> String {
    holders.map(\.description).joined(separator: ", ")
  }
}
