public import ArgumentParser
public import KeyEscrow

// A choice is written as it stands in the document.
extension DepositorKind: ExpressibleByArgument {}
extension WarrantPriority: ExpressibleByArgument {}
extension RefusalGround: ExpressibleByArgument {}
