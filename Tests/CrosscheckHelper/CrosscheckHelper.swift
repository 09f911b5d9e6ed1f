import Foundation
import SpecCases

/// Answers the cross-check's questions, one JSON object a line: `{"operation": …, "input": {…}}` in,
/// `{"result": …}`, `{"failure": class}` or `{"error": text}` out.
@main
enum CrosscheckHelper {
  static func main() throws {
    while let line = readLine(strippingNewline: true) {
      let answer = answer(to: Data(line.utf8))
      try FileHandle.standardOutput.write(
        contentsOf: JSONSerialization.data(withJSONObject: answer, options: [.sortedKeys]) + Data([0x0A]))
    }
  }

  private static func answer(to line: Data) -> [String: Any] {
    do {
      guard let question = try JSONSerialization.jsonObject(with: line) as? [String: Any],
        let operation = question["operation"] as? String, let input = question["input"] as? [String: Any]
      else { return ["error": "not a question"] }
      return try SpecCase.answer(operation, CaseInput(input))
    } catch {
      return ["error": "\(error)"]
    }
  }
}
