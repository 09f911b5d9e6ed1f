import Foundation
import KeyEscrow
import LibCrypto
import Testing

/// The ceremony of `Spec/examples`, run by a machine.
struct CeremonyScene: Sendable {
  let workspace: Workspace
  let plan: String

  /// The ceremony, complete: directory D.
  static let complete = Result { () throws -> CeremonyScene in
    let scene = try CeremonyScene()
    let outcome = try scene.run()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return scene
  }

  static func example(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Spec/examples/\(name)")
  }

  init(plan: String = "ceremony.yaml") throws {
    self.plan = plan
    workspace = try Workspace()
    for name in ["ceremony.yaml", "answers.yaml", "three-rooms.yaml", "backup.yaml"] {
      try workspace.write(Array(try Data(contentsOf: Self.example(name))), to: name)
    }
  }

  private init(workspace: Workspace, plan: String) {
    self.workspace = workspace
    self.plan = plan
  }

  func copy() throws -> CeremonyScene {
    CeremonyScene(workspace: try Workspace(copying: workspace), plan: plan)
  }

  var arguments: [String] {
    ["ceremony", "run", plan, "--directory", "D", "--non-interactive", "--answers", "answers.yaml"]
  }

  func run(_ more: String...) throws -> Tool.Outcome { try workspace.run(arguments + more) }

  /// The names of the steps' files.
  var steps: [String] { workspace.files.filter { $0.hasPrefix("D/exchange/") } }

  /// The sheets of backups in D, by file.
  var sheets: [String: [UInt8]] {
    get throws {
      var sheets: [String: [UInt8]] = [:]
      for file in workspace.files where file.contains("/sheets/") {
        sheets[file] = try workspace.bytes(file)
      }
      return sheets
    }
  }

  /// The private keys in D, as their 32 bytes, by file.
  var privateKeys: [String: [UInt8]] {
    get throws {
      var keys: [String: [UInt8]] = [:]
      for file in workspace.files where file.hasPrefix("D/keys/") && file.hasSuffix(".pem") {
        let body = try workspace.text(file).split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let der = try #require(Data(base64Encoded: body))
        // PKCS#8 of both kinds of keys ends with the key itself.
        keys[file] = Array(der.suffix(32))
      }
      return keys
    }
  }

  /// The files in D outside of key files that hold any of `keys`: raw, in hexadecimal, or in base64 at any offset.
  func leaks(of keys: [[UInt8]]) throws -> [String] {
    var needles: [Data] = []
    for key in keys {
      needles.append(Data(key))
      let hex = key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      needles += [Data(hex.utf8), Data(hex.uppercased().utf8)]
      for offset in 0..<3 {
        // The characters that depend on the key alone, wherever it stands in what was encoded.
        let text = Data([UInt8](repeating: 0, count: offset) + key).base64EncodedString().filter { $0 != "=" }
        needles.append(Data(text.dropFirst(offset == 0 ? 0 : offset + 1).dropLast(1).utf8))
      }
    }
    var leaks: [String] = []
    for file in workspace.files where file.hasPrefix("D/") {
      let attributes = try FileManager.default.attributesOfItem(atPath: workspace.path(file))
      let isFile = attributes[.type] as? FileAttributeType == .typeRegular
      // Keys in the making lie in keys/ too, under a name that nobody relies on.
      guard isFile, !(file.hasPrefix("D/keys/") && !file.hasSuffix(".json")) else { continue }
      // Base64 in lines is base64 all the same.
      let data = Data(try workspace.bytes(file))
      let joined = Data(data.filter { $0 != UInt8(ascii: "\n") })
      if needles.contains(where: { data.range(of: $0) != nil || joined.range(of: $0) != nil }) {
        leaks.append(file)
      }
    }
    return leaks
  }

  var transcript: [UInt8] { get throws { try workspace.bytes("D/transcript") } }
}
