import ArgumentParser
import KeyEscrow

struct CeremonyReceiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive",
    abstract: "Take in what another room showed as QR codes.",
    discussion: """
      Reads the content of the codes, one a line and in any order, as `zbarcam --raw` and `zbarimg --raw -q` print it, \
      and puts every file that is whole into D/exchange; `ceremony run` then verifies it. Exit code 4 says which codes \
      are missing: scan them, and give all lines again.
      """)

  @Option(help: ArgumentHelp("Where this machine keeps its part; made when it is not there.", valueName: "D"))
  var directory: String

  @Argument(help: ArgumentHelp("The lines; - is standard input.", valueName: "LINES"))
  var lines: String

  @OptionGroup var report: ReportOptions

  // More than all codes of the largest ceremony.
  private static let maximumByteCount = 64_000_000

  func run() throws {
    let files = try read()
    let directory = CeremonyDirectory(directory)
    try Directory.create(directory.path)
    try Directory.create(directory.exchange)
    var received: [String] = []
    var missing: [String] = []
    for (name, parts) in files.sorted(by: { $0.key < $1.key }) {
      let count = parts[0].count
      let numbers = Set(parts.map(\.number))
      guard numbers.count == count else {
        let absent = (1...count).filter { !numbers.contains($0) }
        missing.append("\(name): \(absent.map(String.init).joined(separator: ", ")) of \(count)")
        continue
      }
      try put(
        try locating(DocumentFile.name(of: lines)) { try CrossingPart.file(of: parts) }, name, directory)
      received.append(name)
    }
    var report = Report()
    report.add("received", received)
    report.add("missing", missing)
    try report.print(json: self.report.json)
    guard missing.isEmpty else {
      throw Failure(
        .quorumNotReached,
        "codes are missing: \(missing.joined(separator: "; ")); scan them, and give all lines again")
    }
  }

  // The parts by their file, each once.
  private func read() throws(Failure) -> [String: [CrossingPart]] {
    let name = DocumentFile.name(of: lines)
    let bytes = try DocumentFile.read(lines, maximumByteCount: Self.maximumByteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .verification("\(name): is not UTF-8")
    }
    var files: [String: [CrossingPart]] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      let part = try locating("\(name): line \(index + 1)") { try CrossingPart(parsing: String(line)) }
      let known = files[part.name, default: []]
      if known.contains(part) { continue }
      if let other = known.first,
        other.check != part.check || other.count != part.count
          || known.contains(where: { $0.number == part.number })
      {
        throw .verification(
          "\(name): line \(index + 1): is of another \(part.name) than the lines before it; keep one, and give its lines alone"
        )
      }
      files[part.name] = known + [part]
    }
    guard !files.isEmpty else { throw .verification("\(name): holds no code's content") }
    return files
  }

  private func put(_ bytes: [UInt8], _ name: String, _ directory: CeremonyDirectory) throws(Failure) {
    let path = directory.path(of: name)
    if Directory.holdsAnything(path) {
      let before = try DocumentFile.read(path, maximumByteCount: UnverifiedCeremonyRecord.maximumByteCount)
      guard before != bytes else { return }
      throw .usage(
        "\(path): another file of this name is there, and is not overwritten; take one of them away")
    }
    try OutputFile.write(bytes, to: path)
  }
}
