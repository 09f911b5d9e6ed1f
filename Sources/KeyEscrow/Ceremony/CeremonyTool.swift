public import LibCrypto

/// The program that did a step: what it says of itself, and the digest of its file.
public struct CeremonyTool: Hashable, Sendable {
  /// The tool's version.
  public let version: String
  /// The commit it was built from.
  public let commit: String
  /// SHA-256 of its executable.
  public let digest: Digest
  /// The libcrypto it ran on.
  public let libcrypto: String

  /// A tool that says this of itself.
  public init(version: String, commit: String, digest: Digest, libcrypto: String) {
    self.version = version
    self.commit = commit
    self.digest = digest
    self.libcrypto = libcrypto
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    version = try fields.humanText("version")
    commit = try fields.humanText("commit")
    digest = try fields.digest("digest")
    libcrypto = try fields.humanText("libcrypto")
  }

  var members: [String: CanonicalJSON] {
    [
      "version": .string(version), "commit": .string(commit), "digest": .string(digest.hex),
      "libcrypto": .string(libcrypto),
    ]
  }
}
