import KeyEscrow

extension VerificationFailure {
  var sentence: String {
    switch self {
    case .signatureMissing(let artifact, let signer): "the \(artifact.rawValue) is not signed by \(signer)"
    case .badSignature(let artifact, let signer):
      "the signature of \(signer) is wrong: the \(artifact.rawValue) was altered after it was signed"
    case .confirmation(let holder): "the session is not opened by the sealing key of \(holder)"
    case .sessionHolders: "the session was not opened under this roster"
    case .depositDigest(let sequence): "deposit \(sequence) of its session is not the one that was signed"
    case .tag(let position): "record \(position) is not of the conversation and epoch it is filed under"
    case .commitment(let position): "record \(position) commits to another key"
    case .shareDigest(let holder, let position): "the share of \(holder) in record \(position) is wrong"
    case .sealedColumn(let holder): "the column sealed to \(holder) does not open"
    case .notDeposited(let conversation, let epoch):
      "conversation \(conversation) epoch \(epoch) is not deposited"
    case .storeColumns(let deposit):
      "the store's columns of deposit \(deposit) are not the ones that holders signed"
    case .publicDigest(let holder): "\(holder) signed another public digest than the deposit's columns have"
    case .brokenChain(let sequence): "deposit \(sequence) does not follow the one before it"
    case .secondDigest(let sequence): "there is a second deposit numbered \(sequence)"
    case .chunk(let artifact, let index):
      index < 0
        ? "the \(artifact.rawValue)'s table of chunks was altered"
        : "chunk \(index) of the \(artifact.rawValue) was altered"
    case .otherWarrant(let holder): "the answer of \(holder) is to another warrant, roster or recipient key"
    case .recipientKey: "this recipient key is not the one that the warrant names"
    case .releaseDoesNotOpen(let holder): "the release of \(holder) does not open with the recipient key"
    case .certificateUnfounded: "the certificate does not show what it claims"
    case .warrantEntry: "the proof is of another warrant's entry in the log"
    case .logIndex(let holder):
      "the answer of \(holder) names another entry of the log than the warrant's proof"
    }
  }
}
