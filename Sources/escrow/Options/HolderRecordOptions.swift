import ArgumentParser
import KeyEscrow
import SecretSharing

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
