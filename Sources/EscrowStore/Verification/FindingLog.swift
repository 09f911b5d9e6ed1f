import GRDB
import KeyEscrow
import LibCrypto

/// Collects what a verification finds.
final class FindingLog {
  var verification = StoreVerification()

  func add(_ fault: StoreFault, session: Digest? = nil, sequence: UInt64? = nil) {
    verification.add(StoreFinding(session: session, sequence: sequence, fault: fault))
  }

  /// Runs `body`, and answers nil when it runs into a damaged page or row, which is then a finding.
  ///
  /// - Throws: when the file cannot be read at all.
  @discardableResult
  func noting<Value>(session: Digest? = nil, sequence: UInt64? = nil, _ body: () throws -> Value) throws
    -> Value?
  {
    do { return try body() } catch let error as EscrowError {
      throw error
    } catch {
      switch StoreError(restating: error) {
      case .corrupt(let reason), .other(let reason):
        add(.damaged(reason), session: session, sequence: sequence)
        return nil
      case .notAStore:
        add(.damaged("a page is not a database's"), session: session, sequence: sequence)
        return nil
      case let other: throw other
      }
    }
  }
}
