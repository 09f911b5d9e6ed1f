import KeyEscrow
import LibCrypto
import Mnemonics
import SecretMemory
import SecretSharing

/// A holder's backup in a ceremony: sheets that are printed, seen to be readable, and erased by the run.
struct BackupStep {
  let directory: CeremonyDirectory
  let console: CeremonyConsole
  let id: HolderID
  let backup: CeremonyPlan.Backup
  let record: HolderRecord

  private var holder: HolderDirectory { directory.holder(id) }
  private var sheets: String { directory.sheetsPath(of: id) }

  /// Makes the sheets, or finds those of a run that was killed, and has every officer read from the print.
  ///
  /// - Throws: 5 when the sheets do not give back the holder's keys; 3 when an officer's words are not on its sheet.
  func perform(_ passphrase: Passphrase) throws {
    if !Directory.exists(sheets) { try make(passphrase) }
    let shares = try read()
    let secret = try locating(sheets) {
      try MnemonicSet(shares).recover().decrypted(passphrase: try MnemonicBackup.emptyPassphrase())
    }
    try HolderBackup.check(secret, is: record)
    guard console.confirmation == .typed else {
      Terminal.warn("the sheets of \(id) are in \(sheets); print them, give each officer one, and erase them")
      return
    }
    CeremonyScreen.paragraph("")
    CeremonyScreen.paragraph(
      "Print the \(shares.count) pages in \(sheets), give each officer the page with its name, and nobody another. Then"
        + " each officer types two words of the printed page; they are not shown.")
    for (share, officer) in zip(shares, backup.officers) { try console.confirm(share, by: officer) }
    // The pages go once the step's file is there: whoever is killed before that finds the same pages again.
  }

  private func make(_ passphrase: Passphrase) throws {
    let scheme = try SharingScheme(
      groupThreshold: backup.groupThreshold,
      groups: try backup.groups.map {
        try SharingScheme.Group(threshold: $0.threshold, count: $0.officers.count)
      })
    let secret = try HolderBackup.secret(of: holder, passphrase)
    let shares = try MnemonicBackup.split(
      secret, under: scheme, passphrase: try MnemonicBackup.emptyPassphrase())
    _ = try SheetFolder(
      shares: shares, scheme: scheme, holder: record, officers: backup.officers, roster: nil,
      made: try Timestamp.now()
    ).write(to: sheets)
  }

  // In the order of the officers, which is the order of groups and members.
  private func read() throws -> [MnemonicShare] {
    var shares: [MnemonicShare] = []
    for (group, planned) in backup.groups.enumerated() {
      for member in planned.officers.indices {
        shares += try MnemonicInput.read("\(sheets)/sheet-\(group + 1)-\(member + 1).html")
      }
    }
    return shares
  }
}
