import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// The operations of `Spec/vectors/README.md`, each by this package's interface: what the vectors, and the cross-check
/// with the reference implementation, run.
package enum SpecCase {
  typealias Operation = @Sendable (CaseInput) throws -> [String: Any]

  /// What `operation` answers to `input`: `{"result": …}`, or `{"failure": class}` with the position in a policy.
  ///
  /// - Throws: when the case is no case, or the machine fails.
  package static func answer(_ operation: String, _ input: CaseInput) throws -> [String: Any] {
    guard let run = operations[operation] else {
      throw CaseInput.Unusable(description: "no operation \(operation)")
    }
    do {
      return ["result": try run(input)]
    } catch {
      guard let name = FailureClass.of(error) else { throw error }
      var answer: [String: Any] = ["failure": name]
      if let position = (error as? SharingError)?.position { answer["position"] = position }
      return answer
    }
  }

  private static let operations: [String: Operation] =
    sharing.merging(documents) { $1 }.merging(deposits) { $1 }.merging(answers) { $1 }.merging(log) { $1 }
    .merging(entries) { $1 }
    .merging(writing) { $1 }
}
