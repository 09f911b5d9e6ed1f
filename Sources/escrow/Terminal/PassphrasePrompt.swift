import SecretMemory
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Asks for a passphrase on the controlling terminal, without echo.
enum PassphrasePrompt {
  private struct Saved {
    let descriptor: CInt
    let attributes: termios
  }

  private static let saved = Mutex<Saved?>(nil)

  /// Whether somebody is there to answer.
  static var isPossible: Bool {
    guard Terminal.isTerminal(Terminal.standardInput) || Terminal.isTerminal(Terminal.standardError) else {
      return false
    }
    let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }

  /// The line that is typed, without its end.
  static func ask(_ question: String) throws(Failure) -> SecretBytes {
    let terminal = Descriptor(unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY))
    guard terminal.isOpen else { throw .keyUnavailable("there is no terminal to ask for a passphrase") }
    ProgressLine.clear()
    var attributes = termios()
    guard unsafe tcgetattr(terminal.number, &attributes) == 0 else {
      throw .keyUnavailable("the terminal cannot hide a passphrase")
    }
    let before = attributes
    saved.withLock { $0 = Saved(descriptor: terminal.number, attributes: before) }
    defer { restoreEcho() }
    attributes.c_lflag &= ~tcflag_t(ECHO)
    guard unsafe tcsetattr(terminal.number, TCSAFLUSH, &attributes) == 0 else {
      throw .keyUnavailable("the terminal cannot hide a passphrase")
    }
    // Only now: what is typed as soon as the question shows is neither shown nor dropped.
    try Descriptor.write(
      Array("\(Terminal.printable(question)): ".utf8).span, to: terminal.number, name: "/dev/tty")
    return try SecretFile.line(from: terminal.number, name: "the passphrase")
  }

  /// Gives the terminal back as it was, at the beginning of a line. Does nothing when nobody is being asked.
  static func restoreEcho() {
    saved.withLock { saved in
      guard let state = saved else { return }
      var attributes = state.attributes
      _ = unsafe tcsetattr(state.descriptor, TCSAFLUSH, &attributes)
      try? Descriptor.write([UInt8(ascii: "\n")].span, to: state.descriptor, name: "/dev/tty")
      saved = nil
    }
  }
}
