import KeyEscrow
import LibCrypto
import SecretSharing

extension AnswerArchive {
  /// Makes a release from `source`, which messages call `name`, and stores it before anybody sees it.
  ///
  /// What is sealed passes through the disk that `output` is on, if any.
  func release(
    _ authorization: ReleaseAuthorization, by key: borrowing Holder, from source: some HolderDepositSource,
    name: String, beside output: String?
  ) throws(Failure) {
    let warrant = authorization.warrant
    let now = try Timestamp.now()
    try requireUnused(warrant.body.recipientKey, for: warrant.digest)
    let released =
      try keysReleased(inMonthOf: now) + keysLost(inMonthOf: now, roster: warrant.roster)
    let stored = releasePath(warrant.digest)
    let spool = try UnlinkedSpool(beside: output ?? stored)
    var progress = ProgressLine("releasing", unit: "records")
    let front: [UInt8]
    do {
      front = try Releaser.release(
        authorization, by: key, from: source, spool: spool, now: now, releasedThisMonth: released,
        progress: { progress.show($0) })
    } catch { throw Failure(error, at: name) }
    try bind(warrant.body.recipientKey, to: warrant.digest)
    try spool.write(front: front, to: stored, access: .owner)
  }
}
