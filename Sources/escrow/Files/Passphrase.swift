import SecretMemory

/// Where a command's passphrase comes from: asked for at most once, and only when a key needs it.
final class Passphrase {
  /// A passphrase in a place that can be shared.
  final class Known {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  private let source: PassphraseSource
  private let isNone: Bool
  private var known: Known?

  /// The passphrase that stands in `source`; whoever sits at the terminal is asked when it stands nowhere.
  init(_ source: PassphraseSource) {
    self.source = source
    isNone = false
  }

  private init() {
    source = PassphraseSource()
    isNone = true
  }

  /// No passphrase: keys stay unencrypted, and nobody is asked.
  static var none: Passphrase { Passphrase() }

  /// The same passphrase once it is settled, so that several keys get it and nobody is asked twice.
  func decided(for what: String) throws(Failure) -> Passphrase {
    if isNone { return self }
    guard let chosen = try toCreate(what) else { return Passphrase.none }
    _ = remember(chosen)
    return self
  }

  /// The passphrase of the encrypted key at `path`.
  func toOpen(_ path: String) throws(Failure) -> Known {
    if let given = try given() { return given }
    guard !isNone, PassphrasePrompt.isPossible else {
      throw .keyUnavailable("\(path): is encrypted; \(source.remedy)")
    }
    return remember(try PassphrasePrompt.ask("passphrase for \(path)"))
  }

  /// The passphrase for a new key at `path`; nil when it is to stay unencrypted, which is said aloud.
  func toCreate(_ path: String) throws(Failure) -> Known? {
    if isNone { return nil }
    if let given = try given() { return given }
    if PassphrasePrompt.isPossible {
      let first = try PassphrasePrompt.ask("passphrase for the new key \(path) (empty for none)")
      let second = try PassphrasePrompt.ask("the same again")
      let areEqual = first.withBytes { first in second.withBytes { ConstantTime.equal(first, $0) } }
      guard areEqual else { throw .keyUnavailable("the two passphrases differ; try again") }
      if first.count > 0 { return remember(first) }
      Terminal.warn("the new key in \(path) is not encrypted, since no passphrase was typed")
      return nil
    }
    Terminal.warn("the new key in \(path) is not encrypted; \(source.remedy)")
    return nil
  }

  private func given() throws(Failure) -> Known? {
    if let known { return known }
    if let read = try source.read() { return remember(read) }
    return nil
  }

  private func remember(_ bytes: consuming SecretBytes) -> Known { remember(Known(bytes)) }

  private func remember(_ known: Known) -> Known {
    self.known = known
    return known
  }
}
