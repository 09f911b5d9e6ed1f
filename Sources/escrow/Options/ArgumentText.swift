import ArgumentParser
import KeyEscrow
import SecretSharing

/// Text arguments that name moments, pseudonyms and holders.
enum ArgumentText {
  static func time(_ text: String) throws -> Timestamp {
    guard let time = Timestamp(text) else {
      throw ValidationError("write a time in UTC like 2027-01-31T09:30:00Z")
    }
    return time
  }

  static func holder(_ text: String) throws -> HolderID {
    do { return try HolderID(parsing: text) } catch {
      throw ValidationError("a holder is judge, provider or agency, or one of them with a label, judge:paris")
    }
  }

  static func actor(_ text: String) throws -> CeremonyActor {
    do { return try CeremonyActor(parsing: text) } catch {
      throw ValidationError("a participant is witness, or a holder such as judge:paris")
    }
  }

  static func conversation(_ text: String) throws -> ConversationID {
    guard let conversation = ConversationID(hex: text) else {
      throw ValidationError("a conversation is 64 lowercase hexadecimal digits")
    }
    return conversation
  }

  static func cap(_ text: String) throws -> RosterLimits.Cap {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let keys = UInt64(parts[0]), let judges = Int(parts[1]) else {
      throw ValidationError("a cap is KEYS:JUDGES, such as 1000:2")
    }
    return RosterLimits.Cap(keys: keys, judges: judges)
  }

  /// Refuses text of flag `name` that may not stand in a document that people read and sign.
  static func requireHuman(_ text: String?, _ name: String, maximumByteCount: Int = 512) throws {
    guard let text, let fault = HumanText.fault(in: text, maximumByteCount: maximumByteCount) else { return }
    throw ValidationError("\(name) \(fault).")
  }
}
