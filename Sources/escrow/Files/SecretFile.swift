import LibCrypto
import SecretMemory

/// Secrets as they come in: straight into memory that is erased.
enum SecretFile {
  private static let maximumLineByteCount = 1024

  /// All bytes of the file at `path`, at most `maximumByteCount`.
  ///
  /// - Throws: 6, whatever is wrong: a key that cannot be read is a key that is not there.
  static func read(_ path: String, maximumByteCount: Int) throws(Failure) -> SecretBytes {
    let descriptor: Descriptor
    do throws(Failure) { descriptor = try Descriptor.reading(path) } catch {
      throw Failure(.keyUnavailable, error.sentence)
    }
    return try read(from: descriptor.number, name: path, maximumByteCount: maximumByteCount)
  }

  private static func read(
    from number: CInt, name: String, maximumByteCount: Int
  ) throws(Failure) -> SecretBytes {
    var buffer = try allocate(maximumByteCount + 1)
    var filled = 0
    while filled < buffer.count {
      let count = try buffer.withMutableBytes { bytes throws(Failure) in
        try bytes.withSlice(filled..<bytes.count) { rest throws(Failure) in
          do throws(Failure) { return try Descriptor.read(from: number, into: &rest, name: name) } catch {
            throw Failure(.keyUnavailable, error.sentence)
          }
        }
      }
      if count == 0 { return try prefix(of: buffer, filled) }
      filled += count
    }
    throw .keyUnavailable("\(name): is larger than \(maximumByteCount) bytes, and no key file is")
  }

  /// The passphrase in the file at `path`: its bytes without one line feed at their end.
  static func passphrase(path: String) throws(Failure) -> SecretBytes {
    let bytes = try read(path, maximumByteCount: maximumLineByteCount + 1)
    return try droppingNewline(bytes, name: path)
  }

  /// The passphrase that descriptor `number` gives until its end.
  static func passphrase(descriptor number: CInt) throws(Failure) -> SecretBytes {
    let name = "descriptor \(number)"
    return try droppingNewline(
      try read(from: number, name: name, maximumByteCount: maximumLineByteCount + 1), name: name)
  }

  /// One line of a terminal, byte by byte, since more must not be taken from it.
  static func line(from number: CInt, name: String) throws(Failure) -> SecretBytes {
    var buffer = try allocate(maximumLineByteCount)
    var filled = 0
    while filled < buffer.count {
      let goesOn = try buffer.withMutableBytes { bytes throws(Failure) in
        try bytes.withSlice(filled..<filled + 1) { byte throws(Failure) in
          try Descriptor.read(from: number, into: &byte, name: name) == 1 && byte[0] != UInt8(ascii: "\n")
        }
      }
      guard goesOn else { return try prefix(of: buffer, filled) }
      filled += 1
    }
    throw .keyUnavailable("\(name) is longer than \(maximumLineByteCount - 1) bytes")
  }

  private static func droppingNewline(
    _ bytes: consuming SecretBytes, name: String
  ) throws(Failure) -> SecretBytes {
    let count = bytes.withBytes { bytes in
      bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
    }
    guard count > 0 else { throw .keyUnavailable("\(name): holds no passphrase") }
    guard count <= maximumLineByteCount else {
      throw .keyUnavailable("\(name): a passphrase has at most \(maximumLineByteCount) bytes")
    }
    return try prefix(of: bytes, count)
  }

  private static func prefix(of bytes: borrowing SecretBytes, _ count: Int) throws(Failure) -> SecretBytes {
    do {
      return try bytes.withBytes { bytes throws(SecretMemoryError) in
        try SecretBytes.copying(bytes.extracting(0..<count))
      }
    } catch { throw Failure(error) }
  }

  /// `count` zero bytes for a secret.
  static func allocate(_ count: Int) throws(Failure) -> SecretBytes {
    do { return try SecretBytes.zeros(count) } catch { throw Failure(error) }
  }
}
