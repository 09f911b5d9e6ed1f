import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

/// The transparency log that a new roster names.
struct RosterLogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The transparency log: its directory here, or the file of its verifier key. A roster without one is a test roster.",
      valueName: "LOGDIR|VKEYFILE"))
  var log: String?

  @Option(help: ArgumentHelp("The log's origin, when it is not the name of its key.", valueName: "O"))
  var logOrigin: String?

  @Option(
    help: ArgumentHelp(
      "Which witnesses must have cosigned (C2SP tlog-policy); without it, the local witness of LOGDIR.",
      valueName: "FILE"))
  var witnessPolicy: String?

  @Option(help: ArgumentHelp("How old a proof may be when it is answered; 24.", valueName: "N"))
  var maxWitnessAgeHours: UInt64?

  @Flag(help: "Say openly that the witnesses are not independent of log and holders.")
  var unwitnessed = false

  func validate() throws {
    if log == nil {
      guard witnessPolicy == nil, maxWitnessAgeHours == nil, logOrigin == nil, !unwitnessed else {
        throw ValidationError(
          "--witness-policy, --max-witness-age-hours, --log-origin and --unwitnessed go with --log.")
      }
    }
    if let maxWitnessAgeHours, !RosterLog.witnessAgeHours.contains(maxWitnessAgeHours) {
      throw ValidationError("--max-witness-age-hours is a number from 1 to 8760.")
    }
  }

  /// The log, if one was named.
  func load() throws(Failure) -> RosterLog? {
    guard let log else { return nil }
    let identity: LogIdentity
    let policy: [UInt8]
    var isUnwitnessed = unwitnessed
    if Directory.exists(log) {
      let local = try LocalLog(log)
      let found = try local.identity()
      identity = logOrigin.map { LogIdentity(origin: $0, key: found.key) } ?? found
      if witnessPolicy == nil {
        guard let text = try local.policyText() else {
          throw .usage("\(log): has no witness of its own; name the witnesses with --witness-policy")
        }
        policy = text
        // Whoever runs the log runs this witness too.
        isUnwitnessed = true
      } else {
        policy = try readPolicy()
      }
    } else {
      let key = try LogKeyFile.verifierKey(at: log)
      identity = LogIdentity(origin: logOrigin ?? key.name, key: key)
      guard witnessPolicy != nil else {
        throw .usage("\(log): is a key and no directory; name the witnesses with --witness-policy")
      }
      policy = try readPolicy()
    }
    return try locating(witnessPolicy.map { DocumentFile.name(of: $0) } ?? log) {
      try RosterLog(
        identity: identity, policy: policy, maximumWitnessAgeHours: maxWitnessAgeHours ?? 24,
        isUnwitnessed: isUnwitnessed)
    }
  }

  private func readPolicy() throws(Failure) -> [UInt8] {
    guard let witnessPolicy else { return [] }
    return try DocumentFile.read(witnessPolicy, maximumByteCount: WitnessPolicy.maximumByteCount)
  }
}
