import Foundation

/// A mnemonic read and written in the plainest way, bit by bit, beside the constant-time one.
struct ReferenceMnemonic {
  private static let list: [String] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Mnemonics/Words/SLIP39WordList.swift")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let literal = text.components(separatedBy: "\"\"\"").dropFirst().first ?? ""
    return literal.split { !$0.isLowercase }.map(String.init)
  }()

  let identifier: Int
  let memberIndex: Int
  let value: [UInt8]
  private let header: [Bool]
  private let isExtendable: Bool

  init(_ mnemonic: String) {
    let values = mnemonic.split(separator: " ").map { Self.list.firstIndex(of: String($0)) ?? 0 }
    let bits = values.dropLast(3).flatMap { Self.bits(of: $0, count: 10) }
    header = Array(bits.prefix(40))
    identifier = Self.number(bits.prefix(15))
    isExtendable = bits[15]
    memberIndex = Self.number(bits[32..<36])
    let rest = Array(bits.dropFirst(40))
    let padded = Array(rest.dropFirst(rest.count % 16))
    value = stride(from: 0, to: padded.count, by: 8).map { UInt8(Self.number(padded[$0..<$0 + 8])) }
  }

  /// The mnemonic with the same header and another value.
  func with(value: [UInt8]) -> String {
    let valueBits = value.flatMap { Self.bits(of: Int($0), count: 8) }
    let padding = (10 - valueBits.count % 10) % 10
    let bits = header + [Bool](repeating: false, count: padding) + valueBits
    var values = stride(from: 0, to: bits.count, by: 10).map { Self.number(bits[$0..<$0 + 10]) }
    let customization = Array((isExtendable ? "shamir_extendable" : "shamir").utf8).map(Int.init)
    let check = Self.polynomial(customization + values + [0, 0, 0]) ^ 1
    values += [check >> 20, check >> 10 & 1023, check & 1023]
    return values.map { Self.list[$0] }.joined(separator: " ")
  }

  private static func bits(of number: Int, count: Int) -> [Bool] {
    (0..<count).reversed().map { number >> $0 & 1 == 1 }
  }

  private static func number(_ bits: some Sequence<Bool>) -> Int { bits.reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }

  private static func polynomial(_ values: [Int]) -> Int {
    let generator = [
      0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009, 0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890,
      0x3F3F120,
    ]
    return values.reduce(1) { state, value in
      var next = (state & 0xFFFFF) << 10 ^ value
      for bit in 0..<10 where state >> (20 + bit) & 1 == 1 { next ^= generator[bit] }
      return next
    }
  }
}
