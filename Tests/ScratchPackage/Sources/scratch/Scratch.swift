/// Two tasks use the libraries at the same time, as a server would.
@main
struct Scratch {
  static func main() async throws {
    async let shares = sharing(rounds: 200)
    async let keys = escrow(keys: 2000)
    let (shared, recovered) = try await (shares, keys)
    print("sharing: \(shared) secrets dealt and reconstructed")
    print("escrow: \(recovered) keys deposited and recovered, bit for bit")
    print("both tasks are done")
  }
}

/// What did not come out as it must.
struct Wrong: Error {
  let what: String
}
