import LibCrypto
import TransparencyLog

// What a log or a witness sends.

extension FuzzTarget {
  static let logs: [FuzzTarget] = [
    FuzzTarget(
      "note", isText: true, samples: { [try SampleLog.get().checkpointNote, try SampleLog.get().witnessed] }
    ) { bytes in
      guard let log = try? SampleLog.get(), let note = try? UnverifiedNote(parsing: bytes.span) else {
        return false
      }
      claim(note.bytes == bytes, "a note is written as it was read")
      guard let verified = try? note.verified(by: [log.logKey]) else { return false }
      claim(log.signedTexts.contains(verified.text), "only a text that the key signed is verified")
      return true
    },
    FuzzTarget("verifier-key", isText: true, samples: { [Array(try SampleLog.get().logKey.vkey.utf8)] }) {
      bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else { return false }
      if let key = try? CosignatureVerifierKey(vkey: text) {
        claim(Array(key.vkey.utf8) == bytes, "a witness's key is written as it was read")
        return true
      }
      guard let key = try? NoteVerifierKey(vkey: text) else { return false }
      claim(Array(key.vkey.utf8) == bytes, "a verifier key is written as it was read")
      return true
    },
    FuzzTarget("checkpoint", isText: true, samples: { [try SampleLog.get().checkpointText] }) { bytes in
      guard let text = String(validating: bytes, as: UTF8.self),
        let checkpoint = try? Checkpoint(parsing: text)
      else { return false }
      claim(Array(checkpoint.text.utf8) == bytes, "a checkpoint is written as it was read")
      return true
    },
    FuzzTarget("witness-policy", isText: true, samples: { [try SampleLog.get().policyText] }) { bytes in
      guard let log = try? SampleLog.get(), let policy = try? WitnessPolicy(parsing: bytes.span) else {
        return false
      }
      // Whatever the policy asks for, it is asked of the bytes that are signed.
      guard let note = try? UnverifiedNote(parsing: log.witnessed.span),
        let witnessed = try? note.witnessedCheckpoint(by: policy)
      else { return true }
      claim(witnessed.checkpoint.size == SampleLog.size, "a policy does not change what was signed")
      return true
    },
    FuzzTarget("proof", isText: true, samples: { [try SampleLog.get().proof] }) { bytes in
      guard let log = try? SampleLog.get(), let proof = try? TransparencyProof(parsing: bytes.span) else {
        return false
      }
      claim(proof.bytes == bytes, "a proof is written as it was read")
      var isProved = false
      for index in [3, 4, 258] {
        let bytes = log.entries[index]
        guard let entry = try? proof.verified(entry: bytes.span, by: log.policy) else { continue }
        isProved = true
        claim(entry.index == UInt64(index), "an entry is proved at its own index alone")
      }
      let other: [UInt8] = [1]
      claim(
        (try? proof.verified(entry: other.span, by: log.policy)) == nil,
        "nothing is proved that is not in the log")
      return isProved
    },
    FuzzTarget("tiles", samples: { Array(try SampleLog.get().files.values) }) { bytes in
      guard let log = try? SampleLog.get() else { return false }
      var isAccepted = false
      // The hostile file stands in the place of each file in turn.
      for path in log.files.keys {
        let source = HostileFiles(files: log.files, hostile: path, bytes: bytes)
        let reader = LogReader(log.verified, source: source)
        var entries = reader.entries()
        var index = 0
        while let entry = try? entries.next() {
          claim(
            Array(entry.bytes) == log.entries[index],
            "an entry is returned only as the checkpoint commits to it")
          index += 1
        }
        if index == log.entries.count { isAccepted = true }
        guard let proof = try? reader.inclusionProof(of: 3) else { continue }
        claim(proof == log.inclusionProof, "a proof is returned only when it leads to the root")
      }
      return isAccepted
    },
  ]
}

/// A log's files, of which one is somebody else's.
private struct HostileFiles: TileSource {
  let files: [String: [UInt8]]
  let hostile: String
  let bytes: [UInt8]

  func read(_ path: String, limit: Int) throws(LogError) -> [UInt8]? {
    guard path == hostile else { return files[path] }
    guard bytes.count <= limit else { throw .corrupt(path: path) }
    return bytes
  }
}
