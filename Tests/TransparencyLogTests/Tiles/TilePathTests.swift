import Testing
import TransparencyLog

@Suite struct TilePathTests {
  @Test(
    arguments: [
      // The example of C2SP tlog-tiles, and every change in the number of groups.
      (1_234_067, "x001/x234/067"), (0, "000"), (7, "007"), (999, "999"), (1000, "x001/000"),
      (999_999, "x999/999"), (1_000_000, "x001/x000/000"),
    ] as [(UInt64, String)])
  func indicesAreWrittenInGroupsOfThree(index: UInt64, text: String) throws {
    let full = (index + 1) * 256
    #expect(TilePath(.entries, index: index, size: full)?.description == "tile/entries/\(text)")
    #expect(TilePath(.hashes(level: 0), index: index, size: full)?.description == "tile/0/\(text)")
    #expect(TilePath(.hashes(level: 3), index: index, size: full << 24)?.description == "tile/3/\(text)")
    #expect(TilePath(.entries, index: index, size: full - 1)?.description == "tile/entries/\(text).p/255")
    #expect(TilePath(.entries, index: index, size: full - 255)?.description == "tile/entries/\(text).p/1")
    #expect(TilePath(.entries, index: index, size: full - 256) == nil, "an empty file")
  }

  /// Width of the file at `index` of `level` in a log of `size` entries; 0 when there is none.
  private func width(_ level: Int, _ index: UInt64, _ size: UInt64) -> Int {
    TilePath(.hashes(level: level), index: index, size: size)?.width ?? 0
  }

  @Test func widthsAreThoseOfTheSpecificationsExamples() {
    // 70,000: 273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2.
    #expect((0..<273).allSatisfy { width(0, $0, 70_000) == 256 })
    #expect(width(0, 273, 70_000) == 112)
    #expect(width(0, 274, 70_000) == 0)
    #expect([0, 1, 2].map { width(1, $0, 70_000) } == [256, 17, 0])
    #expect([0, 1].map { width(2, $0, 70_000) } == [1, 0])
    #expect(width(3, 0, 70_000) == 0)
    // 256: a full tile at level 0 and one of 1 at level 1.
    #expect([width(0, 0, 256), width(0, 1, 256), width(1, 0, 256), width(2, 0, 256)] == [256, 0, 1, 0])
  }

  @Test func extremeSizesAndLevelsDoNotOverflow() {
    let largest = MerkleTree.maximumSize
    #expect(width(7, 0, largest) == 127)
    #expect(width(8, 0, largest) == 0)
    #expect(width(63, 0, largest) == 0)
    #expect(width(-1, 0, largest) == 0)
    #expect(TilePath(.entries, index: .max, size: largest) == nil)
    #expect(TilePath(.entries, index: largest >> 8, size: largest)?.width == 255)
  }
}
