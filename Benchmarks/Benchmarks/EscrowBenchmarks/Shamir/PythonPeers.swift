import Foundation

/// Libraries in Python, in a process of their own that measures itself: starting it costs them nothing.
final class PythonPeers {
  static let names = ["py-shamir-mnemonic", "pycryptodome"]

  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()

  init() throws {
    guard let python = Settings.python else { throw Unusable("there is no Python to compare with") }
    process.executableURL = URL(filePath: python)
    process.arguments = [Settings.pythonPeers + "/sharing.py"]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
    // The versions.
    _ = try line()
  }

  deinit { try? requests.fileHandleForWriting.close() }

  func contender(_ name: String, _ scheme: Scheme, _ operation: Scheme.Operation) -> Contender {
    Contender.measuring(name) { [self] repetitions in
      let request = "\(name) \(operation) \(scheme.threshold) \(scheme.shares) \(repetitions)\n"
      try requests.fileHandleForWriting.write(contentsOf: Data(request.utf8))
      guard let nanoseconds = UInt64(try line()) else { throw Unusable("the Python peers gave no time") }
      return nanoseconds
    }
  }

  private func line() throws -> String {
    var bytes: [UInt8] = []
    while let byte = try answers.fileHandleForReading.read(upToCount: 1)?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    throw Unusable("the Python peers ended early")
  }
}
