import Foundation
import SpecCases
import Testing

/// `Spec/vectors/cases`: what this library answers is what each case expects, a result or a failure class.
///
/// With `ESCROW_VECTORS` set, the files of its subfolder `cases` are run instead, as far as they are there.
@Suite("The cases of Spec/vectors")
struct SpecCaseTests {
  static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Spec/vectors/cases", isDirectory: true)

  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: shipped.path))?.filter { $0.hasSuffix(".json") }
    .sorted()
    ?? []

  struct File {
    let shared: [String: Any]
    let cases: [[String: Any]]

    init(_ name: String) throws {
      var url = shipped.appendingPathComponent(name)
      if let other = ProcessInfo.processInfo.environment["ESCROW_VECTORS"], !other.isEmpty {
        let given = URL(fileURLWithPath: other, isDirectory: true).appendingPathComponent("cases/\(name)")
        if FileManager.default.fileExists(atPath: given.path) { url = given }
      }
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
      let file = try #require(object as? [String: Any], "\(name)")
      shared = try #require(file["shared"] as? [String: Any])
      cases = try #require(file["cases"] as? [[String: Any]])
    }

    /// A value with each string `@name` replaced by what the file shares under that name.
    func resolved(_ value: Any) -> Any {
      switch value {
      case let text as String: text.hasPrefix("@") ? shared[String(text.dropFirst())] ?? text : text
      case let list as [Any]: list.map(resolved)
      case let members as [String: Any]: members.mapValues(resolved)
      default: value
      }
    }
  }

  @Test("Every case gives what it expects", arguments: names)
  func cases(name: String) throws {
    let file = try File(name)
    #expect(!file.cases.isEmpty)
    for item in file.cases {
      let title = try #require(item["name"] as? String)
      let operation = try #require(item["operation"] as? String)
      let short = try #require(item["input"])
      let input = try #require(file.resolved(short) as? [String: Any])
      let expected = try #require(item["expect"] as? [String: Any])
      let answer = try SpecCase.answer(operation, CaseInput(input))
      #expect(NSDictionary(dictionary: answer) == NSDictionary(dictionary: expected), "\(name): \(title)")
    }
  }

  @Test("There are at least 300 cases, and more than half of them must fail")
  func enough() throws {
    let cases = try Self.names.flatMap { try File($0).cases }
    let failing = cases.count { ($0["expect"] as? [String: Any])?["failure"] != nil }
    #expect(cases.count >= 300)
    #expect(2 * failing > cases.count)
  }
}
