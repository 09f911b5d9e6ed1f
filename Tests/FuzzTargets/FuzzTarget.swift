/// A decoder, or a whole flow, that is fed hostile bytes.
///
/// `run` stops the process when the bytes make it break its word; that it stops for no other reason is the first
/// thing that fuzzing shows.
package struct FuzzTarget: Sendable {
  /// What the fuzzer's command line calls it.
  package let name: String
  /// Whether the bytes are text: words of samples are then worth inserting.
  package let isText: Bool
  /// Feeds bytes, and answers whether they were accepted.
  package let run: @Sendable (_ bytes: [UInt8]) -> Bool
  /// Valid samples, which `run` accepts.
  package let samples: @Sendable () throws -> [[UInt8]]

  init(
    _ name: String, isText: Bool = false, samples: @escaping @Sendable () throws -> [[UInt8]],
    run: @escaping @Sendable (_ bytes: [UInt8]) -> Bool
  ) {
    self.name = name
    self.isText = isText
    self.run = run
    self.samples = samples
  }

  /// Every target.
  package static let all: [FuzzTarget] =
    documents + logs + ceremonies + [policy, keyLine, mnemonic, deposit, sessionState, extractChunk, flow]

  /// The target called `name`.
  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Stops the process unless `condition` holds.
func claim(_ condition: Bool, _ claim: String) {
  precondition(condition, "not so: \(claim)")
}
