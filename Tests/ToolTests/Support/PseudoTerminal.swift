import CPseudoTerminal
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that runs in a session of its own under a pseudo-terminal, as if somebody sat in front of it.
final class PseudoTerminal {
  private let controller: CInt
  let process: pid_t
  private(set) var output: [UInt8] = []
  private var hasEnded = false

  /// Starts `arguments[0]` in `directory`.
  init(_ arguments: [String], in directory: String, environment: [String: String]) throws {
    let strings = unsafe arguments.map { unsafe strdup($0) } + [nil]
    let variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer { unsafe (strings + variables).forEach { unsafe free($0) } }
    var end: CInt = -1
    process = unsafe pseudo_terminal_start(strings, variables, directory, &end)
    controller = end
    try #require(process > 0, "\(arguments[0]) did not start")
  }

  deinit {
    close(controller)
    if !hasEnded {
      kill()
      var status: CInt = 0
      _ = unsafe waitpid(process, &status, 0)
    }
  }

  // How long a terminal is silent that waits for somebody, in milliseconds: what stands at the end of a piece of a text
  // may look like a question.
  private static let silence: CInt = 40

  /// Reads until `isEnough` holds of what was read and nothing follows, or the program has closed the terminal.
  ///
  /// - Returns: false when the terminal was closed.
  func read(seconds: Int = 60, until isEnough: ([UInt8]) -> Bool) throws -> Bool {
    let deadline = Date().addingTimeInterval(TimeInterval(seconds))
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let mayBeEnough = isEnough(output)
      var request = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&request, 1, mayBeEnough ? Self.silence : 200)
      if ready == 0 {
        if mayBeEnough { return true }
        try #require(Date() < deadline, "it waits for something:\n\(String(decoding: output, as: UTF8.self))")
        continue
      }
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe systemRead(controller, $0.baseAddress, $0.count)
      }
      // Linux answers with an error once nobody has the other end open.
      if count <= 0 { return false }
      output += buffer[..<count]
    }
  }

  /// Types `text`.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(controller, $0.baseAddress, $0.count) }
  }

  /// Kills the program and all that it started, as a power cut does.
  func kill() { _ = systemKill(-process, SIGKILL) }

  /// Waits for the end: the exit code, or 128 and the signal.
  func end() -> Int32 {
    var status: CInt = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    hasEnded = true
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }
}

// Inside the class, `read` and `kill` are its own.
private func systemKill(_ process: pid_t, _ signal: CInt) -> CInt { kill(process, signal) }

private func systemRead(_ number: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(number, start, count)
}
