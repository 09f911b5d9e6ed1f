import KeyEscrow
import LibCrypto
import Mnemonics
import SecretMemory

/// Who answers during a ceremony: the people at the terminal, or an answers file in their place.
final class CeremonyConsole {
  private static let attempts = 3
  private static let asked = 3

  private let answers: AnswersFile?
  private let given: PassphraseOptions

  /// - Parameters:
  ///   - answers: nil when people answer.
  ///   - given: where the passphrase of the one participant comes from who acts here.
  init(answers: AnswersFile?, given: PassphraseOptions) throws(Failure) {
    self.answers = answers
    self.given = given
    guard answers != nil || Terminal.isTerminal(Terminal.standardInput) else {
      throw .usage("nobody can type here; give a terminal, or --non-interactive with --answers")
    }
  }

  /// How whoever acts confirms.
  var confirmation: CeremonyStatement.Confirmation { answers == nil ? .typed : .answered }

  /// Has `actor` confirm what was shown with `digest`, by words of it that nobody knows before.
  ///
  /// - Throws: 3 when the words are not given.
  func confirm(_ digest: Digest, by actor: CeremonyActor) throws(Failure) {
    CeremonyScreen.paragraph("")
    guard answers == nil else {
      CeremonyScreen.paragraph("Confirmed by the answers file: nobody read this.")
      return
    }
    CeremonyScreen.paragraph(
      "Read all 32 words aloud and compare them with everybody's. If they are the same and this is what"
        + " \(actor.inWords) wants, confirm it.")
    let words = PGPWords.words(of: digest)
    for attempt in 1...Self.attempts {
      let places = try Self.places(of: words.count, Self.asked)
      let wanted = places.map { words[$0].lowercased() }
      let numbers = places.map { String($0 + 1) }
      let question =
        "type words \(numbers.dropLast().joined(separator: ", ")) and \(numbers[numbers.count - 1])"
      let line = try ask("\(actor), \(question), or stop")
      let typed = line.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
      if typed == wanted { return }
      if typed == ["stop"] { break }
      if attempt < Self.attempts { Terminal.note("these are not the words; look again") }
    }
    throw .refused(
      "\(actor.inWords) did not confirm, and nothing was signed; run the same command again to be asked again"
    )
  }

  /// Has an officer show, by two words of it, that it can read its sheet.
  ///
  /// - Throws: 3 when the words are not on the sheet.
  func confirm(_ share: MnemonicShare, by officer: String) throws(Failure) {
    for attempt in 1...Self.attempts {
      let places = try Self.places(of: 32, 2)
      let typed = try PassphrasePrompt.ask(
        "\(officer), words \(places[0] + 1) and \(places[1] + 1) of your sheet")
      let isRead: Bool
      do {
        isRead = try typed.withBytes { typed throws(MnemonicError) in
          try share.isRead(as: typed, at: places)
        }
      } catch { throw Failure(error) }
      if isRead { return }
      if attempt < Self.attempts { Terminal.note("these are not the words of this sheet; look again") }
    }
    throw .refused(
      "\(officer) did not read its sheet; print it again, and run the same command again to be asked again")
  }

  // Distinct and rising, from libcrypto's generator: nobody can learn the answer beforehand.
  private static func places(of count: Int, _ asked: Int) throws(Failure) -> [Int] {
    var places: Set<Int> = []
    while places.count < asked {
      let byte: UInt8
      do { byte = try SystemRandom().bytes(1)[0] } catch { throw Failure(error) }
      // 256 is a multiple of the 32 words: no bias.
      places.insert(Int(byte) % count)
    }
    return places.sorted()
  }

  /// What the witness notes, one exception a line, until an empty one.
  func exceptions() throws(Failure) -> [String] {
    if let answers { return answers.exceptions }
    var exceptions: [String] = []
    while true {
      let line = try ask("witness, an exception to note, or an empty line")
      let text = Self.trimmed(line)
      if text.isEmpty { return exceptions }
      if let fault = HumanText.fault(in: text, maximumByteCount: 512) {
        Terminal.note("this \(fault); write it again")
      } else {
        exceptions.append(text)
      }
    }
  }

  /// Waits until somebody is ready.
  func wait(_ question: String) throws(Failure) { _ = try ask(question) }

  private static func trimmed(_ line: String) -> String {
    line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func ask(_ question: String) throws(Failure) -> String {
    Terminal.prompt("\(question): ")
    let bytes = try SecretFile.line(from: Terminal.standardInput, name: "the answer")
    return bytes.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
  }

  // MARK: Passphrases

  /// The passphrase for new keys of `actor`; nil for none.
  func passphraseForNewKeys(of actor: CeremonyActor, at path: String) throws(Failure) -> Passphrase {
    try passphrase(of: actor).decided(for: path)
  }

  /// Opens something of `actor`'s with its passphrase; whoever types may try again.
  func withPassphrase<Result: ~Copyable>(
    of actor: CeremonyActor, _ body: (Passphrase) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var attempt = 1
    while true {
      do throws(Failure) { return try body(passphrase(of: actor)) } catch {
        guard error.isWrongPassphrase, isTyped(by: actor), attempt < Self.attempts else { throw error }
        attempt += 1
        Terminal.note("the passphrase is wrong; try again")
      }
    }
  }

  private func isTyped(by actor: CeremonyActor) -> Bool {
    answers == nil && !given.source.isGiven
  }

  private func passphrase(of actor: CeremonyActor) -> Passphrase {
    if let answers {
      guard let file = answers.passphraseFile(of: actor) else { return Passphrase.none }
      return Passphrase(PassphraseSource(file: file))
    }
    return given.source.descriptor == nil ? given.passphrase : descriptorPassphrase()
  }

  private var fromDescriptor: Passphrase?

  // A descriptor gives its bytes once; the object remembers them.
  private func descriptorPassphrase() -> Passphrase {
    if let fromDescriptor { return fromDescriptor }
    let passphrase = given.passphrase
    fromDescriptor = passphrase
    return passphrase
  }
}
