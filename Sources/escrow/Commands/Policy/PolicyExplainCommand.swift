import ArgumentParser
import KeyEscrow
import SecretSharing

struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Who may open what under a policy, whom it needs, and whom it trusts.")

  private static let listed = 64

  @Argument(help: ArgumentHelp("The policy: and(judge, or(provider, agency)).", valueName: "POLICY"))
  var policy: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let policy = try AccessPolicy(parsing: policy)
    let refusal = Self.refusal(of: policy)
    try explain(policy, refusal: refusal).print(json: report.json)
    if let refusal { throw Failure.refused("no roster may have this policy: \(refusal.sentence)") }
  }

  private static func refusal(of policy: AccessPolicy) -> RosterRefusal? {
    do {
      try RosterRules.check(policy)
      return nil
    } catch { return error }
  }

  private func explain(_ policy: AccessPolicy, refusal: RosterRefusal?) -> Report {
    let sets = policy.minimalAuthorizedSets(limit: Self.listed)
    let count = policy.minimalAuthorizedSetCount
    let mandatory = policy.mandatoryHolders.map(\.description)
    let matrix = SharingMatrix(policy)
    var report = Report()
    report.add("policy", policy.description)
    report.add("holders", policy.holders.map(\.description))
    report.add("minimalAuthorizedSets", sets.map { Words.list($0) })
    report.add(
      "minimalAuthorizedSetCount",
      count == .max ? .text("at least \(Int.max)") : .number(UInt64(count)))
    report.add("mandatoryHolders", mandatory)
    report.add("mandatoryRoles", policy.mandatoryRoles.map(\.rawValue))
    // Warrant, log and caps bind honest holders only: this is the fewest who, all cheating, open what they hold.
    report.add("smallestCoalition", Words.list(policy.smallestAuthorizedSet))
    report.add("refusals", refusal.map { [$0.sentence] } ?? [])
    report.add("matrixRows", matrix.rows)
    report.add("matrixColumns", matrix.columns)
    return report
  }
}
