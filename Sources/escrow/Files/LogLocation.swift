import TransparencyLog

/// Where the parts of a log lie on this machine.
///
///     LOGDIR/                  the public files, for any static file server, and nothing else
///     LOGDIR.keys/             log.key and witness.key, their owner's alone, and the public halves log.vkey and
///                              witness.vkey
///     LOGDIR.witness/          the local witness's memory, and `policy`, which asks for its cosignature
///     LOGDIR.monitor           what `log monitor` saw last
struct LogLocation {
  /// LOGDIR, without a slash at its end.
  let path: String

  /// - Throws: 64 when `path` gives the directory no name of its own, to which another ending could be put.
  init(_ path: String) throws(Failure) {
    var name = Substring(path)
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    let last = name.split(separator: "/").last ?? ""
    guard !last.isEmpty, last != ".", last != ".." else {
      throw .usage("\(path): call the log's directory by its name; its keys lie beside it, in NAME.keys")
    }
    self.path = String(name)
  }

  var keysPath: String { "\(path).keys" }
  var keyPath: String { "\(keysPath)/log.key" }
  var verifierKeyPath: String { "\(keysPath)/log.vkey" }
  var witnessKeyPath: String { "\(keysPath)/witness.key" }
  var witnessVerifierKeyPath: String { "\(keysPath)/witness.vkey" }
  var witnessPath: String { "\(path).witness" }
  var policyPath: String { "\(witnessPath)/policy" }
  var monitorPath: String { "\(path).monitor" }

  /// The public files.
  var directory: LogDirectory { LogDirectory(path) }

  /// The last part of the path.
  var name: String { String(path.split(separator: "/").last ?? "log") }

  /// Whether the log has a witness on this machine.
  var hasWitness: Bool { Directory.holdsFile(witnessKeyPath) }
}
