import LibCrypto
import KeyEscrow
import SecretMemory

/// One line of keys: `{"conversation":"<64 hex>","epoch":<n>,"key":"<64 hex>"}`.
///
/// Exactly these members, each once, in any order, with spaces or tabs between the tokens. Hexadecimal digits are
/// lowercase, numbers are whole, from 0 to 2^64 - 1 and without leading zeros, and nothing is escaped. A key never
/// leaves the line's buffer but into the buffer it is wanted in; no branch depends on its digits.
enum KeyLine {
  /// Far more than any line needs.
  static let maximumByteCount = 4096

  /// Why a line is refused. It never quotes the line.
  struct Fault: Error, Equatable {
    let reason: String
  }

  private enum Member: String, CaseIterable {
    case conversation, epoch, key
  }

  /// Reads `line`, which has no line feed, and writes its 32 bytes of key to `key`.
  static func parse(
    _ line: Span<UInt8>, key: inout MutableSpan<UInt8>
  ) throws(Fault) -> RecordLocator {
    guard !line.isEmpty else { throw Fault(reason: "is empty; leave out blank lines") }
    guard line[line.count - 1] != UInt8(ascii: "\r") else {
      throw Fault(reason: "ends in CR LF; write lines that end in LF alone")
    }
    var offset = 0
    var conversation: ConversationID?
    var epoch: UInt64?
    var hasKey = false
    try take("{", line, &offset)
    repeat {
      let member = try name(line, &offset)
      try take(":", line, &offset)
      switch member {
      case .conversation:
        guard conversation == nil else { throw duplicate(member) }
        var bytes = [UInt8](repeating: 0, count: ConversationID.byteCount)
        var span = bytes.mutableSpan
        try digits(line, &offset, of: member, into: &span)
        conversation = ConversationID(bytes: bytes.span)
      case .epoch:
        guard epoch == nil else { throw duplicate(member) }
        epoch = try number(line, &offset)
      case .key:
        guard !hasKey else { throw duplicate(member) }
        try digits(line, &offset, of: member, into: &key)
        hasKey = true
      }
    } while takes(",", line, &offset)
    try take("}", line, &offset)
    skipSpace(line, &offset)
    guard offset == line.count else { throw Fault(reason: "goes on after its object, at byte \(offset + 1)") }
    guard let conversation else { throw missing(.conversation) }
    guard let epoch else { throw missing(.epoch) }
    guard hasKey else { throw missing(.key) }
    return RecordLocator(conversation: conversation, epoch: epoch)
  }

  private static func duplicate(_ member: Member) -> Fault {
    Fault(reason: "has the member \"\(member.rawValue)\" twice")
  }

  private static func missing(_ member: Member) -> Fault {
    Fault(reason: "has no member \"\(member.rawValue)\"")
  }

  private static func skipSpace(_ line: Span<UInt8>, _ offset: inout Int) {
    while offset < line.count, line[offset] == UInt8(ascii: " ") || line[offset] == UInt8(ascii: "\t") {
      offset += 1
    }
  }

  private static func takes(
    _ character: Unicode.Scalar, _ line: Span<UInt8>, _ offset: inout Int
  ) -> Bool {
    skipSpace(line, &offset)
    guard offset < line.count, UInt32(line[offset]) == character.value else { return false }
    offset += 1
    return true
  }

  private static func take(
    _ character: Unicode.Scalar, _ line: Span<UInt8>, _ offset: inout Int
  ) throws(Fault) {
    guard takes(character, line, &offset) else {
      throw Fault(reason: "needs \(character) at byte \(offset + 1)")
    }
  }

  private static func name(_ line: Span<UInt8>, _ offset: inout Int) throws(Fault) -> Member {
    try take("\"", line, &offset)
    let start = offset
    for member in Member.allCases {
      let bytes = Array("\(member.rawValue)\"".utf8)
      guard start + bytes.count <= line.count,
        bytes.indices.allSatisfy({ line[start + $0] == bytes[$0] })
      else { continue }
      offset = start + bytes.count
      return member
    }
    throw Fault(reason: "has a member other than conversation, epoch and key, at byte \(start)")
  }

