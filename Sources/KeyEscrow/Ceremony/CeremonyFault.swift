/// What is wrong with a ceremony's records, and where. Steps are named by their number, from 1.
public enum CeremonyFault: Error, Hashable, Sendable {
  /// After step `after` comes step `found`: one is missing, was added, or they changed places.
  case sequence(after: Int, found: Int)
  /// The statement of this step is not by its actor: it was altered, or somebody else signed it.
  case statement(step: Int, actor: String)
  /// The statement names other steps before it than stand there.
  case follows(step: Int)
  /// The chain does not go on from the step before: this step was altered, or the one before was exchanged.
  case chain(step: Int)
  /// Nobody of this name brought a key.
  case unknownActor(step: Int, actor: String)
  /// The step does not belong there, or does not fit the others.
  case misplaced(step: Int, reason: String)
  /// The record ends before the ceremony did.
  case incomplete(reason: String)
  /// An attachment is not the one that was signed; without a name, one is missing or there are too many.
  case attachment(step: Int, name: String)
  /// An opening is not the text that was committed to.
  case opening(step: Int, name: String)
  /// Two steps disagree about something.
  case contradiction(step: Int, about: String)
}
