import LibCrypto
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("The figures of a year")
struct LogStatisticsTests {
  private let holders: [String: BoxedHolder]
  private let roster: Roster
  private let opening: SealOpening
  private static let now = time("2027-06-01T00:00:00Z")

  /// Holders cannot be copied, and a dictionary of them is wanted.
  private final class BoxedHolder {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  init() throws {
    var boxes: [String: BoxedHolder] = [:]
    for name in ["judge", "provider", "agency"] {
      boxes[name] = BoxedHolder(
        try Holder.generate(HolderID(parsing: name), sealingKeyNotAfter: Self.time("2030-01-01T00:00:00Z")))
    }
    holders = boxes
    let names = ["judge", "provider", "agency"]
    var draft = try UnverifiedRoster(
      RosterBody(
        policy: AccessPolicy(parsing: "and(judge, or(provider, agency))"),
        holders: names.map { try #require(boxes[$0]).holder.record },
        issued: Self.time("2026-01-01T00:00:00Z")))
    for name in names { try draft.sign(with: try #require(boxes[name]).holder) }
    roster = try draft.verified()
    opening = try SealOpening.random()
  }

  private static func time(_ text: String) -> Timestamp { Timestamp(text) ?? Timestamp.end }

  // MARK: Entries

  private func warrantDigest(_ number: Int) throws -> Digest { try SHA256.digest([UInt8(number)]) }

  private func warrant(
    _ number: Int, logged: String, jurisdiction: String? = "FR", priority: WarrantPriority = .routine,
    notBefore: String? = nil, maximumKeys: UInt64 = 100, unsealAfter: String? = nil, notifyBy: String? = nil,
    isTest: Bool = true
  ) throws -> [UInt8] {
    var members: [String: CanonicalJSON] = [
      "kind": .string("warrant"),
      "commitment": .string(try opening.commitment(to: warrantDigest(number)).hex),
      "roster": .string(roster.id.hex), "judges": .array([.string("judge")]), "recipient": .string("agency"),
      "logged": .string(logged), "notBefore": .string(notBefore ?? logged),
      "notAfter": .string("2029-01-01T00:00:00Z"), "maximumKeys": .integer(maximumKeys),
      "priority": .string(priority.rawValue), "test": .boolean(isTest),
    ]
    members["jurisdiction"] = jurisdiction.map { .string($0) }
    members["unsealAfter"] = unsealAfter.map { .string($0) }
    members["notifyBy"] = notifyBy.map { .string($0) }
    return Array(DocumentType.logEntry.text(members).utf8)
  }

  private func signed(
    _ kind: String, by name: String, member: String = "holder", _ more: [String: CanonicalJSON],
    key: String? = nil
  ) throws -> [UInt8] {
    var members = more
    members["kind"] = .string(kind)
    members[member] = .string(name)
    members["roster"] = .string(roster.id.hex)
    members["test"] = .boolean(true)
    var text = try SignedText(.logEntry, text: DocumentType.logEntry.text(members))
    try text.sign(with: try #require(holders[key ?? name]).holder.signingKey, name: name)
    return text.bytes
  }

  private func release(
    _ number: Int, of entry: UInt64, by name: String, at time: String, keys: UInt64 = 10,
    priority: WarrantPriority = .routine, key: String? = nil
  ) throws -> [UInt8] {
    try signed(
      "release", by: name,
      [
        "answer": .string(try SHA256.digest(Array("release \(number) \(name)".utf8)).hex),
        "entry": .integer(entry),
        "keys": .integer(keys), "answered": .string(time), "priority": .string(priority.rawValue),
      ], key: key)
  }

  private func refusal(
    _ number: Int, of entry: UInt64?, by name: String, at time: String, ground: RefusalGround = .cap,
    priority: WarrantPriority = .routine
  ) throws -> [UInt8] {
    var members: [String: CanonicalJSON] = [
      "answer": .string(try SHA256.digest(Array("refusal \(number) \(name)".utf8)).hex),
      "ground": .string(ground.rawValue), "answered": .string(time), "priority": .string(priority.rawValue),
    ]
    members["entry"] = entry.map { .integer($0) }
    return try signed("refusal", by: name, members)
  }

  private func unsealing(
    of entry: UInt64, warrant number: Int, notified: String? = nil, opening other: SealOpening? = nil
  ) throws -> [UInt8] {
    let bytes = (other ?? opening).bytes
    var members: [String: CanonicalJSON] = [
      "kind": .string("unsealing"), "entry": .integer(entry),
      "opening": .string(Hexadecimal.encode(bytes.span)),
      "warrant": .string(try warrantDigest(number).hex), "roster": .string(roster.id.hex),
      "unsealed": .string("2027-05-01T00:00:00Z"), "test": .boolean(true),
    ]
    members["notified"] = notified.map { .string($0) }
    return Array(DocumentType.logEntry.text(members).utf8)
  }

  private func revocation(of entry: UInt64, warrant number: Int, by name: String = "judge") throws -> [UInt8]
  {
    try signed(
      "revocation", by: name, member: "judge",
      [
        "entry": .integer(entry), "warrant": .string(try warrantDigest(number).hex),
        "revoked": .string("2027-01-10T00:00:00Z"),
      ])
  }

  private func recovery(of entry: UInt64, keys: UInt64, by name: String = "agency") throws -> [UInt8] {
    try signed(
      "recovery", by: name,
      [
        "entry": .integer(entry), "keys": .integer(keys), "recovered": .string("2027-02-01T00:00:00Z"),
        "releases": .array([.string(try SHA256.digest([]).hex)]),
      ])
  }

  private func figures(
    _ entries: [[UInt8]], year: Int = 2027, verified: Bool = true, isTest: Bool = true
  ) throws -> YearFigures {
    var statistics = LogStatistics(roster: verified ? roster : nil, isTest: isTest)
    for (index, entry) in entries.enumerated() { try statistics.add(entry.span, at: UInt64(index)) }
    return statistics.figures(of: year, now: Self.now)
  }

  // MARK: Tests

  @Test("Warrants are counted by jurisdiction and priority, in the year in which they were logged")
  func groups() throws {
    let found = try figures([
      try warrant(1, logged: "2027-01-01T00:00:00Z"),
      try warrant(2, logged: "2027-12-31T23:59:59Z", maximumKeys: .max),
      try warrant(3, logged: "2026-12-31T23:59:59Z"), try warrant(4, logged: "2028-01-01T00:00:00Z"),
      try warrant(5, logged: "2027-03-01T00:00:00Z", priority: .emergency),
      try warrant(6, logged: "2027-03-02T00:00:00Z", jurisdiction: "DE"),
      try warrant(7, logged: "2027-03-03T00:00:00Z", jurisdiction: nil),
      try warrant(8, logged: "2027-03-03T00:00:00Z", isTest: false),
      Array("another log's entry".utf8), [],
    ])
    #expect(
      found.rows.map(\.group) == [
        YearFigures.Group(jurisdiction: "DE", priority: .routine),
        YearFigures.Group(jurisdiction: "FR", priority: .emergency),
        YearFigures.Group(jurisdiction: "FR", priority: .routine),
        YearFigures.Group(jurisdiction: nil, priority: .routine),
      ])
    #expect(found.rows.map(\.warrants) == [1, 1, 2, 1])
    #expect(found.rows[2].maximumKeys == .max, "a sum that is too large is the largest number")
    #expect(found.rows[2].warrantsByMonth == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(found.entriesLeftOut.isEmpty)
    #expect(
      try figures([try warrant(8, logged: "2027-03-03T00:00:00Z", isTest: false)], isTest: false).rows.count
        == 1)
    #expect(try figures([], year: 2027).rows.isEmpty)
  }

  @Test("Answers are counted by role; their time runs from when the warrant was logged and in force")
  func answers() throws {
    let found = try figures([
      try warrant(1, logged: "2027-01-01T00:00:00Z"),
      try warrant(2, logged: "2027-01-01T00:00:00Z", notBefore: "2027-01-05T00:00:00Z"),
      try warrant(3, logged: "2027-01-01T00:00:00Z"),
      try release(1, of: 0, by: "judge", at: "2027-01-01T01:00:00Z"),
      try release(1, of: 0, by: "agency", at: "2027-01-11T00:00:00Z", keys: 9),
      // Ten days and a second.
      try release(2, of: 1, by: "judge", at: "2027-01-15T00:00:01Z"),
      try release(2, of: 1, by: "agency", at: "2027-01-15T00:00:00Z"),
      try refusal(3, of: 2, by: "judge", at: "2027-01-03T00:00:00Z", ground: .privilege),
      try refusal(3, of: 2, by: "agency", at: "2027-01-02T00:00:00Z"),
      try refusal(4, of: nil, by: "provider", at: "2027-04-01T00:00:00Z", ground: .signature),
      try refusal(5, of: nil, by: "provider", at: "2026-04-01T00:00:00Z", ground: .signature),
    ])
    let row = try #require(found.rows.first)
    let judge = try #require(row.answers[.judge])
    #expect(judge.releases == 2 && judge.keys == 20 && judge.refusals == [.privilege: 1] && judge.late == 1)
    let day: Int64 = 86_400
    #expect(judge.seconds == [3600, 2 * day, 10 * day + 1])
    #expect(judge.medianSeconds == 2 * day)
    #expect(judge.worstSeconds == 10 * day + 1)
    let agency = try #require(row.answers[.agency])
    #expect(agency.releases == 2 && agency.keys == 19 && agency.refusals == [.cap: 1] && agency.late == 0)
    #expect(row.answers[.provider] == nil && row.unanswered == 0)
    #expect(found.unloggedRefusals == [.provider: [.signature: 1]])
  }

  @Test("An emergency is late after eight hours, and unanswered when nobody answers")
  func deadlines() throws {
    let found = try figures([
      try warrant(1, logged: "2027-01-01T00:00:00Z", priority: .emergency),
      try release(1, of: 0, by: "judge", at: "2027-01-01T08:00:00Z", priority: .emergency),
      try release(1, of: 0, by: "agency", at: "2027-01-01T08:00:01Z", priority: .emergency),
      try warrant(2, logged: "2027-05-31T15:59:59Z", priority: .emergency),
      try warrant(3, logged: "2027-05-31T16:00:00Z", priority: .emergency),
      try warrant(4, logged: "2027-01-01T00:00:00Z", priority: .emergency),
      try revocation(of: 5, warrant: 4),
    ])
    let row = try #require(found.rows.first)
    #expect(row.answers[.judge]?.late == 0 && row.answers[.agency]?.late == 1)
    #expect(row.unanswered == 1 && row.revoked == 1 && row.warrants == 4)
  }

  @Test("A holder answers once: the same answer again is nothing, another is a contradiction")
  func contradictions() throws {
    let found = try figures([
      try warrant(1, logged: "2027-01-01T00:00:00Z"),
      try refusal(1, of: 0, by: "judge", at: "2027-01-01T01:00:00Z"),
      try refusal(1, of: 0, by: "judge", at: "2027-01-01T01:00:00Z"),
      try release(1, of: 0, by: "judge", at: "2027-01-01T02:00:00Z"),
    ])
    #expect(found.contradictions == [3])
    #expect(found.rows.first?.answers[.judge]?.count == 1 && found.rows.first?.answers[.judge]?.keys == 0)
  }

  @Test("What is overdue is what no unsealing opens, or says to have been notified")
  func overdue() throws {
    let past = "2027-04-01T00:00:00Z"
    let other = try SealOpening.random()
    let entries = [
      try warrant(0, logged: "2027-01-01T00:00:00Z", unsealAfter: past, notifyBy: past),
      try warrant(1, logged: "2027-01-01T00:00:00Z", unsealAfter: past, notifyBy: past),
      try warrant(2, logged: "2027-01-01T00:00:00Z", unsealAfter: past, notifyBy: past),
      try warrant(3, logged: "2027-01-01T00:00:00Z", unsealAfter: "2027-06-01T00:00:00Z"),
      try warrant(4, logged: "2027-01-01T00:00:00Z", unsealAfter: past),
      try unsealing(of: 0, warrant: 0, notified: "2027-05-02T00:00:00Z"), try unsealing(of: 1, warrant: 1),
      // Another's opening, and another warrant's.
      try unsealing(of: 4, warrant: 4, opening: other), try unsealing(of: 4, warrant: 2),
    ]
    var statistics = LogStatistics(roster: roster, isTest: true)
    for (index, entry) in entries.enumerated() { try statistics.add(entry.span, at: UInt64(index)) }
    let found = statistics.figures(of: 2027, now: Self.now)
    #expect(found.rows.first?.overdueUnsealings == 2 && found.rows.first?.overdueNotifications == 2)
    #expect(statistics.overdueUnsealings(now: Self.now).map(\.index) == [2, 4])
    #expect(found.entriesLeftOut == [7, 8])
  }

  @Test("Entries that are about no warrant, or that their holder did not sign, are left out and named")
  func leftOut() throws {
    let entries = [
      try warrant(1, logged: "2027-01-01T00:00:00Z"),
      try release(1, of: 0, by: "judge", at: "2027-01-01T01:00:00Z", key: "agency"),
      try release(2, of: 1, by: "judge", at: "2027-01-01T01:00:00Z"),
      try release(3, of: 99, by: "judge", at: "2027-01-01T01:00:00Z"),
      try release(4, of: 0, by: "agency", at: "2027-01-01T01:00:00Z", priority: .emergency),
      try recovery(of: 0, keys: 5, by: "provider"), try recovery(of: 0, keys: 7),
      try recovery(of: 0, keys: 6),
    ]
    let found = try figures(entries)
    #expect(found.entriesLeftOut == [1, 2, 3, 4, 5])
    #expect(found.rows.first?.recoveredKeys == 7 && found.rows.first?.answers.isEmpty == true)
    // Without a roster holders are taken at their word.
    let believed = try figures(entries, verified: false)
    #expect(believed.entriesLeftOut == [2, 3, 4, 5])
    #expect(believed.rows.first?.answers[.judge]?.releases == 1)
  }

  @Test("Numbers of an entry that are too large to add up do not stop the count")
  func largeNumbers() throws {
    let found = try figures([
      try warrant(1, logged: "2027-01-01T00:00:00Z"), try warrant(2, logged: "2027-01-01T00:00:00Z"),
      try release(1, of: 0, by: "judge", at: "2027-01-01T01:00:00Z", keys: .max),
      try release(2, of: 1, by: "judge", at: "2026-01-01T01:00:00Z", keys: .max),
      try recovery(of: 0, keys: .max), try recovery(of: 1, keys: .max),
    ])
    let row = try #require(found.rows.first)
    #expect(row.answers[.judge]?.keys == .max && row.recoveredKeys == .max)
    #expect(row.answers[.judge]?.seconds == [0, 3600], "an answer before its warrant took no time")
  }
}
