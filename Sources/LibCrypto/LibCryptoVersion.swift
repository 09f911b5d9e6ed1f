import COpenSSL

/// Which libcrypto the process runs on, which need not be the one it was built with.
public enum LibCryptoVersion {
  /// For people, such as `OpenSSL 3.0.19 27 Jan 2026`.
  public static var text: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  /// For programs: `0xMNN00PP0` for version M.NN.PP.
  public static var number: UInt { OpenSSL_version_num() }
}
