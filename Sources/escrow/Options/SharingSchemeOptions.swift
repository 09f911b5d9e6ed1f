import ArgumentParser
import Mnemonics

/// Into which groups a backup is split.
struct SharingSchemeOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The groups: 2of3 for one group of three officers, any two of whom suffice; several for two levels.",
      valueName: "MofN"))
  var groups: [String]

  @Option(help: ArgumentHelp("How many of the groups are needed, when there are several.", valueName: "N"))
  var threshold: Int?

  /// The scheme.
  func scheme() throws(Failure) -> SharingScheme {
    do {
      var made: [SharingScheme.Group] = []
      for text in groups.flatMap({ $0.split(separator: ",") }) { made.append(try Self.group(String(text))) }
      guard made.count == 1 || threshold != nil else {
        throw Failure.usage("with \(made.count) groups say how many of them are needed: --threshold N")
      }
      return try SharingScheme(groupThreshold: threshold ?? 1, groups: made)
    } catch { throw Failure(error) }
  }

  private static func group(_ text: String) throws -> SharingScheme.Group {
    let parts = text.split(separator: "of", omittingEmptySubsequences: false)
    guard parts.count == 2, let threshold = Int(parts[0]), let count = Int(parts[1]) else {
      throw Failure.usage("--groups: write a group like 2of3, and not \(text)")
    }
    return try SharingScheme.Group(threshold: threshold, count: count)
  }
}
