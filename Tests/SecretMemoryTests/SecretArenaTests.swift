import SecretMemory
import Testing

#if canImport(Glibc)
  import Glibc
#endif

struct SecretArenaTests {
  @Test("Up to 1,024 bytes share locked pages; more have pages of their own")
  func sizes() throws {
    for count in [0, 1, 12, 32, 64, 65, 256, 257, 1024] {
      let secret = try SecretBytes.zeros(count)
      // Without locked memory there is no arena.
      let (hasOwnPages, isLocked) = (secret.hasOwnPages, secret.isLocked)
      #expect(hasOwnPages == !isLocked)
    }
    let large = try SecretBytes.zeros(1025)
    let hasOwnPages = large.hasOwnPages
    #expect(hasOwnPages)
  }

  @Test("Secrets that live at once never share a byte")
  func apart() throws {
    let boxes = try (0..<600).map { try Box(count: [16, 32, 64, 100, 256, 300, 1024][$0 % 7]) }
    for (index, box) in boxes.enumerated() { box.fill(UInt8(truncatingIfNeeded: index &+ 1)) }
    for (index, box) in boxes.enumerated() { #expect(box.holds(UInt8(truncatingIfNeeded: index &+ 1))) }
    let places = boxes.map { $0.addresses }.sorted { $0.lowerBound < $1.lowerBound }
    for (left, right) in zip(places, places.dropFirst()) { #expect(left.upperBound <= right.lowerBound) }
  }

  @Test("Threads that take, fill and give back secrets find each of them zero and their own")
  func threads() async throws {
    let results = try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          var isRight = true
          for round in 0..<2000 {
            let box = try Box(count: [32, 200, 700][(task + round) % 3])
            isRight = isRight && box.holds(0)
            box.fill(UInt8(task + 1))
            if round.isMultiple(of: 16) { await Task.yield() }
            isRight = isRight && box.holds(UInt8(task + 1))
          }
          return isRight
        }
      }
      var results: [Bool] = []
      for try await result in group { results.append(result) }
      return results
    }
    #expect(results == [Bool](repeating: true, count: 8))
  }

  #if os(Linux)
    // Alone in a process, so that no other test takes or gives back a slot in between.
    @Test("A slot is erased when its secret ends, and then serves the next", arguments: [32, 200, 1024])
    func erased(count: Int) async {
      await #expect(processExitsWith: .success) { [count] in
        func use() throws -> UInt {
          let box = try Box(count: count)
          box.fill(0xA5)
          return box.addresses.lowerBound
        }
        let address = try use()
        let left = unsafe UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: address), count: count)
        guard unsafe left.allSatisfy({ $0 == 0 }) else { exit(2) }
        let next = try Box(count: count)
        guard next.addresses.lowerBound == address, next.holds(0) else { exit(3) }
      }
    }

    @Test("Once the arena is full, secrets have pages of their own; what was given back serves again")
    func exhausted() async {
      await #expect(processExitsWith: .success) {
        var boxes: [Box] = []
        while boxes.count < 1 << 16 {
          let box = try Box(count: 1024)
          if box.hasOwnPages { break }
          boxes.append(box)
        }
        guard boxes.count == SecretArena.maximumSlabs * 16 else { exit(2) }
        let beyond = try Box(count: 32)
        beyond.fill(7)
        guard beyond.hasOwnPages, beyond.holds(7) else { exit(3) }
        boxes.removeLast()
        guard try !Box(count: 1000).hasOwnPages else { exit(4) }
      }
    }

    @Test("A page that nobody may touch stands before and after each slab", arguments: [-1, 16_384])
    func guards(offset: Int) async {
      await #expect(processExitsWith: .failure) { [offset] in
        let first = try Box(count: 32).addresses.lowerBound
        let byte = unsafe UnsafePointer<UInt8>(bitPattern: UInt(bitPattern: Int(first) + offset))
        exit(unsafe byte?.pointee == 0xA5 ? 2 : 0)
      }
    }

    @Test("A child that fork makes has none of the secrets")
    func fork() throws {
      for count in [32, 5000] {
        let box = try Box(count: count)
        let flags = try #require(MappingFlags.ofMapping(at: box.addresses.lowerBound))
        #expect(flags.contains("dc"))
        #expect(flags.contains("dd"))
      }
    }
  #endif
}

/// A secret that an array can hold.
private final class Box: @unchecked Sendable {
  // Sendable: a test hands it on, and does not use it from two places.
  private var secret: SecretBytes

  init(count: Int) throws {
    secret = try SecretBytes.zeros(count)
  }

  var hasOwnPages: Bool { secret.hasOwnPages }

  func fill(_ byte: UInt8) {
    secret.withMutableBytes { bytes in for index in bytes.indices { bytes[index] = byte } }
  }

  func holds(_ byte: UInt8) -> Bool {
    secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == byte } }
  }

  var addresses: Range<UInt> {
    secret.withBytes { bytes in
      let start = unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      return start..<start + UInt(bytes.count)
    }
  }
}
