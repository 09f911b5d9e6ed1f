import ArgumentParser
import KeyEscrow

struct TranscriptRedactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact", abstract: "Take texts out of a transcript; it still verifies.",
    discussion: """
      Fields are person, location, plan and exception. Whoever has the transcript before can show them again; nobody \
      can guess them. Take out plan as well when the plan names persons: its digest would let them be guessed.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What to take out; repeat.", valueName: "person|location|plan|exception"))
  var field: [String] = []

  @Option(help: ArgumentHelp("In this step only.", valueName: "N"))
  var step: Int?

  @Argument(help: ArgumentHelp("The transcript.", valueName: "T"))
  var transcript: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The transcript without them.", valueName: "T2"))
  var output: String

  func validate() throws {
    guard !field.isEmpty else { throw ValidationError("Name a --field to take out.") }
    for name in field where !["person", "location", "plan", "exception"].contains(name) {
      throw ValidationError("--field is person, location, plan or exception.")
    }
  }

  func run() throws {
    if output != "-" { try OutputFile.requireAbsent(output) }
    let read = try TranscriptFile.read(transcript)
    let redacted = read.redacted { number, name in
      (step == nil || step == number) && field.contains { name == $0 || name.hasPrefix("\($0).") }
    }
    let count = read.disclosed.count - redacted.disclosed.count
    guard count > 0 else {
      throw Failure.usage("\(DocumentFile.name(of: transcript)): holds nothing of this to take out")
    }
    try DocumentFile.write(redacted.bytes, to: output)
    Terminal.note("took out \(count) texts; keep the whole transcript where it belongs")
  }
}
