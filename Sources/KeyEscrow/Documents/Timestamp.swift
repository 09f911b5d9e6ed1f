/// A moment in whole seconds of UTC, written as RFC 3339 with a `Z`: `2027-01-31T09:30:00Z`.
///
/// Years 1970 to 9999. No fractions, no offsets and no leap seconds, so that every moment has one text.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public let secondsSince1970: Int64

  static let latest: Int64 = 253_402_300_799  // 9999-12-31T23:59:59Z

  /// The last moment that has a text: 9999-12-31T23:59:59Z.
  static let end = Timestamp(unchecked: latest)

  /// The calendar month in UTC, `2027-01`.
  public var month: String { String(description.prefix(7)) }

  /// The moment `seconds` after 1970-01-01T00:00:00Z, or nil outside the years 1970 to 9999.
  public init?(secondsSince1970 seconds: Int64) {
    guard (0...Self.latest).contains(seconds) else { return nil }
    secondsSince1970 = seconds
  }

  private init(unchecked seconds: Int64) {
    secondsSince1970 = seconds
  }

  /// The moment written as `text`, or nil unless it is exactly `YYYY-MM-DDThh:mm:ssZ` and exists.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    let punctuation: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")]
    for (index, character) in punctuation where bytes[index] != character.asciiValue { return nil }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24,
      minute < 60, second < 60
    else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    self.init(unchecked: Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    // A day that its month does not have (30 February) comes back as another date.
    guard description == text else { return nil }
  }

  /// The RFC 3339 text.
  public var description: String {
    let days = Int(secondsSince1970 / 86_400)
    let rest = Int(secondsSince1970 % 86_400)
    let (year, month, day) = Self.date(days: days)
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
      + "T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
  }

  /// This moment moved by `seconds`, held within the years 1970 to 9999.
  public func adding(seconds: Int64) -> Timestamp {
    let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
    if overflow { return Timestamp(unchecked: seconds > 0 ? Self.latest : 0) }
    return Timestamp(unchecked: min(max(sum, 0), Self.latest))
  }

  /// Earlier moments come first.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  // Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin on 1 March so that the
  // leap day comes last.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
    return 365 * shiftedYear + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
  }

  private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
