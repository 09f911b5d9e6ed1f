/// What a roster allows at most, whatever a warrant says. Absent limits do not bind.
public struct RosterLimits: Hashable, Sendable {
  /// One step of the ladder: warrants over up to `keys` keys need `judges` judges' signatures.
  public struct Cap: Hashable, Sendable {
    /// The largest number of keys this step covers.
    public let keys: UInt64
    /// How many judges must sign, at least 1.
    public let judges: Int

    /// A step of the ladder.
    public init(keys: UInt64, judges: Int) {
      self.keys = keys
      self.judges = judges
    }
  }

  /// The most keys one warrant may ask for.
  public var maximumKeys: UInt64?
  /// The most days between a warrant's notBefore and notAfter.
  public var maximumDays: UInt64?
  /// The most keys one holder releases in a calendar month of UTC.
  public var maximumKeysPerMonth: UInt64?
  /// The most days between a warrant's issue and the day its sealed log entry must be opened. With this limit every
  /// warrant says when that is.
  public var maximumSealedDays: UInt64?
  /// Steps with rising `keys` and rising `judges`; a warrant above the last step is refused.
  public var caps: [Cap]

  /// Limits as given; none by default.
  public init(
    maximumKeys: UInt64? = nil, maximumDays: UInt64? = nil, maximumKeysPerMonth: UInt64? = nil,
    maximumSealedDays: UInt64? = nil, caps: [Cap] = []
  ) {
    self.maximumKeys = maximumKeys
    self.maximumDays = maximumDays
    self.maximumKeysPerMonth = maximumKeysPerMonth
    self.maximumSealedDays = maximumSealedDays
    self.caps = caps
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    maximumKeys = try fields.optionalInteger("maximumKeys", 1...UInt64.max)
    maximumDays = try fields.optionalInteger("maximumDays", 1...36_500)
    maximumKeysPerMonth = try fields.optionalInteger("maximumKeysPerMonth", 1...UInt64.max)
    maximumSealedDays = try fields.optionalInteger("maximumSealedDays", 1...36_500)
    caps = []
    for var step in try fields.objects("caps", maximumCount: 16) {
      caps.append(
        Cap(keys: try step.integer("keys", 1...UInt64.max), judges: Int(try step.integer("judges", 1...255))))
      try step.finish()
    }
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [:]
    members["maximumKeys"] = maximumKeys.map { .integer($0) }
    members["maximumDays"] = maximumDays.map { .integer($0) }
    members["maximumKeysPerMonth"] = maximumKeysPerMonth.map { .integer($0) }
    members["maximumSealedDays"] = maximumSealedDays.map { .integer($0) }
    members["caps"] = .array(
      caps.map { .object(["keys": .integer($0.keys), "judges": .integer(UInt64($0.judges))]) })
    return members
  }

  /// Refuses limits that contradict themselves or that `judges` judges could never meet.
  func check(judges: Int) throws(RosterRefusal) {
    for limit in [maximumKeys, maximumDays, maximumKeysPerMonth, maximumSealedDays] where limit == 0 {
      throw .invalidLimit("a limit of 0 allows nothing")
    }
    for days in [maximumDays, maximumSealedDays] {
      if let days, days > 36_500 { throw .invalidLimit("more than 36,500 days") }
    }
    if caps.count > 16 { throw .invalidLimit("more than 16 caps") }
    for step in caps {
      if step.keys == 0 || step.judges < 1 { throw .invalidLimit("a cap of 0 allows nothing") }
      if step.judges > judges {
        throw .invalidLimit("a cap asks for \(step.judges) judges, and the roster has \(judges)")
      }
    }
    for (lower, upper) in zip(caps, caps.dropFirst())
    where lower.keys >= upper.keys || lower.judges >= upper.judges {
      throw .invalidLimit("caps must rise in keys and in judges")
    }
  }

  /// How many judges must sign for `keys` keys; nil when no step of the ladder reaches that far.
  func judgesNeeded(forKeys keys: UInt64) -> Int? {
    caps.isEmpty ? 1 : caps.first { keys <= $0.keys }?.judges
  }
}
