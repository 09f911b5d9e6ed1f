/// The `type` member of each document's text: what it is and the version of its rules.
///
/// A signature over one type of text can never pass for another, since every text names its type.
enum DocumentType: String {
  case roster = "key-escrow/v1 roster"
  case holderRecord = "key-escrow/v1 holder"
  case session = "key-escrow/v1 session"
  case head = "key-escrow/v1 head"
  case receipt = "key-escrow/v1 receipt"
  case intakeReceipt = "key-escrow/v1 intake"
  case warrant = "key-escrow/v1 warrant"
  case release = "key-escrow/v1 release"
  case refusal = "key-escrow/v1 refusal"
  case extract = "key-escrow/v1 extract"
  case certificate = "key-escrow/v1 certificate"
  case logEntry = "key-escrow/v1 entry"
  case logState = "key-escrow/v1 log-state"
  case ceremonyStep = "key-escrow/v1 ceremony step"
  case transcript = "key-escrow/v1 transcript"
  case drill = "key-escrow/v1 drill"

  var artifact: Artifact {
    switch self {
    case .roster: .roster
    case .holderRecord: .holderRecord
    case .session: .session
    case .head: .head
    case .receipt: .receipt
    case .intakeReceipt: .intakeReceipt
    case .warrant: .warrant
    case .release: .release
    case .refusal: .refusal
    case .extract: .extract
    case .certificate: .certificate
    case .logEntry: .logEntry
    case .logState: .logState
    case .ceremonyStep: .ceremonyStep
    case .transcript: .transcript
    case .drill: .drill
    }
  }

  /// The members of `text`, once it is canonical JSON of this type.
  func fields(of text: String) throws(EscrowError) -> DocumentFields {
    let value: CanonicalJSON
    do { value = try CanonicalJSONReader.read(text) } catch {
      throw .malformed(artifact, reason: "\(error.reason), at byte \(error.offset)")
    }
    var fields = try DocumentFields(value, of: artifact, path: artifact.rawValue)
    let type = try fields.string("type")
    guard type == rawValue else {
      throw .malformed(artifact, reason: "its type is \"\(type)\", not \"\(rawValue)\"")
    }
    return fields
  }

  /// The canonical text of this type with `members`.
  func text(_ members: [String: CanonicalJSON]) -> String {
    var members = members
    members["type"] = .string(rawValue)
    return CanonicalJSON.object(members).text
  }

  /// The type that `text` claims, read without checking anything else; nil when it claims none.
  static func claimed(by text: String) -> DocumentType? {
    guard case .object(let members)? = try? CanonicalJSONReader.read(text),
      case .string(let type)? = members["type"]
    else { return nil }
    return DocumentType(rawValue: type)
  }
}
