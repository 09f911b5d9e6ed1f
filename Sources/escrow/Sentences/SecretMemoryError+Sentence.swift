import CeremonyPlans
import EscrowStore
import KeyEscrow
import LibCrypto
import Mnemonics
import QRCode
import SecretMemory
import SecretSharing
import TransparencyLog

extension SecretMemoryError {
  var sentence: String {
    switch self {
    case .outOfMemory(let count): "the system gives no memory for \(count) secret bytes"
    case .invalidCount(let count): "\(count) is no number of bytes"
    }
  }
}
