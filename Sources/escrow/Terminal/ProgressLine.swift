import Dispatch
import Synchronization

/// One line on the terminal that says how far long work is; silent when standard error is no terminal.
struct ProgressLine: ~Copyable {
  private static let isShowing = Atomic<Bool>(false)
  private static let interval: UInt64 = 100_000_000  // nanoseconds between two lines

  private let stage: String
  private let unit: String
  private let isEnabled: Bool
  private let start = DispatchTime.now().uptimeNanoseconds
  private var last: UInt64 = 0

  /// Progress of `stage`, counted in `unit`.
  init(_ stage: String, unit: String = "keys") {
    self.stage = stage
    self.unit = unit
    isEnabled = Terminal.isTerminal(Terminal.standardError)
  }

  deinit { Self.clear() }

  /// Shows that `count` are done, at most ten times a second.
  mutating func show(_ count: UInt64) {
    guard isEnabled else { return }
    let now = DispatchTime.now().uptimeNanoseconds
    guard now - last >= Self.interval else { return }
    last = now
    let seconds = Double(now - start) / 1e9
    let rate = seconds > 0.5 ? ", \(UInt64(Double(count) / seconds)) a second" : ""
    Self.isShowing.store(true, ordering: .relaxed)
    try? Descriptor.write(
      Array("\r\u{1B}[K\(stage): \(count) \(unit)\(rate)".utf8).span, to: Terminal.standardError,
      name: "standard error")
  }

  /// Erases the line, if one is showing.
  static func clear() {
    guard isShowing.exchange(false, ordering: .relaxed) else { return }
    try? Descriptor.write(
      Array("\r\u{1B}[K".utf8).span, to: Terminal.standardError, name: "standard error")
  }
}
