import SecretMemory
import Testing

#if canImport(Glibc)
  import Glibc
#endif

struct SecretBytesTests {
  @Test(
    "A new secret is zero, and every byte can be written and read", arguments: [0, 1, 32, 4096, 4097, 20_000])
  func readWrite(count: Int) throws {
    var secret = try SecretBytes.zeros(count)
    #expect(secret.count == count)
    let isZero = secret.withBytes { $0.count == count && ConstantTime.isZero($0) }
    #expect(isZero)
    secret.withMutableBytes { bytes in
      for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &+ 1) }
    }
    let same = secret.withBytes { bytes in
      bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0 &+ 1) }
    }
    #expect(same)
  }

  @Test("Erasing leaves zeros")
  func erase() throws {
    var secret = try SecretBytes.copying([UInt8](repeating: 0xa5, count: 5000).span)
    let before = secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == 0xa5 } }
    #expect(before)
    secret.erase()
    let after = secret.withBytes { ConstantTime.isZero($0) }
    #expect(after)
    #expect(secret.count == 5000)
  }

  @Test("Copying leaves the original alone")
  func copying() throws {
    let original: [UInt8] = [1, 2, 3]
    let copy = try SecretBytes.copying(original.span)
    let bytes = copy.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    #expect(bytes == original)
  }

  @Test("A secret has no other text than <redacted>")
  func redacted() throws {
    let secret = try SecretBytes.copying(Array("hunter2".utf8).span)
    #expect(secret.description == "<redacted>")
  }

  @Test("A count that no memory can have is an error", arguments: [-1, Int.min, Int.max])
  func invalidCount(count: Int) {
    #expect(throws: SecretMemoryError.invalidCount(count)) { _ = try SecretBytes.zeros(count) }
  }

  @Test("A count that this machine cannot have is an error")
  func outOfMemory() {
    let count = 1 << 60
    #expect(throws: SecretMemoryError.outOfMemory(byteCount: count)) { _ = try SecretBytes.zeros(count) }
  }

  @Test("An error thrown while the bytes are lent comes out as itself")
  func errors() throws {
    struct Refusal: Error, Equatable {}
    var secret = try SecretBytes.zeros(1)
    #expect(throws: Refusal()) { try secret.withBytes { (_) throws(Refusal) in throw Refusal() } }
    #expect(throws: Refusal()) { try secret.withMutableBytes { (_) throws(Refusal) in throw Refusal() } }
  }

  #if os(Linux)
    @Test("Beyond the limit of locked memory a secret still works, says so, and is counted")
    func unlocked() async {
      await #expect(processExitsWith: .success) {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        guard unsafe setrlimit(__rlimit_resource_t(8), &limit) == 0 else { exit(2) }  // RLIMIT_MEMLOCK
        // A process with CAP_IPC_LOCK has no such limit: it may lock, and must then not be counted.
        let before = SecretMemory.unlockedAllocations
        let secret = try SecretBytes.zeros(32)
        let counted = SecretMemory.unlockedAllocations - before
        guard counted == (secret.isLocked ? 0 : 1) else { exit(3) }
        guard secret.withBytes({ $0.count == 32 && ConstantTime.isZero($0) }) else { exit(4) }
      }
    }

    @Test("The pages are locked, or not, as the system says; and kept out of core dumps")
    func pages() throws {
      let secret = try SecretBytes.zeros(32)
      let address = secret.withBytes { bytes in
        unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      }
      let flags = try #require(MappingFlags.ofMapping(at: address))
      #expect(flags.contains("dd"))
      #expect(flags.contains("lo") == secret.isLocked)
    }
  #endif
}
