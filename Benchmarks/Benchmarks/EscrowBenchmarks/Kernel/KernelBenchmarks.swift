import CISAL
import Foundation
import SecretSharing

/// Matrix times columns, against Intel's ISA-L and against merely copying.
///
/// ISA-L computes in the field modulo 0x11D and ours is modulo 0x11B: the products differ and the work does not.
enum KernelBenchmarks {
  private static let sizes =
    Settings.isQuick
    ? [32, 4096, 32_768, 262_144, 4 << 20]
    : [32, 4096, 32_768, 262_144, 4 << 20, 64 << 20]

  static func register() {
    for size in sizes {
      register(Combination(columns: 2), size: size)
      register(Combination(columns: 3), size: size)
      register(Combination(columns: 5), size: size)
      registerDeal(size: size)
    }
  }

  private static func comparison(_ benchCase: String, _ size: Int, _ subject: String) -> Comparison {
    Comparison(group: "kernel", benchCase: benchCase, size: size, subject: subject)
  }

  private static func register(_ combination: Combination, size: Int) {
    comparison("combine-\(combination.columns)-1", size, "ReconstructionVector.combine")
      .register(against: ["isal", "memcpy"]) {
        let vector = try combination.vector()
        let columns = Columns(inputs: combination.columns, outputs: 1, byteCount: size)
        let ours = Contender("ours") { repetitions in
          try columns.withSpans { input, output in
            for _ in 0..<repetitions { try vector.combine(shares: input, length: size, into: &output) }
          }
        }
        return (ours, [isal(columns, coefficients: vector.coefficients), copying(columns)])
      }
  }

  private static func registerDeal(size: Int) {
    comparison("deal-2-3", size, "SharingMatrix.deal").register(against: ["isal", "memcpy"]) {
      let matrix = SharingMatrix(try AccessPolicy(parsing: "thresh(2, judge, provider, agency)"))
      let coefficients = (0..<matrix.rows).flatMap { row in
        (0..<matrix.columns).map { column in matrix[row, column] }
      }
      let columns = Columns(inputs: 2, outputs: 3, byteCount: size)
      let ours = Contender("ours") { repetitions in
        try columns.withSpans { input, output in
          for _ in 0..<repetitions { try matrix.deal(inputs: input, length: size, into: &output) }
        }
      }
      return (ours, [isal(columns, coefficients: coefficients), copying(columns)])
    }
  }

  private static func isal(_ columns: Columns, coefficients: [UInt8]) -> Contender {
    let tables = Tables(columns: columns.inputCount, rows: columns.outputCount, coefficients)
    return Contender("isal") { repetitions in
      for _ in 0..<repetitions {
        ec_encode_data(
          CInt(columns.byteCount), CInt(columns.inputCount), CInt(columns.outputCount), tables.bytes,
          columns.inputPointers, columns.outputPointers)
      }
    }
  }

  /// One copy of as many bytes as come out.
  private static func copying(_ columns: Columns) -> Contender {
    Contender("memcpy") { repetitions in
      for _ in 0..<repetitions {
        for row in 0..<columns.outputCount {
          copy(
            columns.outputPointers[row], columns.inputPointers[row % columns.inputCount], columns.byteCount)
        }
      }
    }
  }

  // Called, so that the compiler cannot drop a copy that nobody reads.
  @inline(never)
  private static func copy(_ to: UnsafeMutablePointer<UInt8>?, _ from: UnsafePointer<UInt8>?, _ count: Int) {
    guard let to, let from else { return }
    memcpy(to, from, count)
  }
}

/// A reconstruction from so many shares, whose weights are not all 1.
struct Combination {
  let columns: Int

  func vector() throws -> ReconstructionVector {
    let holders = ["judge:a", "judge:b", "judge:c", "judge:d", "judge:e", "judge:f", "judge:g"]
    let policy = try AccessPolicy(parsing: "thresh(\(columns), \(holders.joined(separator: ", ")))")
    let available = try holders.suffix(columns).map { try HolderID(parsing: $0) }
    guard let vector = SharingMatrix(policy).reconstructionVector(for: Set(available)) else {
      throw Unusable("the policy gives no reconstruction")
    }
    return vector
  }
}
