public import LibCrypto

/// The digest of something that a step took or gave, under the name that its kind fixes: `roster`, `deposit`.
public struct NamedDigest: Hashable, Sendable {
  /// What it is.
  public let name: String
  /// Its digest: of a document, that of its text.
  public let digest: Digest

  /// The digest of what is called `name`.
  public init(name: String, digest: Digest) {
    self.name = name
    self.digest = digest
  }

  /// Reads an array of them, in rising order of their names, each name once.
  static func list(_ name: String, in fields: inout DocumentFields) throws(EscrowError) -> [NamedDigest] {
    var list: [NamedDigest] = []
    for var nested in try fields.objects(name, maximumCount: 64) {
      let entry = NamedDigest(name: try nested.string("name"), digest: try nested.digest("digest"))
      try nested.finish()
      guard CeremonyOpening.isName(entry.name) else { throw fields.fault(name, "holds a wrong name") }
      if let last = list.last, !last.name.utf8.lexicographicallyPrecedes(entry.name.utf8) {
        throw fields.fault(name, "are not in rising order")
      }
      list.append(entry)
    }
    return list
  }

  var member: CanonicalJSON { .object(["name": .string(name), "digest": .string(digest.hex)]) }
}
