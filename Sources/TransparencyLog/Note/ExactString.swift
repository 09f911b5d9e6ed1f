/// A string that equals another only when their UTF-8 bytes are the same.
///
/// `String` compares by canonical equivalence: "é" as one scalar equals "é" as two. What is signed is bytes, so
/// texts, names and origins are compared as bytes, and this type is the one place that does.
package struct ExactString: Hashable, Sendable {
  package let string: String

  package init(_ string: String) {
    self.string = string
  }

  package static func == (left: ExactString, right: ExactString) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  /// Strings of the same bytes are canonically equivalent, so the hash of `String` agrees with this equality.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(string)
  }
}
