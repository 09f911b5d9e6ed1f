import ArgumentParser

struct CeremonyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceremony",
    abstract: "Make a roster and its keys in front of a witness, with a record that proves it.",
    subcommands: [
      CeremonyPlanCommand.self, CeremonyRunCommand.self, CeremonyReceiveCommand.self,
      CeremonyTranscriptCommand.self,
    ])
}
