import ArgumentParser
import KeyEscrow
import SecretSharing

/// `--json`.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Report as one JSON object.")
  var json = false
}

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the key's passphrase from this file.", valueName: "F"))
  var passphraseFile: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the key's passphrase from this open descriptor.", valueName: "N"))
  var passphraseDescriptor: CInt?

  func validate() throws {
    guard passphraseFile == nil || passphraseDescriptor == nil else {
      throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
    }
    if let passphraseDescriptor, passphraseDescriptor < 0 {
      throw ValidationError("--passphrase-fd is a number from 0.")
    }
  }

  var passphrase: Passphrase { Passphrase(file: passphraseFile, descriptor: passphraseDescriptor) }
}

/// The roster a command relies on.
struct RosterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The roster that every holder signed.", valueName: "R"))
  var roster: String

  @Option(
    help: ArgumentHelp(
      "A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  /// The roster, verified.
  func load() throws(Failure) -> Roster { try RosterFile.load(roster, after: previousRoster) }
}

/// Text arguments that name moments, pseudonyms and holders.
enum ArgumentText {
  static func time(_ text: String) throws -> Timestamp {
    guard let time = Timestamp(text) else {
      throw ValidationError("write a time in UTC like 2027-01-31T09:30:00Z")
    }
    return time
  }

  static func holder(_ text: String) throws -> HolderID {
    do { return try HolderID(parsing: text) } catch {
      throw ValidationError("a holder is judge, provider or agency, or one of them with a label, judge:paris")
    }
  }

  static func actor(_ text: String) throws -> CeremonyActor {
    do { return try CeremonyActor(parsing: text) } catch {
      throw ValidationError("a participant is witness, or a holder such as judge:paris")
    }
  }

  static func conversation(_ text: String) throws -> ConversationID {
    guard let conversation = ConversationID(hex: text) else {
      throw ValidationError("a conversation is 64 lowercase hexadecimal digits")
    }
    return conversation
  }

  static func cap(_ text: String) throws -> RosterLimits.Cap {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let keys = UInt64(parts[0]), let judges = Int(parts[1]) else {
      throw ValidationError("a cap is KEYS:JUDGES, such as 1000:2")
    }
    return RosterLimits.Cap(keys: keys, judges: judges)
  }

  /// Refuses text of flag `name` that may not stand in a document that people read and sign.
  static func requireHuman(_ text: String?, _ name: String, maximumByteCount: Int = 512) throws {
    guard let text, let fault = HumanText.fault(in: text, maximumByteCount: maximumByteCount) else { return }
    throw ValidationError("\(name) \(fault).")
  }
}
