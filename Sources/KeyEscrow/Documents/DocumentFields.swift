import LibCrypto
import SecretSharing
import TransparencyLog

/// The members of one JSON object of a document, taken out one by one with their bounds.
///
/// `finish()` refuses what was not taken: an unknown member is a version this library does not know.
struct DocumentFields {
  let artifact: Artifact
  /// Where the object stands in the document, for messages: `roster.holders[1]`.
  let path: String
  private var members: [String: CanonicalJSON]

  init(_ value: CanonicalJSON, of artifact: Artifact, path: String) throws(EscrowError) {
    guard case .object(let members) = value else {
      throw .malformed(artifact, reason: "\(path) is not an object")
    }
    self.artifact = artifact
    self.path = path
    self.members = members
  }

  func fault(_ name: String, _ reason: String) -> EscrowError {
    .malformed(artifact, reason: "\(path).\(name) \(reason)")
  }

  func has(_ name: String) -> Bool {
    members[name] != nil
  }

  mutating func value(_ name: String) throws(EscrowError) -> CanonicalJSON {
    guard let value = members.removeValue(forKey: name) else { throw fault(name, "is missing") }
    return value
  }

  mutating func string(_ name: String) throws(EscrowError) -> String {
    guard case .string(let text) = try value(name) else { throw fault(name, "is not a string") }
    return text
  }

  /// Text that a person reads, at most `maximumByteCount` bytes of UTF-8.
  mutating func humanText(_ name: String, maximumByteCount: Int = 512) throws(EscrowError) -> String {
    let text = try string(name)
    if let reason = HumanText.fault(in: text, maximumByteCount: maximumByteCount) {
      throw fault(name, reason)
    }
    return text
  }

  mutating func optionalHumanText(_ name: String) throws(EscrowError) -> String? {
    has(name) ? try humanText(name) : nil
  }

  mutating func integer(_ name: String, _ range: ClosedRange<UInt64> = 0...UInt64.max) throws(EscrowError)
    -> UInt64
  {
    guard case .integer(let number) = try value(name) else { throw fault(name, "is not a whole number") }
    guard range.contains(number) else { throw fault(name, "is not in \(range)") }
    return number
  }

  mutating func optionalInteger(_ name: String, _ range: ClosedRange<UInt64>) throws(EscrowError) -> UInt64? {
    has(name) ? try integer(name, range) : nil
  }

  mutating func boolean(_ name: String) throws(EscrowError) -> Bool {
    guard case .boolean(let flag) = try value(name) else { throw fault(name, "is neither true nor false") }
    return flag
  }

  mutating func timestamp(_ name: String) throws(EscrowError) -> Timestamp {
    guard let time = Timestamp(try string(name)) else {
      throw fault(name, "is not a time like 2027-01-31T09:30:00Z")
    }
    return time
  }

  mutating func optionalTimestamp(_ name: String) throws(EscrowError) -> Timestamp? {
    has(name) ? try timestamp(name) : nil
  }

  mutating func digest(_ name: String) throws(EscrowError) -> Digest {
    guard let digest = Digest(hex: try string(name)) else {
      throw fault(name, "is not 64 lowercase hexadecimal digits")
    }
    return digest
  }

  mutating func optionalDigest(_ name: String) throws(EscrowError) -> Digest? {
    has(name) ? try digest(name) : nil
  }

  /// Exactly `count` bytes in lowercase hexadecimal.
  mutating func bytes(_ name: String, count: Int) throws(EscrowError) -> [UInt8] {
    guard let bytes = Hexadecimal.decode(try string(name)), bytes.count == count else {
      throw fault(name, "is not \(2 * count) lowercase hexadecimal digits")
    }
    return bytes
  }

  /// An entry's place in a log, below 2^63.
  mutating func entryIndex(_ name: String) throws(EscrowError) -> UInt64 {
    try integer(name, 0...MerkleTree.maximumSize - 1)
  }

  mutating func priority(_ name: String) throws(EscrowError) -> WarrantPriority {
    guard let priority = WarrantPriority(rawValue: try string(name)) else {
      throw fault(name, "is neither routine nor emergency")
    }
    return priority
  }

  mutating func ground(_ name: String) throws(EscrowError) -> RefusalGround {
    guard let ground = RefusalGround(rawValue: try string(name)) else { throw fault(name, "is not known") }
    return ground
  }

  mutating func holder(_ name: String) throws(EscrowError) -> HolderID {
    let text = try string(name)
    do { return try HolderID(parsing: text) } catch { throw fault(name, "is not a holder id") }
  }

  mutating func verifierKey(_ name: String) throws(EscrowError) -> NoteVerifierKey {
    let text = try string(name)
    do { return try NoteVerifierKey(vkey: text) } catch {
      // When libcrypto failed, that says nothing about the key.
      if case .crypto(let failure) = error { throw .crypto(failure) }
      throw fault(name, "is not a verifier key")
    }
  }

  mutating func sealingKey(_ name: String) throws(EscrowError) -> X25519PublicKey {
    let bytes = try bytes(name, count: 32)
    do {
      let key = try X25519PublicKey(bytes: bytes.span)
      if key.isCanonicalAndOfLargeOrder { return key }
    } catch {}
    throw fault(name, "is not an X25519 public key in its one encoding")
  }

  /// The elements of an array, or none when the member is absent.
  mutating func elements(_ name: String, maximumCount: Int) throws(EscrowError) -> [CanonicalJSON] {
    guard has(name) else { return [] }
    guard case .array(let elements) = try value(name) else { throw fault(name, "is not an array") }
    guard elements.count <= maximumCount else { throw fault(name, "has more than \(maximumCount) elements") }
    return elements
  }

  mutating func strings(_ name: String, maximumCount: Int) throws(EscrowError) -> [String] {
    var strings: [String] = []
    for element in try elements(name, maximumCount: maximumCount) {
      guard case .string(let text) = element else { throw fault(name, "holds something other than strings") }
      strings.append(text)
    }
    return strings
  }

  mutating func objects(_ name: String, maximumCount: Int) throws(EscrowError) -> [DocumentFields] {
    var objects: [DocumentFields] = []
    for (index, element) in try elements(name, maximumCount: maximumCount).enumerated() {
      objects.append(try DocumentFields(element, of: artifact, path: "\(path).\(name)[\(index)]"))
    }
    return objects
  }

  mutating func object(_ name: String) throws(EscrowError) -> DocumentFields {
    try DocumentFields(try value(name), of: artifact, path: "\(path).\(name)")
  }

  func finish() throws(EscrowError) {
    if let unknown = members.keys.min() { throw fault(unknown, "is not a member that this version knows") }
  }
}
