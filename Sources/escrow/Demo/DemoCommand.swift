import ArgumentParser

/// `escrow demo`: the whole story on real keys, with nothing else typed.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show the whole escrow at work, and nine attempts to cheat it.",
    discussion: """
      Three holders, one roster, real keys: deposit, checks, warrant, release, refusal and recovery, and then the \
      same without the judge, with a tampered share, after the warrant's end, outside its scope and with a swapped \
      recipient key, without a logged warrant, with a revoked one, and with a log that rewrote its history. Exits 1 unless every key comes back bit for bit and every attempt is refused for its own reason.
      """)

  @Option(
    help: "Show it at size instead: with this many random keys, up to 67108864, and rates for each stage.")
  var keys: Int?

  @Option(
    help: "Work in this new or empty folder, and leave every file there.", completion: .directory)
  var directory: String?

  @Flag(help: "Print one JSON object instead of the story.")
  var json = false

  func validate() throws {
    if let keys, !(1...DemoAtSize.maximumKeys).contains(keys) {
      throw ValidationError("--keys takes a number from 1 to \(DemoAtSize.maximumKeys)")
    }
  }

  func run() throws {
    let narrator = Narrator(isSilent: json)
    let directory = try DemoDirectory(keptAt: directory)
    defer { directory.removeUnlessKept() }
    do {
      if let keys {
        try DemoAtSize(count: keys, directory: directory, narrator: narrator).run()
      } else {
        try DemoStory(directory: directory, narrator: narrator).run()
      }
      try finish(narrator, failure: nil)
    } catch {
      let failure = Failure(error)
      try finish(narrator, failure: failure)
      throw Failure(.internalFailure, "the demonstration failed: \(failure.sentence ?? "unknown reason")")
    }
  }

  private func finish(_ narrator: Narrator, failure: Failure?) throws {
    guard json else { return }
    try narrator.report(failure: failure?.sentence).print(json: true)
  }
}
