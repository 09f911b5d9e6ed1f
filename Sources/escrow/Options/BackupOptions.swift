import ArgumentParser
import KeyEscrow
import Mnemonics
import SecretMemory
import SecretSharing

/// The passphrase of a backup, which SLIP-39 adds to the mnemonics.
struct BackupPassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the backup's passphrase from this file; one line feed at its end is dropped.", valueName: "F"))
  var passphraseFile: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the backup's passphrase from this open descriptor.", valueName: "N"))
  var passphraseDescriptor: CInt?

  func validate() throws {
    guard passphraseFile == nil || passphraseDescriptor == nil else {
      throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
    }
    if let passphraseDescriptor, passphraseDescriptor < 0 {
      throw ValidationError("--passphrase-fd is a number from 0.")
    }
  }

  /// The passphrase; empty when none was named, as the standard has it.
  func read() throws(Failure) -> SecretBytes {
    if let passphraseFile { return try SecretFile.passphrase(path: passphraseFile) }
    if let passphraseDescriptor { return try SecretFile.passphrase(descriptor: passphraseDescriptor) }
    return try SecretFile.allocate(0)
  }
}

/// The passphrase of the key files of a holder, beside that of a backup.
struct KeyPassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the passphrase of the key files from this file.", valueName: "F"))
  var keyPassphraseFile: String?

  @Option(
    name: .customLong("key-passphrase-fd"),
    help: ArgumentHelp("Read the passphrase of the key files from this open descriptor.", valueName: "N"))
  var keyPassphraseDescriptor: CInt?

  func validate() throws {
    guard keyPassphraseFile == nil || keyPassphraseDescriptor == nil else {
      throw ValidationError("Give --key-passphrase-file or --key-passphrase-fd, not both.")
    }
    if let keyPassphraseDescriptor, keyPassphraseDescriptor < 0 {
      throw ValidationError("--key-passphrase-fd is a number from 0.")
    }
  }

  var passphrase: Passphrase { Passphrase(file: keyPassphraseFile, descriptor: keyPassphraseDescriptor) }
}

/// Whose keys mnemonics must give: from the holder's own public half, or from a roster.
struct HolderRecordOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The holder's holder.json, or its directory.", valueName: "F"))
  var record: String?

  @OptionGroup var roster: OptionalRosterOptions

  @Option(
    help: ArgumentHelp("Which holder of the roster, such as judge:paris.", valueName: "ID"),
    transform: ArgumentText.holder)
  var id: HolderID?

  func validate() throws {
    guard record == nil || roster.roster == nil else {
      throw ValidationError("Give --record or --roster with --id, not both.")
    }
    guard (roster.roster == nil) == (id == nil) else {
      throw ValidationError("--roster and --id go together.")
    }
  }

  /// The record; nil when none was named.
  func load() throws(Failure) -> HolderRecord? {
    if let record { return try HolderDirectory.record(at: record) }
    guard let roster = try roster.load(), let id else { return nil }
    guard let record = roster.holder(id) else { throw .usage("the roster names no \(id); check --id") }
    return record
  }
}

/// A roster that a command can do without.
struct OptionalRosterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A roster that every holder signed.", valueName: "R"))
  var roster: String?

  @Option(
    help: ArgumentHelp(
      "A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  func load() throws(Failure) -> Roster? {
    guard let roster else { return nil }
    return try RosterFile.load(roster, after: previousRoster)
  }
}

/// Into which groups a backup is split.
struct SharingSchemeOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The groups: 2of3 for one group of three officers, any two of whom suffice; several for two levels.",
      valueName: "MofN"))
  var groups: [String]

  @Option(help: ArgumentHelp("How many of the groups are needed, when there are several.", valueName: "N"))
  var threshold: Int?

  /// The scheme.
  func scheme() throws(Failure) -> SharingScheme {
    do {
      var made: [SharingScheme.Group] = []
      for text in groups.flatMap({ $0.split(separator: ",") }) { made.append(try Self.group(String(text))) }
      guard made.count == 1 || threshold != nil else {
        throw Failure.usage("with \(made.count) groups say how many of them are needed: --threshold N")
      }
      return try SharingScheme(groupThreshold: threshold ?? 1, groups: made)
    } catch { throw Failure(error) }
  }

  private static func group(_ text: String) throws -> SharingScheme.Group {
    let parts = text.split(separator: "of", omittingEmptySubsequences: false)
    guard parts.count == 2, let threshold = Int(parts[0]), let count = Int(parts[1]) else {
      throw Failure.usage("--groups: write a group like 2of3, and not \(text)")
    }
    return try SharingScheme.Group(threshold: threshold, count: count)
  }
}
