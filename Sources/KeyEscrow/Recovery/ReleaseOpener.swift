import LibCrypto
import SecretMemory
import SecretSharing

/// A chunk of a release, read and checked against the signed table, not yet opened.
struct ReleaseChunkBytes {
  let publicDigest: Digest
  let frontDigest: Digest
  private let bytes: [UInt8]
  private let frontByteCount: Int

  init(publicDigest: Digest, frontDigest: Digest, bytes: [UInt8], frontByteCount: Int) {
    self.publicDigest = publicDigest
    self.frontDigest = frontDigest
    self.bytes = bytes
    self.frontByteCount = frontByteCount
  }

  /// Lends the packed records, n × (be32 position ‖ locator), and the sealed shares.
  func withParts<Result: ~Copyable, Failure: Error>(
    _ body: (_ records: Span<UInt8>, _ sealed: Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let span = bytes.span
    return try body(
      span.extracting(ReleaseChunk.fixedByteCount..<frontByteCount),
      span.extracting(frontByteCount..<span.count))
  }

  /// Whether both list the same records, byte for byte.
  func listsSameRecords(as other: ReleaseChunkBytes) -> Bool {
    withParts { records, _ in
      other.withParts { others, _ in records.hasSamePublicBytes(as: others) }
    }
  }
}

/// Opens the chunks of one release with the recipient's key.
struct ReleaseOpener: ~Copyable {
  let release: Release
  private let contexts: [OpeningContext]

  init(_ release: Release, warrant: Warrant, recipientKey: borrowing X25519PrivateKey) throws(EscrowError) {
    self.release = release
    var contexts: [OpeningContext] = []
    for encapsulation in release.body.encapsulations {
      let info = ReleaseChunk.info(
        suite: .x25519, depositRoster: encapsulation.roster, warrant: warrant.digest,
        warrantRoster: warrant.roster.id, holder: release.body.holder.description)
      do {
        let recipient = try HPKERecipient.setup(
          CipherSuite.x25519.hpke, encapsulation: encapsulation.bytes.span, key: recipientKey, info: info.span
        )
        contexts.append(OpeningContext(recipient))
      } catch .invalidKey {
        throw .failedVerification(.releaseDoesNotOpen(release.body.holder))
      } catch { throw .crypto(error) }
    }
    self.contexts = contexts
  }

  /// The same for another thread. It costs no X25519.
  init(twinOf other: borrowing ReleaseOpener) throws(EscrowError) {
    var contexts: [OpeningContext] = []
    do {
      for context in other.contexts { contexts.append(OpeningContext(try context.recipient.twin())) }
    } catch { throw .crypto(error) }
    release = other.release
    self.contexts = contexts
  }

  /// Reads chunk `index` and checks its digest.
  func read(_ index: Int, using sha: inout SHA256) throws(EscrowError) -> ReleaseChunkBytes {
    try release.chunk(index, using: &sha)
  }

  /// Writes the chunk's shares, 32 bytes per record. They are authentic as the holder's answer, not yet as shares.
  func open(
    _ chunk: ReleaseChunkBytes, index: Int, into shares: inout MutableSpan<UInt8>
  ) throws(EscrowError) {
    let context = contexts[Int(release.reader.entries[index].encapsulation)]
    let sequence = release.sealSequences[index]
    do {
      try chunk.frontDigest.withBytes { additionalData throws(CryptoError) in
        try chunk.withParts { _, sealed throws(CryptoError) in
          try context.recipient.open(
            sequence: sequence, additionalData: additionalData, ciphertext: sealed, into: &shares)
        }
      }
    } catch .authenticationFailed {
      throw .failedVerification(.releaseDoesNotOpen(release.body.holder))
    } catch { throw .crypto(error) }
  }

  /// The roster under which chunk `index`'s deposit was made, as the holder says.
  func depositRoster(of index: Int) -> Digest {
    release.body.encapsulations[Int(release.reader.entries[index].encapsulation)].roster
  }
}

/// An HPKE context in a place of its own, since arrays hold no values that cannot be copied. One thread uses it.
private final class OpeningContext {
  var recipient: HPKERecipient

  init(_ recipient: consuming HPKERecipient) {
    self.recipient = recipient
  }
}

extension Release {
  /// Reads chunk `index` and checks its digest.
  func chunk(_ index: Int, using sha: inout SHA256) throws(EscrowError) -> ReleaseChunkBytes {
    let entry = reader.entries[index]
    let bytes = try reader.chunk(index)
    let frontByteCount = ReleaseChunk.fixedByteCount + Int(entry.records) * ReleaseChunk.recordByteCount
    let digests = Array(bytes[..<ReleaseChunk.fixedByteCount])
    do throws(CryptoError) {
      try sha.update(bytes.span.extracting(0..<frontByteCount))
      let frontDigest = try sha.finish()
      let digest = try BulkFile.chunkDigest(
        frontDigest: frontDigest, body: bytes.span.extracting(frontByteCount..<bytes.count), using: &sha)
      if digest == entry.digest, let deposit = Digest(bytes: digests.span.extracting(0..<Digest.byteCount)),
        deposit == entry.subject,
        let publicDigest = Digest(bytes: digests.span.extracting(Digest.byteCount..<2 * Digest.byteCount))
      {
        return ReleaseChunkBytes(
          publicDigest: publicDigest, frontDigest: frontDigest, bytes: bytes, frontByteCount: frontByteCount)
      }
    } catch { throw .crypto(error) }
    throw .failedVerification(.chunk(.release, index: index))
  }

  /// The records in scope that the holder did not answer for, because their deposits are malformed.
  ///
  /// - Throws: `.failedVerification(.chunk)` for a chunk that is not the signed one, or says nothing that it could.
  public func passedOver() throws(EscrowError) -> [PassedOver] {
    var sha = try EscrowError.wrapping { () throws(CryptoError) in try SHA256() }
    var found: [PassedOver] = []
    for (index, entry) in reader.entries.enumerated() where !entry.isSealed {
      let chunk = try chunk(index, using: &sha)
      guard let passedOver = PassedOverChunk.parse(chunk, of: entry.subject, by: body.holder) else {
        throw .failedVerification(.chunk(.release, index: index))
      }
      found.append(passedOver)
    }
    return found
  }

  /// The chunks that are not the ones their holder signed, each as a fault of that holder.
  ///
  /// Recovery reads what it needs; this reads all of the release, so that an alteration shows even where the other
  /// releases suffice.
  public func alteredChunks() throws(EscrowError) -> [RecoveryFault] {
    var sha = try EscrowError.wrapping { () throws(CryptoError) in try SHA256() }
    var faults: [RecoveryFault] = []
    for (index, entry) in reader.entries.enumerated() {
      do throws(EscrowError) {
        _ = try chunk(index, using: &sha)
      } catch {
        guard case .failedVerification(let failure) = error else { throw error }
        faults.append(
          RecoveryFault(culprit: .holder(body.holder), deposit: entry.subject, failure: failure))
      }
    }
    return faults
  }
}
