import CFuzzDriver
import Foundation
import FuzzTargets

/// Runs one target under libFuzzer, or writes samples: Scripts/fuzz builds and calls it.
///
///     fuzz list
///     fuzz samples TARGET FOLDER          writes the target's valid samples as files
///     fuzz samples all FOLDER             writes every target's, all of one escrow, to folders of their own
///     fuzz run TARGET [libFuzzer's options and folders...]
enum Fuzz {
  // libFuzzer calls C functions, which can hold no target of their own. It uses one thread.
  nonisolated(unsafe) fileprivate static var target: FuzzTarget?

  /// Does what `words` say, or answers the target to run.
  fileprivate static func target(_ words: [String]) throws -> FuzzTarget {
    switch words.dropFirst().first {
    case "list" where words.count == 2:
      for target in FuzzTarget.all { print(target.name) }
      exit(0)
    case "samples" where words.count == 4 && words[2] == "all":
      for target in FuzzTarget.all { try writeSamples(of: target, to: "\(words[3])/\(target.name)") }
      exit(0)
    case "samples" where words.count == 4:
      try writeSamples(of: known(words[2]), to: words[3])
      exit(0)
    case "run" where words.count >= 3:
      let target = known(words[2])
      for sample in try target.samples() where target.name != "flow" && !target.run(sample) {
        fail("\(target.name) refuses its own sample", code: 1)
      }
      return target
    default:
      fail("fuzz list | fuzz samples TARGET FOLDER | fuzz run TARGET [OPTION...]", code: 64)
    }
  }

  private static func known(_ name: String) -> FuzzTarget {
    guard let target = FuzzTarget.named(name) else { fail("no target is called \(name)", code: 64) }
    return target
  }

  private static func writeSamples(of target: FuzzTarget, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, sample) in try target.samples().enumerated() {
      try Data(sample).write(to: URL(fileURLWithPath: "\(folder)/sample-\(number)"))
    }
  }

  fileprivate static func fail(_ reason: String, code: Int32) -> Never {
    try? FileHandle.standardError.write(contentsOf: Data("error: \(reason)\n".utf8))
    exit(code)
  }
}

#if FUZZING
  @_cdecl("fuzz_begin")
  func fuzzBegin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    let words = (0..<Int(count)).map { index in
      unsafe arguments[index].map { unsafe String(cString: $0) } ?? ""
    }
    do {
      let target = try Fuzz.target(words)
      unsafe Fuzz.target = target
      return target.isText ? 1 : 0
    } catch { Fuzz.fail("\(error)", code: 1) }
  }

  @_cdecl("fuzz_feed")
  func fuzzFeed(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    _ = unsafe Fuzz.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  }
#else
  @main
  extension Fuzz {
    static func main() { fail("built without libFuzzer: use Scripts/fuzz", code: 64) }
  }
#endif
