import Foundation
import Testing

/// `escrow qr`; that another program reads the codes is shown by `Scripts/qr-roundtrip`.
struct QRTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func showsAFileAsBlocksOrAsAPicture() throws {
    try workspace.write("hello", to: "F")
    let shown = try workspace.must("qr", "F")
    let lines = shown.output.split(separator: "\n")
    // Version 1, 21 modules, with a border of 4 on each side; two rows a line.
    #expect(lines.count == 15 && lines.allSatisfy { $0.count == 29 })
    #expect(!shown.output.contains("\u{1B}") && shown.errors == "")
    #expect(try workspace.must("qr", "-", input: .text("hello")).output == shown.output)
    try workspace.must("qr", "F", "--out", "F.png", "--scale", "2")
    #expect(try workspace.bytes("F.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try workspace.mode("F.png") == 0o600)
    try workspace.must("qr", "F", "--out", "F.svg")
    #expect(try workspace.text("F.svg").hasPrefix("<svg "))
    expect(try workspace.run("qr", "F", "--out", "F.png"), exits: 64, saying: "F.png", "not overwritten")
  }

  @Test func refusesWhatDoesNotFit() throws {
    try workspace.write([UInt8](repeating: 1, count: 2332), to: "F")
    expect(try workspace.run("qr", "F", "--out", "F.png"), exits: 64, saying: "F: 2332 bytes", "at most 2331")
    #expect(!workspace.exists("F.png"))
    try workspace.must("qr", "F", "--low-correction", "--out", "F.png")
    try workspace.write([], to: "E")
    expect(try workspace.run("qr", "E"), exits: 64, saying: "E: there is nothing to show")
    expect(try workspace.run("qr", "F", "--out", "F.gif"), exits: 64, saying: ".png or .svg")
    expect(try workspace.run("qr", "E2"), exits: 64, saying: "no such file")
    try workspace.write("x", to: "X")
    expect(try workspace.run("qr", "X", "--out", "X.png", "--scale", "65"), exits: 64, saying: "64 pixels")
  }
}
