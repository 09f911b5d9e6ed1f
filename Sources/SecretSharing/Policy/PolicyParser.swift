/// Reads the policy grammar of `Spec/sharing.md` by recursive descent, at most `AccessPolicy.maximumDepth` deep.
struct PolicyParser {
  private let text: String.UTF8View
  private var index: String.UTF8View.Index
  private var position = 0
  private(set) var limits = PolicyLimits()

  init(_ text: String) throws(SharingError) {
    self.text = text.utf8
    index = text.utf8.startIndex
    let byteCount = text.utf8.count
    guard byteCount <= AccessPolicy.maximumTextByteCount else { throw .textTooLong(byteCount: byteCount) }
  }

  mutating func parse() throws(SharingError) -> AccessPolicy.Node {
    let root = try node(depth: 0)
    skipSpace()
    guard peek == nil else { throw .trailingText(position: position) }
    return root
  }

  private mutating func node(depth: Int) throws(SharingError) -> AccessPolicy.Node {
    skipSpace()
    let start = position
    let word = takeWord()
    guard !word.isEmpty else { throw .expected(.node, position: start) }
    switch Substring(word) {
    case "and", "or", "thresh":
      return try gate(Substring(word), start: start, depth: depth)
    default:
      let holder = try HolderID(word: word, position: start)
      try limits.admit(holder, position: start)
      return .holder(holder)
    }
  }

  private mutating func gate(
    _ name: Substring, start: Int, depth: Int
  ) throws(SharingError) -> AccessPolicy.Node {
    try limits.admitDepth(depth, position: start)
    try take("(", else: .openingParenthesis)
    skipSpace()
    let thresholdPosition = position
    var threshold = 0
    if name == "thresh" {
      threshold = try number()
      if takes(")") { throw .emptyGate(position: start) }
      try take(",", else: .comma)
    } else if takes(")") {
      throw .emptyGate(position: start)
    }
    var children: [AccessPolicy.Node] = []
    repeat { children.append(try node(depth: depth + 1)) } while takes(",")
    try take(")", else: .commaOrClosingParenthesis)
    if name != "thresh" { threshold = name == "and" ? children.count : 1 }
    try limits.admitGate(
      threshold: threshold, children: children.count, position: start, thresholdPosition: thresholdPosition)
    return .gate(threshold: threshold, children: children)
  }

  /// A decimal number, at most `largestNumber`: no gate has as many children, so larger ones need no other value.
  private mutating func number() throws(SharingError) -> Int {
    let largestNumber = 999_999
    let start = position
    var value = 0
    while let byte = peek, let digit = Self.digit(byte) {
      guard position == start || value > 0 else { throw .expected(.threshold, position: start) }
      value = min(value * 10 + digit, largestNumber)
      advance()
    }
    guard position > start else { throw .expected(.threshold, position: start) }
    return value
  }

  private static func digit(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
  }

  // MARK: Bytes

  private var peek: UInt8? { index < text.endIndex ? text[index] : nil }

  private mutating func advance() {
    index = text.index(after: index)
    position += 1
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { advance() }
  }

  /// Everything up to a space, a parenthesis, a comma or the end.
  private mutating func takeWord() -> Substring.UTF8View {
    let start = index
    while let byte = peek, byte > 0x20, !"(),".utf8.contains(byte) { advance() }
    return Substring(text[start..<index]).utf8
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard let byte = peek, UInt32(byte) == character.value else { return false }
    advance()
    return true
  }

  private mutating func take(_ character: Unicode.Scalar, else expected: ExpectedText) throws(SharingError) {
    guard takes(character) else { throw .expected(expected, position: position) }
  }
}
