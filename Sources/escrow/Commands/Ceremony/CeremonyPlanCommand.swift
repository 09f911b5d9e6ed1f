import ArgumentParser
import KeyEscrow
import LibCrypto
import Mnemonics
import SecretSharing

struct CeremonyPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check a ceremony's plan, and print the script that it leads to.",
    discussion: "Everybody who takes part reads the script and its warnings before the day.")

  private static let listed = 64

  @Argument(help: ArgumentHelp("The plan.", valueName: "ceremony.yaml"))
  var plan: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let (plan, _) = try PlanFile.read(plan)
    if report.json {
      try Report(plan, listed: Self.listed).print(json: true)
    } else {
      try Terminal.output(PlanText(plan, listed: Self.listed).text)
    }
  }
}

extension Report {
  /// A plan and what follows from it.
  fileprivate init(_ plan: CeremonyPlan, listed: Int) {
    add("plan", plan.digest.hex)
    add("words", PGPWords.words(of: plan.digest))
    add("title", plan.title)
    add("location", plan.location)
    add("test", plan.isTest)
    add("policy", plan.policy.description)
    add("participants", plan.actors.map { actor in Report(plan.participant(actor), actor: actor) })
    add(
      "steps",
      plan.script.map { step in
        var report = Report()
        report.add("number", step.number)
        report.add("kind", step.kind.rawValue)
        report.add("actor", step.actor.description)
        report.add("title", step.title)
        report.add("leaves", step.fileName)
        return report
      })
    let sets = plan.policy.minimalAuthorizedSets(limit: listed)
    add("minimalAuthorizedSets", sets.map { Words.list($0) })
    let count = plan.policy.minimalAuthorizedSetCount
    add("minimalAuthorizedSetCount", count == .max ? .text("at least \(Int.max)") : .number(UInt64(count)))
    add("warnings", plan.warnings.map(\.sentence))
  }

  private init(_ participant: CeremonyPlan.Participant, actor: CeremonyActor) {
    add("actor", actor.description)
    if let person = participant.person { add("person", person) }
    if let room = participant.room { add("room", room) }
  }
}
