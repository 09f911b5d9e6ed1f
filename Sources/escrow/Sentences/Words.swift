import SecretSharing

/// Small pieces of sentences.
enum Words {
  static func list(_ holders: some Sequence<HolderID>) -> String {
    holders.map(\.description).joined(separator: ", ")
  }
}
