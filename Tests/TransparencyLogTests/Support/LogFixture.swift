import LibCrypto
import Testing
import TransparencyLog

/// A log in a directory of its own, with a key that is made anew from the same seed whenever it is needed.
struct LogFixture {
  let directory: TemporaryDirectory
  let origin = "log.example/test"

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The path of the log; its parent is the fixture's.
  var path: String { directory.path + "/log" }

  var source: LogDirectory { LogDirectory(path) }

  func signer() throws -> NoteSigner {
    let seed = [UInt8](repeating: 7, count: 32)
    let key = try Ed25519PrivateKey.fromSeed(seed.span)
    return try NoteSigner(name: origin, key: key)
  }

  func identity() throws -> LogIdentity {
    let signer = try signer()
    return LogIdentity(origin: origin, key: signer.verifierKey)
  }

  func create() throws -> TiledLog { try TiledLog.create(at: path, origin: origin, signer: signer()) }

  func open() throws -> TiledLog { try TiledLog.open(at: path, signer: signer(), waiting: false) }

  /// Appends entries of these numbers, as `ReferenceTree` has them, and publishes them.
  func append(_ numbers: Range<Int>, to log: inout TiledLog) throws {
    for number in numbers {
      let entry = Self.entry(number)
      try log.append(entry.span)
    }
    try log.publish()
  }

  /// A closed log of `size` entries, published at once.
  @discardableResult
  func make(size: Int) throws -> VerifiedCheckpoint {
    var log = try create()
    try append(0..<size, to: &log)
    return log.checkpoint
  }

  /// What the log publishes, checked.
  func published() throws -> VerifiedCheckpoint { try source.checkpoint().verifiedCheckpoint(of: identity()) }

  func reader() throws -> LogReader<LogDirectory> { LogReader(try published(), source: source) }

  static func entry(_ number: Int) -> [UInt8] { Array("entry \(number)".utf8) }
}

/// A source that counts what is read from another one.
final class CountingSource: TileSource {
  private let source: LogDirectory
  private(set) var paths: [String] = []

  init(_ source: LogDirectory) {
    self.source = source
  }

  func read(_ path: String, limit: Int) throws(LogError) -> [UInt8]? {
    let bytes = try source.read(path, limit: limit)
    if bytes != nil { paths.append(path) }
    return bytes
  }
}
