import KeyEscrow
import LibCrypto
import SecretMemory

/// What a machine must be for secrets to stay secret on it.
enum MachineChecks {
  private static let oldestLibCrypto: UInt = 0x3000_0000  // 3.0
  // What one recovery or deposit keeps locked at most.
  private static let lockedByteCount = 8 << 20

  static var all: [Finding] {
    [versions, libCrypto, randomness, lockedMemory, swap, coreDumps, clock]
  }

  // MARK: Versions

  private static var versions: Finding {
    .ok("version", "escrow \(Build.version), commit \(buildCommit), compiled by Swift \(swiftVersion)")
  }

  private static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var libCrypto: Finding {
    guard LibCryptoVersion.number >= oldestLibCrypto else {
      return .fault("libcrypto", LibCryptoVersion.text, "install OpenSSL 3.0 or newer")
    }
    return .ok("libcrypto", LibCryptoVersion.text)
  }

  // MARK: Randomness

  private static var randomness: Finding {
    let advice = "restart the machine; without randomness no key may be made"
    do {
      let first = try SystemRandom().secret(32)
      let second = try SystemRandom().secret(32)
      let isStuck = first.withBytes { first in
        second.withBytes { ConstantTime.equal(first, $0) || ConstantTime.isZero(first) }
      }
      guard !isStuck else { return .fault("randomness", "the generator repeats itself", advice) }
    } catch { return .fault("randomness", error.sentence, advice) }
    guard let text = SystemFile.line("/proc/sys/kernel/random/entropy_avail"), let bits = Int(text) else {
      return .ok("randomness", "the generator works")
    }
    guard bits >= 128 else {
      return .warning(
        "randomness", "the kernel has \(bits) bits of entropy", "wait until it has gathered 128")
    }
    return .ok("randomness", "the generator works; the kernel has \(bits) bits of entropy")
  }

  // MARK: Memory

  private static var lockedMemory: Finding {
    let limit = SystemLimit.lockedMemory
    let isLocked: Bool
    do { isLocked = try SecretBytes.zeros(1 << 20).isLocked } catch {
      return .fault("locked memory", error.sentence, "free some memory")
    }
    guard isLocked else {
      return .warning(
        "locked memory", "secrets cannot be locked into memory; the limit is \(SystemLimit.text(limit))",
        "raise it with `ulimit -l`, or turn swap off")
    }
    guard limit.map({ $0 >= UInt64(lockedByteCount) }) ?? true else {
      return .warning(
        "locked memory", "the limit is \(SystemLimit.text(limit))",
        "large deposits and recoveries lock up to 8 MiB; raise it with `ulimit -l`")
    }
    return .ok("locked memory", "the limit is \(SystemLimit.text(limit))")
  }

  private static var swap: Finding {
    guard let text = SystemFile.text("/proc/swaps") else { return .ok("swap", "not known on this system") }
    let devices = text.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
    guard !devices.isEmpty else { return .ok("swap", "off") }
    return .warning(
      "swap", "on: \(devices.joined(separator: ", "))",
      "turn it off with `swapoff -a`, or encrypt it; memory that could not be locked may go there")
  }

  private static var coreDumps: Finding {
    let limit = SystemLimit.coreFile
    let pattern = SystemFile.line("/proc/sys/kernel/core_pattern") ?? ""
    // A pipe is fed whatever the limit is.
    if pattern.hasPrefix("|") {
      return .warning(
        "core dumps", "go to a program: \(pattern.dropFirst())",
        "secret buffers are left out of them; other memory is not: turn them off for ceremonies")
    }
    guard limit == 0 else {
      return .warning(
        "core dumps", "on, up to \(SystemLimit.text(limit)) to \(pattern.isEmpty ? "core" : pattern)",
        "turn them off with `ulimit -c 0`; secret buffers are left out of them, other memory is not")
    }
    return .ok("core dumps", "off")
  }

  // MARK: Time

  // What systemd-timesyncd, chrony, ntpd and OpenNTPD leave while they run.
  private static let timeServiceFiles = [
    "/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid",
    "/run/openntpd.pid",
  ]

  private static var clock: Finding {
    let advice = "set the clock; signatures, warrants and logs carry its time"
    guard let now = try? Timestamp.now() else {
      return .fault("clock", "is outside the years 1970 to 9999", advice)
    }
    let text = LocalTime.text(now, on: Terminal.standardOutput)
    // Nothing of this package existed before, so a clock that says so was never set.
    guard now.secondsSince1970 >= 1_767_225_600 else {
      return .fault("clock", "says \(text), before this program was written", advice)
    }
    guard timeServiceFiles.contains(where: Directory.holdsAnything) else {
      return .warning(
        "clock", "\(text); no time service is seen", "compare it with a clock that you trust")
    }
    return .ok("clock", "\(text), kept by a time service")
  }
}
