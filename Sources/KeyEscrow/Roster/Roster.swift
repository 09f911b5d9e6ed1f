public import LibCrypto
public import SecretSharing
import TransparencyLog

/// A roster as it was read: to be shown and signed, not relied upon.
public struct UnverifiedRoster: Sendable {
  /// What it says.
  public let body: RosterBody
  private var signed: SignedText

  /// Reads a roster file, or a draft that nobody has signed yet.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.roster, parsingDraft: bytes)
    body = try RosterBody(parsing: signed.text)
  }

  /// A draft, which every holder now signs.
  public init(_ body: RosterBody) throws(EscrowError) {
    self.body = body
    signed = try SignedText(.roster, text: body.text)
  }

  /// The roster's id: SHA-256 of its text.
  public var id: Digest { signed.digest }
  /// The canonical text that is signed.
  public var text: String { signed.text }
  /// The file: text and signature lines.
  public var bytes: [UInt8] { signed.bytes }

  /// Adds the signature of `holder`, who must be on the roster with that key, or on `previous`, the roster that this
  /// one succeeds and whose holders approve it.
  public mutating func sign(with holder: borrowing Holder, succeeding previous: Roster? = nil)
    throws(EscrowError)
  {
    let id = holder.id
    let key = holder.verifierKey
    let isHolder = body.holders.contains { $0.id == id && $0.verifierKey == key }
    let approves = previous.map { $0.id == body.previous && $0.holder(id)?.verifierKey == key } ?? false
    guard isHolder || approves else { throw .rosterRefused(.holderNotInPolicy(id)) }
    try signed.sign(with: holder.signingKey, name: id.description)
  }

  /// The holders whose valid signatures the roster carries.
  public func signers() throws(EscrowError) -> [HolderID] {
    let keys = try signed.signers(among: body.holders.map(\.verifierKey))
    return body.holders.filter { keys.contains($0.verifierKey) }.map(\.id)
  }

  /// The roster, if every holder signed it and, from generation 2 on, if it follows `previous`: generation, link
  /// and genesis, and the signatures of holders of `previous` who satisfy the policy of `previous`.
  public func verified(succeeding previous: Roster? = nil) throws(EscrowError) -> Roster {
    let signers = try signed.signers(among: body.holders.map(\.verifierKey))
    for holder in body.holders where !signers.contains(holder.verifierKey) {
      throw .failedVerification(.signatureMissing(.roster, signer: holder.id.description))
    }
    guard body.generation > 1 else {
      guard previous == nil else {
        throw .rosterRefused(.notSuccessor(reason: "it is a first generation and follows nothing"))
      }
      return Roster(body: body, signed: signed, ancestors: [])
    }
    guard let previous else {
      throw .rosterRefused(.notSuccessor(reason: "generation \(body.generation) needs its predecessor"))
    }
    guard body.previous == previous.id, body.genesis == previous.genesis,
      body.generation == previous.body.generation + 1, body.isTest == previous.body.isTest
    else { throw .rosterRefused(.notSuccessor(reason: "it does not name this predecessor")) }
    let approving = try signed.signers(among: previous.body.holders.map(\.verifierKey))
    let approvers = previous.body.holders.filter { approving.contains($0.verifierKey) }.map(\.id)
    guard previous.policy.isSatisfied(by: Set(approvers)) else {
      throw .rosterRefused(.notSuccessor(reason: "its predecessor's holders have not approved it"))
    }
    return Roster(body: body, signed: signed, ancestors: previous.ancestors + [previous])
  }
}

/// A roster that every holder signed. Only `UnverifiedRoster.verified` makes one.
public struct Roster: Sendable {
  /// What it says.
  public let body: RosterBody
  /// SHA-256 of its text.
  public let id: Digest
  /// Its access policy as a matrix: one row per holder.
  public let matrix: SharingMatrix
  /// The rosters before it, oldest first, verified one by another. Deposits made under them stay answerable.
  public let ancestors: [Roster]

  fileprivate init(body: RosterBody, signed: SignedText, ancestors: [Roster]) {
    self.body = body
    id = signed.digest
    self.ancestors = ancestors
    matrix = SharingMatrix(body.policy)
  }

  /// The access policy.
  public var policy: AccessPolicy { body.policy }
  /// The holders, in the order of the policy's leaves and of the matrix's rows.
  public var holders: [HolderRecord] { body.holders }
  /// The id of generation 1.
  public var genesis: Digest { body.genesis ?? id }

  /// The holder of this id, if it is on the roster.
  public func holder(_ id: HolderID) -> HolderRecord? {
    holders.first { $0.id == id }
  }

  /// The row of `id` in the sharing matrix, counted from 0.
  func row(of id: HolderID) -> Int? {
    holders.firstIndex { $0.id == id }
  }

  /// This roster or the ancestor whose id is `id`.
  public func generation(withID id: Digest) -> Roster? {
    id == self.id ? self : ancestors.last { $0.id == id }
  }

  var judgeKeys: [NoteVerifierKey] {
    holders.filter { $0.id.role == .judge }.map(\.verifierKey)
  }
}
