import CFloor
import KeyEscrow
import LibCrypto
import SecretSharing

/// What is done today: every share of every key is sealed by itself to its holder's public key, and opened by itself.
///
/// HPKE in base mode (`Peers/CFloor/hpke.c`) over libcrypto alone, with every context kept: this package's own keeps each
/// secret in locked pages, and would make it look several times slower. It is checked against this package's.
final class PublicKeySealing {
  private let peers: [OpaquePointer]
  private var encapsulations: [[UInt8]] = []
  private var ciphertexts: [[UInt8]] = []
  private let matrix: SharingMatrix
  private let vector: ReconstructionVector

  init(_ roster: Roster) throws {
    let info = Array("benchmark".utf8)
    matrix = SharingMatrix(roster.policy)
    guard let vector = matrix.reconstructionVector(for: Set(matrix.holders.prefix(2))) else {
      throw Unusable("judge and provider do not suffice")
    }
    self.vector = vector
    var peers: [OpaquePointer] = []
    for _ in 0..<matrix.rows {
      let key = try SystemRandom().bytes(32)
      guard let peer = hpke_peer_create(key, info, info.count) else {
        throw Unusable("libcrypto has no X25519")
      }
      peers.append(peer)
      let share = try SystemRandom().bytes(32)
      let (encapsulation, ciphertext) = try Self.seal(share, to: peer)
      guard try Self.open(encapsulation, ciphertext, with: key, info: info) == share else {
        throw Unusable("what the reference sealed opens to something else")
      }
      encapsulations.append(encapsulation)
      ciphertexts.append(ciphertext)
    }
    self.peers = peers
  }

  deinit { for peer in peers { hpke_peer_destroy(peer) } }

  private static func seal(_ share: [UInt8], to peer: OpaquePointer) throws -> ([UInt8], [UInt8]) {
    var encapsulation = [UInt8](repeating: 0, count: 32)
    var ciphertext = [UInt8](repeating: 0, count: share.count + 16)
    guard hpke_peer_seal(peer, share, share.count, &encapsulation, &ciphertext) == 0 else {
      throw Unusable("the reference does not seal")
    }
    return (encapsulation, ciphertext)
  }

  /// By this package's own HPKE.
  private static func open(
    _ encapsulation: [UInt8], _ ciphertext: [UInt8], with key: [UInt8], info: [UInt8]
  ) throws -> [UInt8] {
    let key = try X25519PrivateKey.fromRaw(key.span)
    var recipient = try HPKERecipient.setup(
      .keyEscrow1, encapsulation: encapsulation.span, key: key, info: info.span)
    var share = [UInt8](repeating: 0, count: ciphertext.count - 16)
    var output = share.mutableSpan
    try recipient.open(additionalData: Span(), ciphertext: ciphertext.span, into: &output)
    return share
  }

  /// Splits `count` keys with random coefficients, and seals every share.
  func deposit(_ count: Int) throws {
    var inputs = [UInt8](repeating: 0x5A, count: matrix.columns * 32)
    var shares = [UInt8](repeating: 0, count: matrix.rows * 32)
    var encapsulation = [UInt8](repeating: 0, count: 32)
    var ciphertext = [UInt8](repeating: 0, count: 48)
    for _ in 0..<count {
      let coefficients = try SystemRandom().bytes((matrix.columns - 1) * 32)
      inputs.replaceSubrange(32..., with: coefficients)
      var output = shares.mutableSpan
      try matrix.deal(inputs: inputs.span, length: 32, into: &output)
      for row in 0..<matrix.rows {
        let status = shares.withUnsafeBufferPointer { shares in
          hpke_peer_seal(
            peers[row], shares.baseAddress.map { $0 + row * 32 }, 32, &encapsulation, &ciphertext)
        }
        guard status == 0 else { throw Unusable("the reference does not seal") }
      }
    }
  }

  /// Opens two shares of each of `count` keys, and combines them.
  func recover(_ count: Int) throws {
    var shares = [UInt8](repeating: 0, count: 64)
    var secret = [UInt8](repeating: 0, count: 32)
    for _ in 0..<count {
      for row in 0..<2 {
        let status = shares.withUnsafeMutableBufferPointer { shares in
          hpke_peer_open(
            peers[row], encapsulations[row], ciphertexts[row], 32, shares.baseAddress.map { $0 + row * 32 })
        }
        guard status == 0 else { throw Unusable("the reference does not open") }
      }
      var output = secret.mutableSpan
      try vector.combine(shares: shares.span, length: 32, into: &output)
    }
  }
}