  private static func number(_ line: Span<UInt8>, _ offset: inout Int) throws(Fault) -> UInt64 {
    skipSpace(line, &offset)
    let fault = Fault(reason: "needs a whole number from 0 to 2^64 - 1 for \"epoch\", at byte \(offset + 1)")
    let start = offset
    var value: UInt64 = 0
    while offset < line.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[offset]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(line[offset] - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw fault }
      value = sum
      offset += 1
    }
    guard offset > start, offset - start == 1 || line[start] != UInt8(ascii: "0") else { throw fault }
    // A fraction or an exponent makes it no whole number, whatever its value.
    if offset < line.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(line[offset]) {
      throw fault
    }
    return value
  }

  private static func digits(
    _ line: Span<UInt8>, _ offset: inout Int, of member: Member, into bytes: inout MutableSpan<UInt8>
  ) throws(Fault) {
    let fault = Fault(
      reason:
        "needs \(2 * bytes.count) lowercase hexadecimal digits for \"\(member.rawValue)\", at byte \(offset + 1)"
    )
    guard takes("\"", line, &offset), offset + 2 * bytes.count < line.count else { throw fault }
    var isValid: Int32 = -1
    for index in bytes.indices {
      let high = value(ofDigit: line[offset + 2 * index])
      let low = value(ofDigit: line[offset + 2 * index + 1])
      isValid &= high.isValid & low.isValid
      bytes[index] = UInt8(truncatingIfNeeded: high.value << 4 | low.value)
    }
    offset += 2 * bytes.count
    guard isValid == -1, line[offset] == UInt8(ascii: "\"") else {
      bytes.explicitlyErase()
      throw fault
    }
    offset += 1
  }

  // -1 for true and 0 for false: what a difference's sign bits spell.
  private static func value(ofDigit byte: UInt8) -> (value: Int32, isValid: Int32) {
    let digit = Int32(byte)
    let isDecimal = ((0x2F - digit) & (digit - 0x3A)) >> 8
    let isLetter = ((0x60 - digit) & (digit - 0x67)) >> 8
    return ((isDecimal & (digit - 0x30)) | (isLetter & (digit - 0x57)), isDecimal | isLetter)
  }

  /// The most bytes that `write` appends: a line with the largest epoch, and its line feed.
  static let writtenByteCount = 190

  /// Writes the line of a key, with its line feed, at `offset` of `buffer`; answers where it ends.
  static func write(
    _ locator: RecordLocator, key: Span<UInt8>, to buffer: inout MutableSpan<UInt8>, at offset: Int
  ) -> Int {
    var end = offset
    put(#"{"conversation":""#, in: &buffer, at: &end)
    put(locator.conversation.hex, in: &buffer, at: &end)
    put(#"","epoch":"#, in: &buffer, at: &end)
    put(String(locator.epoch), in: &buffer, at: &end)
    put(#","key":""#, in: &buffer, at: &end)
    for index in key.indices {
      buffer[end] = digit(of: key[index] >> 4)
      buffer[end + 1] = digit(of: key[index] & 15)
      end += 2
    }
    put("\"}\n", in: &buffer, at: &end)
    return end
  }

  private static func put(_ text: String, in buffer: inout MutableSpan<UInt8>, at end: inout Int) {
    for byte in text.utf8 {
      buffer[end] = byte
      end += 1
    }
  }

  private static func digit(of value: UInt8) -> UInt8 {
    let value = Int32(value)
    // Letters stand 39 places after where the digits would go on.
    return UInt8(truncatingIfNeeded: 0x30 + value + (((9 - value) >> 8) & 39))
  }
}
