import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import Testing

extension Workspace {
  /// Changes one bit of `name` in the middle of the only place where `needle` stands.
  func flip(_ needle: [UInt8], in name: String, location: SourceLocation = #_sourceLocation) throws {
    var bytes = Data(try self.bytes(name))
    let range = try #require(bytes.range(of: Data(needle)), "not in the file", sourceLocation: location)
    #expect(
      bytes.range(of: Data(needle), in: range.upperBound..<bytes.count) == nil, sourceLocation: location)
    bytes[range.lowerBound + needle.count / 2] ^= 1
    try write(Array(bytes), to: name)
  }
}

extension Scene {
  /// The deposit that holds `epoch` of `conversation`, as the store gives it.
  func deposit(_ conversation: Int, _ epoch: UInt64) throws -> (deposit: Deposit, position: Int) {
    let database = try EscrowDatabase.open(path: workspace.path("S"), mode: .readOnly)
    let id = try #require(ConversationID(hex: Self.conversation(conversation)))
    let found = try #require(try database.deposits(of: RecordLocator(conversation: id, epoch: epoch)).first)
    return (found.deposit, Int(try #require(found.positions.first)))
  }
}
