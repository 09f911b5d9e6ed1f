import KeyEscrow
import TransparencyLog

/// Documents in the attachments of steps, as they were read.
///
/// Each is a function of its own that is never inlined: Swift 6.3.1's optimizer loses count of an array whose span is
/// borrowed in a function that throws on several ways.
enum AttachmentReader {
  @inline(never)
  static func roster(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedRoster {
    try UnverifiedRoster(parsing: bytes.span)
  }

  @inline(never)
  static func warrant(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedWarrant {
    try UnverifiedWarrant(parsing: bytes.span)
  }

  @inline(never)
  static func session(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedSession {
    try UnverifiedSession(parsing: bytes.span)
  }

  @inline(never)
  static func head(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedHead {
    try UnverifiedHead(parsing: bytes.span)
  }

  @inline(never)
  static func report(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedDrillReport {
    try UnverifiedDrillReport(parsing: bytes.span)
  }

  @inline(never)
  static func note(_ bytes: [UInt8]) throws(NoteError) -> UnverifiedNote {
    try UnverifiedNote(parsing: bytes.span)
  }
}
