/// What one check of a machine found.
struct Finding: Equatable, Sendable {
  /// How bad it is. The word is printed, so that no colour has to say it.
  enum State: String, Sendable {
    /// As it should be.
    case ok
    /// It works, and somebody should know.
    case warning
    /// Secrets or evidence are at risk: not to be used like this.
    case fault
  }

  /// What was looked at, such as `clock`.
  let subject: String
  let state: State
  /// What is so.
  let fact: String
  /// What to do; empty when there is nothing to do.
  let advice: String

  static func ok(_ subject: String, _ fact: String) -> Finding {
    Finding(subject: subject, state: .ok, fact: fact, advice: "")
  }

  static func warning(_ subject: String, _ fact: String, _ advice: String) -> Finding {
    Finding(subject: subject, state: .warning, fact: fact, advice: advice)
  }

  static func fault(_ subject: String, _ fact: String, _ advice: String) -> Finding {
    Finding(subject: subject, state: .fault, fact: fact, advice: advice)
  }
}
