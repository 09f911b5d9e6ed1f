import ArgumentParser
import KeyEscrow
import LibCrypto

struct RosterEntryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entry",
    abstract: "Write the log's entry of a signed roster.",
    discussion: "Nobody signs it: whoever has the roster compares its id. `log append` logs it.")

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The entry.", valueName: "F"))
  var output: String

  @Argument(help: ArgumentHelp("The roster.", valueName: "R"))
  var roster: String

  @Option(
    help: ArgumentHelp("A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  @Option(help: ArgumentHelp("The transcript of the ceremony that made the roster.", valueName: "T"))
  var transcript: String?

  func run() throws {
    let verified = try RosterFile.load(roster, after: previousRoster)
    var digest: Digest?
    if let transcript {
      let name = DocumentFile.name(of: transcript)
      let record = try locating(name) { try TranscriptFile.read(transcript).verified() }
      guard record.roster == verified.id, !record.isRehearsal else {
        throw Failure.verification("\(name): is not the record of how \(roster) was made")
      }
      digest = record.digest
    }
    let entry = try locating(DocumentFile.name(of: roster)) {
      try UnverifiedLogEntry(RosterEntry(verified, transcript: digest))
    }
    try DocumentFile.write(entry.bytes, to: output)
  }
}
