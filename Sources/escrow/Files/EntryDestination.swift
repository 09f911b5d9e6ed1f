import KeyEscrow
import TransparencyLog

/// A warrant with its proof, as commands about its entry take it.
enum LoggedWarrantFile {
  /// The verified warrant and what proves its entry.
  ///
  /// - Throws: 3 when there is no proof, 5 when something does not verify; 64 under a roster without a log.
  static func load(
    _ options: WarrantOptions, _ proof: WarrantProofOptions
  ) throws(Failure) -> (logged: LoggedWarrant, warrant: UnverifiedWarrant) {
    try load(options.warrant, roster: try options.roster.load(), proof)
  }

  static func load(
    _ path: String, roster: Roster, _ options: WarrantProofOptions
  ) throws(Failure) -> (logged: LoggedWarrant, warrant: UnverifiedWarrant) {
    let name = DocumentFile.name(of: path)
    let read = try WarrantFile.read(path)
    guard let proof = try options.load(beside: path, roster: roster) else {
      throw .usage("\(name): the roster names no transparency log, so no entry is the warrant's")
    }
    let warrant = try WarrantFile.verifyForRecovery(read, name: name, roster: roster)
    return (try locating(options.path(beside: path) ?? name) { try proof.verified(for: warrant) }, read)
  }
}

/// Where an entry goes: into a log on this machine, or into a file for the log's operator.
struct EntryDestination {
  let log: String?
  let key: String?
  let output: String?
  /// The log that the roster names.
  let identity: LogIdentity

  /// Puts the entry there, and says so.
  func put(_ entry: UnverifiedLogEntry, report: inout Report, json: Bool) throws(Failure) {
    guard let log else {
      let output = output ?? "-"
      try DocumentFile.write(entry.bytes, to: output)
      return try report.print(
        json: json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
    }
    let local = try LocalLog(log)
    // Before anything is appended: that it is the log that the roster names.
    _ = try local.published(of: identity)
    let publication = try local.append(entry.bytes, key: key)
    report.add("log", local.location.path)
    report.add("entry", publication.indices.lowerBound)
    report.add("size", publication.checkpoint.checkpoint.size)
    if let time = publication.cosigned { report.add("cosigned", seconds: time) }
    try report.print(json: json)
  }
}
