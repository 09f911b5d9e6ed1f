import Mnemonics
import SecretMemory

/// Mnemonics as they come in: one a line, or on a sheet that `backup split` made.
enum MnemonicInput {
  private static let maximumByteCount = 1_000_000
  private static let sheetStart = Array("<!doctype html>".utf8)

  /// The mnemonics in the file at `path`; `-` is standard input.
  ///
  /// At a terminal each line is checked as it is typed, and reading ends with an empty line, or once enough are here.
  ///
  /// - Throws: 64 for a file that is absent, 5 for anything that is no mnemonic.
  static func read(_ path: String) throws(Failure) -> [MnemonicShare] {
    if path == "-", Terminal.isTerminal(Terminal.standardInput) { return try ask() }
    let name = DocumentFile.name(of: path)
    let (text, count) = try bytes(path, name: name)
    let found = try text.bytes.withBytes { text throws(Failure) in
      let text = text.extracting(0..<count)
      return isSheet(text) ? [try share(onSheet: text, name: name)] : try shares(inLines: text, name: name)
    }
    guard !found.isEmpty else { throw .verification("\(name): holds no mnemonic; give one a line") }
    return found
  }

  private static func shares(inLines text: Span<UInt8>, name: String) throws(Failure) -> [MnemonicShare] {
    var shares: [MnemonicShare] = []
    var start = 0
    var line = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      line += 1
      let words = text.extracting(start..<end)
      if !isBlank(words) { shares.append(try share(words, name: "\(name): line \(line)")) }
      start = end + 1
    }
    return shares
  }

  private static func share(_ words: Span<UInt8>, name: String) throws(Failure) -> MnemonicShare {
    do { return try MnemonicShare(parsing: words) } catch { throw Failure(error, at: name) }
  }

  // MARK: Sheets

  private static func isSheet(_ text: Span<UInt8>) -> Bool { holds(sheetStart, at: 0, in: text) }

  // The words are the items of the sheet's only list.
  private static func share(onSheet text: Span<UInt8>, name: String) throws(Failure) -> MnemonicShare {
    let (open, close) = (Array("<li>".utf8), Array("</li>".utf8))
    var words = try SecretFile.allocate(text.count)
    var end = 0
    var offset = 0
    var isInWord = false
    while offset < text.count {
      if holds(open, at: offset, in: text) {
        isInWord = true
        offset += open.count
      } else if holds(close, at: offset, in: text) {
        isInWord = false
        offset += close.count
        words.withMutableBytes { $0[end] = UInt8(ascii: " ") }
        end += 1
      } else {
        if isInWord {
          words.withMutableBytes { $0[end] = text[offset] }
          end += 1
        }
        offset += 1
      }
    }
    let count = end
    return try words.withBytes { words throws(Failure) in
      try share(words.extracting(0..<count), name: name)
    }
  }

  private static func holds(_ tag: [UInt8], at offset: Int, in text: Span<UInt8>) -> Bool {
    guard text.count - offset >= tag.count else { return false }
    for index in tag.indices where text[offset + index] != tag[index] { return false }
    return true
  }

  private static func isBlank(_ line: Span<UInt8>) -> Bool {
    for index in line.indices where line[index] != UInt8(ascii: " ") && line[index] != UInt8(ascii: "\r") {
      return false
    }
    return true
  }

  // MARK: Reading

  private final class Text {
    var bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  private static func bytes(_ path: String, name: String) throws(Failure) -> (Text, Int) {
    let input = try Descriptor.reading(path)
    let text = Text(try SecretFile.allocate(maximumByteCount + 1))
    var filled = 0
    while filled <= maximumByteCount {
      let count = try text.bytes.withMutableBytes { bytes throws(Failure) in
        try bytes.withSlice(filled..<bytes.count) { rest throws(Failure) in
          try input.read(into: &rest, name: name)
        }
      }
      if count == 0 { return (text, filled) }
      filled += count
    }
    throw .verification("\(name): is larger than \(maximumByteCount) bytes, and no set of mnemonics is")
  }

  // MARK: Asking

  private static func ask() throws(Failure) -> [MnemonicShare] {
    Terminal.say("Type one mnemonic a line. An empty line ends.")
    var shares: [MnemonicShare] = []
    while true {
      let line = try SecretFile.line(from: Terminal.standardInput, name: "the mnemonic")
      let isEnd = line.withBytes { isBlank($0) }
      if isEnd {
        guard !shares.isEmpty else {
          throw .verification("standard input: holds no mnemonic; give one a line")
        }
        return shares
      }
      do {
        let share = try line.withBytes { words throws(MnemonicError) in try MnemonicShare(parsing: words) }
        let set = try MnemonicSet(shares + [share])
        shares.append(share)
        Terminal.say(progress(of: set, with: share))
        if set.isComplete { return shares }
      } catch {
        // A slip of the finger costs one line and not all of them.
        Terminal.say("not taken: \(error.sentence); try again")
      }
    }
  }

  private static func progress(of set: MnemonicSet, with share: MnemonicShare) -> String {
    let header = share.header
    let complete = set.groups.filter(\.isComplete).count
    let present = set.groups.first { $0.index == header.groupIndex }?.members.count ?? 0
    return
      "taken: share \(header.memberIndex + 1) of group \(header.groupIndex + 1); here are \(present) of the"
      + " \(header.memberThreshold) that it needs, and \(complete) of \(header.groupThreshold) groups are complete"
  }
}
