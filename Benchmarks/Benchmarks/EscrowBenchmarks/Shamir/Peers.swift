import CBotanSharing
import CGFShare
import LibCrypto

/// The libraries, each with its context made once wherever it lets one.
enum Peers {
  static var names: [String] {
    ["gfshare", "botan"] + (Settings.python == nil ? [] : PythonPeers.names)
  }

  static func contenders(_ scheme: Scheme, _ operation: Scheme.Operation) throws -> [Contender] {
    let compiled = [try GFShare(scheme).contender(operation), try Botan(scheme).contender(operation)]
    guard Settings.python != nil else { return compiled }
    let python = try PythonPeers()
    return compiled + PythonPeers.names.map { python.contender($0, scheme, operation) }
  }
}

/// libgfshare, with libcrypto's generator for its coefficients: it has none of its own.
private final class GFShare {
  private static let useSystemRandom: Void = gfshare_use_random { bytes, count in
    guard let bytes else { return }
    var span = MutableSpan(_unsafeStart: bytes, count: Int(count))
    try? SystemRandom().fill(&span)
  }

  private let scheme: Scheme
  private let encoder: OpaquePointer
  private let decoder: OpaquePointer
  private var secret = [UInt8](repeating: 0x5A, count: 32)
  private var shares: [[UInt8]]

  init(_ scheme: Scheme) throws {
    _ = Self.useSystemRandom
    var numbers = (1...UInt8(scheme.shares)).map { $0 }
    guard
      let encoder = gfshare_ctx_init_enc(&numbers, UInt32(scheme.shares), UInt8(scheme.threshold), 32),
      let decoder = gfshare_ctx_init_dec(&numbers, UInt32(scheme.threshold), 32)
    else { throw Unusable("libgfshare gives no context") }
    self.scheme = scheme
    self.encoder = encoder
    self.decoder = decoder
    shares = [[UInt8]](repeating: [UInt8](repeating: 0, count: 32), count: scheme.shares)
    split()
    combine()
    guard secret == [UInt8](repeating: 0x5A, count: 32) else {
      throw Unusable("libgfshare does not give the secret back")
    }
  }

  deinit {
    gfshare_ctx_free(encoder)
    gfshare_ctx_free(decoder)
  }

  private func split() {
    gfshare_ctx_enc_setsecret(encoder, &secret)
    for index in shares.indices { gfshare_ctx_enc_getshare(encoder, UInt8(index), &shares[index]) }
  }

  private func combine() {
    for index in 0..<scheme.threshold { gfshare_ctx_dec_giveshare(decoder, UInt8(index), &shares[index]) }
    gfshare_ctx_dec_extract(decoder, &secret)
  }

  func contender(_ operation: Scheme.Operation) -> Contender {
    Contender("gfshare") { [self] repetitions in
      for _ in 0..<repetitions {
        switch operation {
        case .split: split()
        case .combine: combine()
        }
      }
    }
  }
}

/// Botan's RTSS.
private final class Botan {
  private let sharing: OpaquePointer
  private var secret = [UInt8](repeating: 0x5A, count: 32)

  init(_ scheme: Scheme) throws {
    guard let sharing = botan_sharing_create(UInt8(scheme.threshold), UInt8(scheme.shares)) else {
      throw Unusable("Botan has no generator")
    }
    self.sharing = sharing
    let split = botan_sharing_split(sharing, secret, 32)
    let combined = botan_sharing_combine(sharing, &secret, 32)
    guard split == 0, combined == 0, secret == [UInt8](repeating: 0x5A, count: 32) else {
      throw Unusable("Botan does not give the secret back")
    }
  }

  deinit { botan_sharing_destroy(sharing) }

  func contender(_ operation: Scheme.Operation) -> Contender {
    Contender("botan") { [self] repetitions in
      for _ in 0..<repetitions {
        switch operation {
        case .split: _ = botan_sharing_split(sharing, secret, 32)
        case .combine: _ = botan_sharing_combine(sharing, &secret, 32)
        }
      }
    }
  }
}
