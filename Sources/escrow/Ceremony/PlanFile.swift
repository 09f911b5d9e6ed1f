import CeremonyPlans
import KeyEscrow

/// The plan of a ceremony on disk.
enum PlanFile {
  /// The plan at `path`, and its bytes.
  ///
  /// - Throws: 64 when it is absent; 3 for a roster that may not be; 5, with the line, for everything else.
  static func read(_ path: String) throws(Failure) -> (plan: CeremonyPlan, bytes: [UInt8]) {
    let bytes = try DocumentFile.read(path, maximumByteCount: YAMLDocument.maximumByteCount)
    return (try locating(DocumentFile.name(of: path)) { try CeremonyPlan(parsing: bytes) }, bytes)
  }
}
