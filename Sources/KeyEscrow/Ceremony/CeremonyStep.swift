import SecretSharing

/// One step of a ceremony: one actor does one thing, and leaves one file.
public struct CeremonyStep: Hashable, Sendable {
  /// What is done. Steps of one kind need each other's results in nothing; steps of a later kind need them all.
  public enum Kind: String, Sendable, CaseIterable {
    /// Confirms the plan and makes the actor's keys.
    case keys
    /// Backs up a holder's keys among its officers.
    case backup
    /// Drafts the roster.
    case draft
    /// Signs the roster.
    case sign
    /// Verifies the roster that all signed.
    case verify
    /// Deposits a random test conversation.
    case deposit
    /// Drafts the test warrant.
    case warrant
    /// Signs the test warrant.
    case approve
    /// Answers the test warrant.
    case release
    /// Recovers through every authorised set, and fails through every other.
    case recover
    /// Notes exceptions and closes the record.
    case observe
  }

  /// From 1.
  public let number: Int
  /// What is done.
  public let kind: Kind
  /// Who does it.
  public let actor: CeremonyActor

  /// The name of its file, in which steps sort in order.
  public var fileName: String {
    let digits = String(number)
    let padding = String(repeating: "0", count: max(0, 3 - digits.count))
    return "\(padding)\(digits)-\(kind.rawValue)-\(actor.fileName).txt"
  }
}

extension CeremonyStep.Kind: Comparable {
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

  /// Earlier kinds come first.
  public static func < (left: CeremonyStep.Kind, right: CeremonyStep.Kind) -> Bool { left.rank < right.rank }
}

extension CeremonyPlan {
  /// The steps that this plan consists of. The same plan always gives the same.
  public var script: [CeremonyStep] {
    var steps: [CeremonyStep] = []
    for kind in CeremonyStep.Kind.allCases {
      for actor in actors(of: kind) {
        steps.append(CeremonyStep(number: steps.count + 1, kind: kind, actor: actor))
      }
    }
    return steps
  }

  private func actors(of kind: CeremonyStep.Kind) -> [CeremonyActor] {
    switch kind {
    case .keys: actors
    case .backup: holders.filter { $0.backup != nil }.map { .holder($0.id) }
    case .draft, .deposit: [.holder(lead)]
    case .sign, .release: holders.map { .holder($0.id) }
    case .approve: holders.filter { $0.id.role == .judge }.map { .holder($0.id) }
    case .warrant, .recover: [.holder(drillRecipient)]
    case .verify, .observe: [.witness]
    }
  }
}
