import KeyEscrow

/// Transcripts on disk.
enum TranscriptFile {
  static let maximumByteCount = 8_000_000

  /// The transcript at `path` as it was read.
  static func read(_ path: String) throws(Failure) -> UnverifiedTranscript {
    let bytes = try DocumentFile.read(path, maximumByteCount: maximumByteCount)
    return try locating(DocumentFile.name(of: path)) { try UnverifiedTranscript(parsing: bytes) }
  }
}

extension Transcript {
  /// What follows from the transcript alone.
  var proves: [String] {
    var sentences = [
      "whoever holds these keys signed each step in this order, after the steps before it, and the whole",
      "all \(holders.count) holders signed the roster \(roster)",
    ]
    if let signedRoster { sentences.append("the roster's policy is \(signedRoster.policy)") }
    if let drill {
      sentences.append(
        "the recipient reports that \(drill.recovered.count) authorised sets recovered \(drill.keys) test keys and"
          + " that \(drill.refused.count) others recovered none"
          + (drill.isComplete ? ": all sets of the policy" : ": not all sets of the policy")
          + (drill.roster == roster ? "" : ", under the roster's twin for tests, which names no log"))
    }
    let answered = statements.count { $0.confirmation == .answered }
    if answered > 0 { sentences.append("an answers file confirmed \(answered) steps: nobody typed there") }
    if isRehearsal { sentences.append("it was a rehearsal, and its keys serve for nothing") }
    return sentences
  }

  /// Which texts were taken out, and of which steps: `person: steps 1 to 9, 11`.
  var redactedInWords: [String] {
    let steps = Dictionary(grouping: redacted, by: \.name).mapValues { $0.map(\.step).sorted() }
    return steps.sorted { $0.key < $1.key }.map { name, steps in
      var ranges: [ClosedRange<Int>] = []
      for step in steps {
        if let last = ranges.last, last.upperBound + 1 == step {
          ranges[ranges.count - 1] = last.lowerBound...step
        } else {
          ranges.append(step...step)
        }
      }
      let list = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
      return "\(name): \(steps.count == 1 ? "step" : "steps") \(list.joined(separator: ", "))"
    }
  }

  /// What nobody can learn from it.
  var doesNotProve: [String] {
    [
      "whose hands the keys were in: compare the words above with those that were read aloud",
      "that the times are right: each is by the clock of one machine",
      "that no copy of a private key was made",
    ]
  }
}
