import KeyEscrow
import SecretSharing

/// Rosters on disk.
enum RosterFile {
  /// The roster at `path` as it was read.
  static func read(_ path: String) throws(Failure) -> UnverifiedRoster {
    let bytes = try DocumentFile.read(path)
    return try parse(bytes, name: DocumentFile.name(of: path))
  }

  static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> UnverifiedRoster {
    do { return try UnverifiedRoster(parsing: bytes.span) } catch {
      // `roster new` writes no roster that breaks a rule: somebody altered this one.
      if case .rosterRefused(let refusal) = error { throw .verification("\(name): \(refusal.sentence)") }
      throw Failure(error, at: name)
    }
  }

  /// The roster at `path`, verified, after its predecessors, oldest first, verified one by another.
  static func load(_ path: String, after predecessors: [String]) throws(Failure) -> Roster {
    var last: Roster?
    for predecessor in predecessors {
      last = try verify(try read(predecessor), name: DocumentFile.name(of: predecessor), after: last)
    }
    let roster = try verify(try read(path), name: DocumentFile.name(of: path), after: last)
    Terminal.remember(roster.body)
    return roster
  }

  /// The roster, once every holder's signature is found and, from generation 2 on, its predecessors' approval.
  static func verify(
    _ roster: UnverifiedRoster, name: String, after previous: Roster?
  ) throws(Failure) -> Roster {
    let generation = roster.body.generation
    if generation > 1, previous == nil {
      throw .usage(
        "\(name): is generation \(generation); give its predecessors, oldest first, with --previous-roster")
    }
    if generation == 1, previous != nil {
      throw .usage("\(name): is generation 1 and has no predecessor; leave out --previous-roster")
    }
    do {
      let signers = try roster.signers()
      let missing = roster.body.holders.map(\.id).filter { !signers.contains($0) }
      guard missing.isEmpty else {
        throw Failure.verification(
          "\(name): the roster is not signed by \(Words.list(missing)); they run `roster sign`")
      }
      return try roster.verified(succeeding: previous)
    } catch { throw Failure(error, at: name) }
  }
}
