import Foundation
import GRDB
import KeyEscrow
import LibCrypto
import TransparencyLog

/// Verifies one session: its header, its chain of deposits, its heads and receipts.
struct SessionVerifier {
  let db: Database
  let log: FindingLog
  /// The session's row.
  let row: Int64
  let roster: Roster?
  /// The key that the store's receipts must be signed by.
  let storeKey: String?

  /// `progress` is called after each deposit.
  func verify(progress: () -> Void) throws {
    log.verification.sessions += 1
    let stored = try log.noting {
      try Row.fetchOne(
        db.cachedStatement(sql: "SELECT digest, roster, note FROM sessions WHERE id = ?"), arguments: [row]
      ).map { row in
        (
          digest: try row.decode(Data.self, atIndex: 0), roster: try row.decode(Data.self, atIndex: 1),
          note: try row.decode(Data.self, atIndex: 2)
        )
      }
    }
    guard let stored = stored ?? nil, let id = Digest(bytes: Array(stored.digest).span) else {
      log.add(.damaged("a session cannot be read"))
      return
    }
    let header = verifiedHeader(stored.note, id: id, roster: stored.roster)
    let newest = try verifyDeposits(of: id, header: header, progress: progress)
    try verifyHeads(of: id, header: header, newest: newest)
  }

  /// What the header says, when it parses.
  private func verifiedHeader(_ note: Data, id: Digest, roster filed: Data) -> SessionHeader? {
    do throws(EscrowError) {
      let session = try UnverifiedSession(parsing: Array(note).span)
      guard session.id == id, session.header.roster.bytes == Array(filed) else {
        throw .malformed(.session, reason: "it is filed under another id or roster")
      }
      try Self.requireSignature(of: session.header.depositor, on: session.bytes, .session)
      if let roster { _ = try session.verified(roster: roster) }
      return session.header
    } catch {
      log.add(.session(error), session: id)
      return (try? UnverifiedSession(parsing: Array(note).span))?.header
    }
  }

  /// The sequence number of the newest deposit.
  private func verifyDeposits(
    of session: Digest, header: SessionHeader?, progress: () -> Void
  ) throws -> UInt64? {
    var newest: UInt64?
    try log.noting(session: session) {
      let deposits = try Row.fetchCursor(
        db.makeStatement(
          sql: """
            SELECT id, sequence, time, count, digest, header FROM deposits WHERE session = ? ORDER BY sequence
            """), arguments: [row])
      var previous: Digest? = session
      while let stored = try deposits.next() {
        log.verification.deposits += 1
        let sequence: UInt64 = try stored.decode(atIndex: 1)
        newest = sequence
        try log.noting(session: session, sequence: sequence) {
          let verifier = try DepositVerifier(
            db: db, log: log, session: session, sessionHeader: header, row: stored)
          previous = try verifier.verify(following: previous)
        }
        progress()
      }
    }
    return newest
  }

  private func verifyHeads(of session: Digest, header: SessionHeader?, newest: UInt64?) throws {
    var covered: UInt64?
    try log.noting(session: session) {
      let heads = try Row.fetchCursor(
        db.makeStatement(
          sql: """
            SELECT heads.sequence, heads.note, heads.receipt, deposits.digest
            FROM heads LEFT JOIN deposits ON deposits.session = heads.session AND deposits.sequence = heads.sequence
            WHERE heads.session = ? ORDER BY heads.sequence
            """), arguments: [row])
      while let stored = try heads.next() {
        let sequence: UInt64 = try stored.decode(atIndex: 0)
        covered = sequence
        let note: Data = try stored.decode(atIndex: 1)
        let receipt: Data = try stored.decode(atIndex: 2)
        let deposit = try stored.decode(Data?.self, atIndex: 3).flatMap { Digest(bytes: Array($0).span) }
        do throws(EscrowError) {
          let head = try UnverifiedHead(parsing: Array(note).span)
          guard head.head.session == session, head.head.sequence == sequence, head.head.deposit == deposit
          else {
            throw .failedVerification(.depositDigest(sequence: sequence))
          }
          if let header { try Self.requireSignature(of: header.depositor, on: head.bytes, .head) }
        } catch { log.add(.head(error), session: session, sequence: sequence) }
        do throws(EscrowError) {
          let receipt = try StoreReceipt(parsing: Array(receipt).span)
          if receipt.session != session || receipt.sequence != sequence || receipt.deposit != deposit {
            log.add(.receipt("it is for another deposit"), session: session, sequence: sequence)
          }
          if receipt.store.vkey != storeKey {
            log.add(.receipt("it is signed by another key"), session: session, sequence: sequence)
          }
        } catch { log.add(.receipt("\(error)"), session: session, sequence: sequence) }
      }
      if covered != newest { log.add(.unsigned, session: session, sequence: newest) }
    }
  }

  /// Succeeds when the note `bytes` carries a valid signature of `key`.
  private static func requireSignature(
    of key: NoteVerifierKey, on bytes: [UInt8], _ artifact: Artifact
  ) throws(EscrowError) {
    do throws(NoteError) {
      _ = try UnverifiedNote(parsing: bytes.span).verified(by: [key])
    } catch {
      switch error {
      case .badSignature(let name): throw .failedVerification(.badSignature(artifact, signer: name))
      case .unsigned: throw .failedVerification(.signatureMissing(artifact, signer: key.name))
      default: throw .note(error)
      }
    }
  }
}
