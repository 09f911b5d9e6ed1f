import Foundation
import KeyEscrow

/// Moments as a person reads them.
enum LocalTime {
  /// `2027-01-31T09:30:00Z`, and on a terminal the same moment here.
  static func text(_ time: Timestamp, on descriptor: CInt) -> String {
    guard Terminal.isTerminal(descriptor) else { return time.description }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "EEE yyyy-MM-dd HH:mm:ss zzz"
    let date = Date(timeIntervalSince1970: TimeInterval(time.secondsSince1970))
    return "\(time) (\(formatter.string(from: date)))"
  }
}

extension Timestamp {
  /// The system's clock, cut to the second.
  static func now() throws(Failure) -> Timestamp {
    let seconds = Int64(Date().timeIntervalSince1970.rounded(.down))
    guard let time = Timestamp(secondsSince1970: seconds) else {
      throw .internalFailure("the system's clock is outside the years 1970 to 9999; set it")
    }
    return time
  }
}
