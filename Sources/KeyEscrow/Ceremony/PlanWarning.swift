public import SecretSharing

/// What a plan allows and a reviewer should know.
public enum PlanWarning: Hashable, Sendable {
  /// These holders are in every authorised set, and their keys have no backup: lost with one of them, everything is.
  case singlePointOfLoss(HolderID)
  /// Every authorised set needs this holder; its officers are the only way back.
  case mandatory(HolderID)
  /// One judge is enough to open, together with the others of this set.
  case judgeAlone([HolderID])
  /// The holder's keys are not backed up.
  case noBackup(HolderID)
  /// A single officer restores the holder's keys.
  case soleOfficer(HolderID, String)
  /// No officer of this group may be missing.
  case everyOfficerNeeded(HolderID)
  /// The same person stands in several places.
  case samePerson(String, places: [String])
  /// A real roster without this limit.
  case noLimit(String)
  /// Sealing keys that live longer than this many days open all that was deposited to them.
  case longLivedKeys(days: UInt64)
  /// For tests only.
  case test
  /// The log's witnesses are not independent: it is a journal.
  case unwitnessed
}

extension CeremonyPlan {
  /// Everything that a reviewer should know, the gravest first.
  public var warnings: [PlanWarning] {
    var warnings: [PlanWarning] = isTest ? [.test] : []
    if log?.isUnwitnessed == true { warnings.append(.unwitnessed) }
    for id in policy.mandatoryHolders {
      warnings.append(holder(id)?.backup == nil ? .singlePointOfLoss(id) : .mandatory(id))
    }
    if let alone = policy.minimalAuthorizedSets(limit: 4096).first(where: {
      $0.count { $0.role == .judge } == 1
    }) {
      warnings.append(.judgeAlone(alone))
    }
    for holder in holders {
      guard let backup = holder.backup else {
        if !policy.mandatoryHolders.contains(holder.id) { warnings.append(.noBackup(holder.id)) }
        continue
      }
      for group in backup.groups where backup.groupThreshold == 1 && group.threshold == 1 {
        warnings.append(.soleOfficer(holder.id, group.officers[0]))
      }
      let spareGroups = backup.groups.count > backup.groupThreshold
      if !spareGroups, backup.groups.contains(where: { $0.threshold == $0.officers.count }) {
        warnings.append(.everyOfficerNeeded(holder.id))
      }
    }
    warnings += repeatedPersons
    if limits.maximumKeys == nil, limits.caps.isEmpty { warnings.append(.noLimit("maximum-keys")) }
    if limits.maximumDays == nil { warnings.append(.noLimit("maximum-days")) }
    if sealingDays > 400 { warnings.append(.longLivedKeys(days: sealingDays)) }
    return warnings
  }

  private var repeatedPersons: [PlanWarning] {
    var places: [String: [String]] = [:]
    var order: [String] = []
    func note(_ person: String?, _ place: String) {
      guard let person else { return }
      if places[person] == nil { order.append(person) }
      places[person, default: []].append(place)
    }
    for holder in holders {
      note(holder.participant.person, holder.id.description)
      for officer in holder.backup?.officers ?? [] { note(officer, "the backup of \(holder.id)") }
    }
    note(witness.person, CeremonyActor.witnessName)
    return order.compactMap { person in
      guard let places = places[person], places.count > 1 else { return nil }
      return .samePerson(person, places: places)
    }
  }
}
