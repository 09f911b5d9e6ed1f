import ArgumentParser

struct CeremonyTranscriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcript", abstract: "Read, verify and redact the record of a ceremony.",
    subcommands: [TranscriptShowCommand.self, TranscriptVerifyCommand.self, TranscriptRedactCommand.self])
}
