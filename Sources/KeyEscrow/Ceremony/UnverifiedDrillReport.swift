public import LibCrypto
import SecretSharing
public import TransparencyLog

/// A drill's report as it was read, or before it is signed.
public struct UnverifiedDrillReport: Sendable {
  /// What it says.
  public let report: DrillReport
  private var signed: SignedText

  /// A report that somebody now signs.
  public init(_ report: DrillReport) throws(EscrowError) {
    self.report = try DrillReport(parsing: report.text)
    signed = try SignedText(.drill, text: report.text)
  }

  /// Reads a report's note.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.drill, parsing: bytes)
    report = try DrillReport(parsing: signed.text)
  }

  /// SHA-256 of its text.
  public var digest: Digest { signed.digest }
  /// The note.
  public var bytes: [UInt8] { signed.bytes }

  /// Adds the signature of a holder who took part.
  public mutating func sign(with holder: borrowing Holder) throws(EscrowError) {
    try signed.sign(with: holder.signingKey, name: holder.id.description)
  }

  /// The report, if each of `keys` signed it.
  public func verified(by keys: [NoteVerifierKey]) throws(EscrowError) -> DrillReport {
    for key in keys { try signed.requireSignature(of: key) }
    return report
  }
}
