import Foundation

/// The rules for text that a person reads before signing.
///
/// Two people must not see different words in the same bytes, nor the same words in different bytes: NFC only, no
/// control characters, nothing that reorders or hides what stands beside it.
package enum HumanText {
  /// Why `text` may not stand in a document, or nil when it may. `maximumByteCount` counts UTF-8 bytes.
  package static func fault(in text: String, maximumByteCount: Int) -> String? {
    if text.isEmpty { return "is empty" }
    if text.utf8.count > maximumByteCount { return "is longer than \(maximumByteCount) bytes" }
    if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
      return "begins or ends with white space"
    }
    for scalar in text.unicodeScalars where isForbidden(scalar) {
      return "holds the character U+\(String(scalar.value, radix: 16, uppercase: true)), which does not show"
    }
    // String equality ignores normalisation, so the bytes are compared.
    if !text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(text.utf8) {
      return "is not in Unicode normalisation form C"
    }
    return nil
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      return true
    case .format:
      // Zero-width joiner and non-joiner spell words in several scripts; the other format characters reorder or
      // hide text.
      return scalar.value != 0x200C && scalar.value != 0x200D
    default:
      return scalar.properties.isBidiControl || scalar.properties.isNoncharacterCodePoint
        || scalar.properties.isDefaultIgnorableCodePoint && scalar.value != 0x200C && scalar.value != 0x200D
    }
  }
}
