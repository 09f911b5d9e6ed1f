@testable import KeyEscrow

// Documents read from arrays, whose spans need no name of their own then.

extension UnverifiedWarrant {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension UnverifiedRoster {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension UnverifiedSession {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension UnverifiedHead {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension UnverifiedRefusal {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension UnverifiedLogEntry {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}

extension StoreReceipt {
  init(reading bytes: [UInt8]) throws(EscrowError) { try self.init(parsing: bytes.span) }
}
