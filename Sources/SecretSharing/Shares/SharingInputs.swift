import LibCrypto
import SecretMemory

extension SecretBytes {
  /// `columns * length` zero bytes.
  static func zeroed(columns: Int, length: Int) throws(SharingError) -> SecretBytes {
    let (count, overflowed) = columns.multipliedReportingOverflow(by: length)
    do throws(SecretMemoryError) {
      return try SecretBytes.zeros(overflowed ? .max : count)
    } catch {
      throw .secretMemory(error)
    }
  }

  /// What a deal multiplies the matrix with: the secret's column, and random columns of the same length.
  ///
  /// Every byte of a coefficient is drawn from all 256 values. A top coefficient that may not be zero, or a value
  /// that is drawn again, would tell holders what the secret is not.
  static func inputs(
    secret: borrowing SecretBytes, columns: Int, random: some RandomSource
  ) throws(SharingError) -> SecretBytes {
    let length = secret.count
    guard length > 0 else { throw .emptySecret }
    var inputs = try zeroed(columns: columns, length: length)
    let failure = inputs.withMutableBytes { target -> CryptoError? in
      secret.withBytes { secret in
        for index in secret.indices { target[index] = secret[index] }
      }
      do throws(CryptoError) {
        try target.withSlice(length..<target.count) { (coefficients) throws(CryptoError) in
          try random.fill(&coefficients)
        }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw .crypto(failure) }
    return inputs
  }
}
