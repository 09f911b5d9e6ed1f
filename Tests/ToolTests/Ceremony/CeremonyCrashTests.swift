import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ceremonies that are killed, at every step boundary and at any moment, and run again.
struct CeremonyCrashTests {
  /// Runs the ceremony and kills it as soon as `isTime` says so.
  ///
  /// - Returns: whether it was killed before it ended.
  private func run(_ scene: CeremonyScene, killedWhen isTime: () -> Bool) throws -> Bool {
    let running = try Tool.start(scene.arguments, in: scene.workspace.url)
    while running.process.isRunning, !isTime() { usleep(200) }
    let wasRunning = running.process.isRunning
    if wasRunning { kill(running.process.processIdentifier, SIGKILL) }
    let outcome = try running.outcome()
    if !wasRunning { expect(outcome, exits: 0) }
    return wasRunning
  }

  /// What must hold after every kill: a key that has its name stays, so does a sheet, which may be printed, and nothing
  /// secret lies outside key files.
  private struct Watch {
    private(set) var keys: [String: [UInt8]] = [:]
    private(set) var sheets: [String: [UInt8]] = [:]

    mutating func look(at scene: CeremonyScene) throws {
      let now = try scene.privateKeys.filter { !$0.key.contains("/.") }
      for (file, key) in keys where !file.hasSuffix("drill.pem") {
        #expect(now[file] == key, "\(file) was made twice, or lost")
      }
      keys.merge(now) { $1 }
      let sheetsNow = try scene.sheets
      #expect(sheets.isEmpty || sheetsNow == sheets, "sheets were made twice, or lost")
      sheets = sheetsNow
      #expect(try scene.leaks(of: Array(keys.values)) == [])
    }
  }

  private func finish(
    _ scene: CeremonyScene, _ watch: inout Watch, holders: Int = 7, steps: Int = 31 + 8
  ) throws {
    expect(try scene.run(), exits: 0)
    try watch.look(at: scene)
    try scene.workspace.must("ceremony", "transcript", "verify", "D/transcript", "--roster", "D/roster")
    // Two keys of each holder and the witness's. The drill's one-time key may come and go between two looks.
    #expect(watch.keys.filter { !$0.key.hasSuffix("drill.pem") }.count == 2 * holders + 1)
    // Nothing half made is left.
    #expect(
      scene.workspace.files.filter {
        $0.hasPrefix("D/keys/.") || $0.contains(".tmp") || $0.hasPrefix("D/scratch")
      } == [])
    #expect(scene.steps.count == steps)
  }

  @Test func killedAtEveryStep() throws {
    var scene = try CeremonyScene()
    var watch = Watch()
    for number in 1...(31 + 8) {
      let before = try scene.copy()
      // Where this process got no time while the other came to its end, once more from where it was before. The last
      // files come close to the end of the process.
      var attempts = 0
      while try !killAtStep(number, scene), number < 31 + 8, attempts < 20 {
        scene = try before.copy()
        attempts += 1
      }
      #expect(attempts < 20, "step \(number)")
      try watch.look(at: scene)
    }
    try finish(scene, &watch)
  }

  // Whether the ceremony was killed as soon as the file of this number was there.
  private func killAtStep(_ number: Int, _ scene: CeremonyScene) throws -> Bool {
    let prefix = String(format: "%03d-", number)
    let exchange = scene.workspace.path("D/exchange")
    return try run(scene) {
      (try? FileManager.default.contentsOfDirectory(atPath: exchange))?.contains { $0.hasPrefix(prefix) }
        ?? false
    }
  }

  @Test func killedAtAnyMoment() throws {
    var killed = 0
    while killed < 100 {
      let scene = try CeremonyScene()
      var watch = Watch()
      for _ in 0..<40 {
        let end = Date().addingTimeInterval(Double.random(in: 0.005...0.25))
        guard try run(scene, killedWhen: { Date() >= end }) else { break }
        killed += 1
        try watch.look(at: scene)
      }
      try finish(scene, &watch)
    }
  }

  @Test func killedAtAnyMomentOfABackup() throws {
    let undisturbed = try CeremonyScene(plan: "backup.yaml")
    expect(try undisturbed.run(), exits: 0)
    var killed = 0
    while killed < 50 {
      let scene = try CeremonyScene(plan: "backup.yaml")
      var watch = Watch()
      for _ in 0..<40 {
        let end = Date().addingTimeInterval(Double.random(in: 0.005...0.12))
        guard try run(scene, killedWhen: { Date() >= end }) else { break }
        killed += 1
        try watch.look(at: scene)
      }
      try finish(scene, &watch, holders: 3, steps: undisturbed.steps.count)
      // The step itself read the keys back from the pages, which are the same from the first moment on.
      #expect(watch.sheets.count == 3)
    }
  }
}
