import Foundation
import KeyEscrow
import TransparencyLog

/// A file each of whose lines is an entry of a log.
struct EntryLines: ~Copyable {
  private let descriptor: Descriptor
  private let name: String
  private let spool: UnlinkedSpool?

  private init(_ descriptor: consuming Descriptor, name: String, spool: UnlinkedSpool?) {
    self.descriptor = descriptor
    self.name = name
    self.spool = spool
  }

  /// The lines of `path`, all of which have been looked at once.
  ///
  /// - Throws: 64 when it is absent, 3 for a line that is too long, 5 for an empty one, or when there is none.
  static func check(_ path: String) throws(Failure) -> EntryLines {
    let descriptor = try Descriptor.reading(path)
    // What comes through a pipe cannot be read twice: it is kept until all of it was looked at.
    let spool =
      descriptor.isRegularFile
      ? nil : try UnlinkedSpool(beside: "\(FileManager.default.temporaryDirectory.path)/spool")
    let lines = EntryLines(descriptor, name: DocumentFile.name(of: path), spool: spool)
    var splitter = LineSplitter(name: lines.name)
    try lines.descriptor.forEachPiece(name: lines.name) { (piece) throws(Failure) in
      try spool?.append(piece)
      try splitter.take(piece) { _ throws(Failure) in }
    }
    try splitter.finish { _ throws(Failure) in }
    guard splitter.count > 0 else { throw .verification("\(lines.name): holds no entry; give one a line") }
    return lines
  }

  /// The lines, in their order.
  borrowing func forEach(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var splitter = LineSplitter(name: name)
    let take = { (piece: Span<UInt8>) throws(Failure) in try splitter.take(piece, body) }
    if let spool {
      try spool.forEachPiece(take)
    } else {
      try descriptor.rewind(name: name)
      try descriptor.forEachPiece(name: name, take)
    }
    try splitter.finish(body)
  }
}

/// Cuts pieces of text into lines.
private struct LineSplitter {
  let name: String
  /// How many lines there were.
  private(set) var count: UInt64 = 0
  private var line: [UInt8] = []

  init(name: String) { self.name = name }

  mutating func take(_ piece: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    for index in piece.indices {
      let byte = piece[index]
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        guard line.count <= EntryBundle.maximumEntryByteCount else {
          throw .refused(
            "\(name): line \(count + 1) has more than \(EntryBundle.maximumEntryByteCount) bytes, and an entry has at most that"
          )
        }
        continue
      }
      try end(body)
    }
  }

  mutating func finish(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    if !line.isEmpty { try end(body) }
  }

  private mutating func end(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    count += 1
    guard !line.isEmpty else { throw .verification("\(name): line \(count) is empty; leave out blank lines") }
    try body(line.span)
    line.removeAll(keepingCapacity: true)
  }
}
