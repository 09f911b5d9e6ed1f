import Foundation
import Testing

/// Input that was made to break the reader, for every file that the log's commands read.
struct LogHostileInputTests {
  private static let readers = [
    HostileInputTests.Reader("P", "log verify --proof X --vkey vkey e"),
    HostileInputTests.Reader("C", "log verify --consistency X --vkey vkey old"),
    HostileInputTests.Reader("old", "log verify --consistency C --vkey vkey X"),
    HostileInputTests.Reader("old", "log prove --from X L -o new"),
    HostileInputTests.Reader("vkey", "log verify L --vkey X"),
    HostileInputTests.Reader("policy", "log verify L --policy X"),
    HostileInputTests.Reader("policy", "log verify --proof P --policy X e"),
    HostileInputTests.Reader("policy", "log prove --index 0 L --policy X -o new"),
    HostileInputTests.Reader("policy", "log checkpoint L --policy X -o new"),
    HostileInputTests.Reader("now", "log checkpoint L --cosigned X -o new"),
    HostileInputTests.Reader("now", "log prove --index 0 L --cosigned X -o new"),
    HostileInputTests.Reader("now", "log monitor L --state S --against X"),
    HostileInputTests.Reader("now", "log monitor L --state X"),
    HostileInputTests.Reader("C", "log cosign --key w --memory m --vkey vkey --request X -o new"),
  ]

  private static let workspace = Result {
    let scene = try LogScene(entries: 5)
    let workspace = scene.workspace
    try workspace.write(LogScene.entry(3), to: "e")
    try workspace.write(LogScene.vkey + "\n", to: "vkey")
    try workspace.write("log \(LogScene.vkey)\nquorum none\n", to: "policy")
    try workspace.must("log", "checkpoint", "L", "-o", "old")
    try scene.append(5..<300)
    try workspace.must("log", "checkpoint", "L", "-o", "now")
    try workspace.must("log", "prove", "--index", "3", "L", "-o", "P")
    try workspace.must("log", "prove", "--from", "old", "L", "-o", "C")
    try workspace.must("log", "key", "--witness", "--name", "w", "-o", "w")
    return workspace
  }

  @Test(arguments: readers)
  func aHostileFileIsOneLineAndNoFile(_ reader: HostileInputTests.Reader) throws {
    let workspace = try Workspace(copying: try Self.workspace.get())
    let good = try workspace.bytes(reader.good)
    for hostility in HostileInputTests.Hostility.allCases {
      let spoilt = hostility.spoil(good)
      guard spoilt != good else { continue }
      try workspace.write(spoilt, to: "X")
      let before = workspace.files
      let log = try workspace.bytes("L/checkpoint")
      let outcome = try workspace.run(
        reader.arguments.map { $0 == "X" && hostility == .endless ? "/dev/zero" : $0 })
      let place = "\(hostility) \(reader.testDescription): \(outcome.errors)"
      #expect(outcome.status == 5, "\(place)")
      #expect(outcome.errorLines.count == 1 && outcome.errors.utf8.count < 600, "\(place)")
      #expect(outcome.errors.contains(hostility == .endless ? "/dev/zero" : "X"), "\(place)")
      #expect(!outcome.errors.utf8.contains(0), "\(place)")
      #expect(workspace.files.subtracting(before).isEmpty, "\(place)")
      #expect(try workspace.bytes("X") == spoilt && workspace.bytes("L/checkpoint") == log, "\(place)")
    }
  }

  @Test(arguments: readers)
  func aFileThatIsNotThereIsAUsageError(_ reader: HostileInputTests.Reader) throws {
    let workspace = try Workspace(copying: try Self.workspace.get())
    // A monitor that has seen nothing has no state.
    guard
      reader.arguments.last != "X" || reader.arguments[1] != "monitor" || reader.good != "now"
        || reader.arguments.contains("--against")
    else { return }
    let before = workspace.files
    for path in ["absent", "L/absent", "e/absent"] {
      expect(try workspace.run(reader.arguments.map { $0 == "X" ? path : $0 }), exits: 64, saying: path)
    }
    expect(try workspace.run(reader.arguments.map { $0 == "X" ? "L" : $0 }), exits: 64, saying: "directory")
    #expect(workspace.files == before)
  }
}
