import Foundation
import LibCrypto

/// What this binary is.
enum Build {
  static let version = "0.1.0"

  /// SHA-256 of this program's file.
  static func digest() throws(Failure) -> Digest {
    guard let path = Bundle.main.executablePath else {
      throw .internalFailure("this program does not find its own file")
    }
    let file = try Descriptor.reading(path)
    do {
      var hash = try SHA256()
      try file.forEachPiece(name: path) { bytes throws(Failure) in
        do throws(CryptoError) { try hash.update(bytes) } catch { throw Failure(error) }
      }
      return try hash.finish()
    } catch { throw Failure(error, at: path) }
  }

  /// The answer to `--version`. `buildCommit` is written by the plugin NameCommit.
  static var text: String {
    "escrow \(version)\ncommit \(buildCommit)\n\(LibCryptoVersion.text)"
  }
}
