import COpenSSL
import SecretMemory

/// libcrypto's queue of errors, one per thread.
enum ErrorQueue {
  /// Empties the queue, so that what other code left there is not blamed on the next call.
  static func clear() {
    // Looking is cheaper than clearing, and the queue is nearly always empty.
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// Takes every error out of the queue, oldest first, as text.
  static func drain() -> [String] {
    var reasons: [String] = []
    while true {
      var details: UnsafePointer<CChar>?
      var flags: CInt = 0
      let code = unsafe ERR_get_error_all(nil, nil, nil, &details, &flags)
      guard code != 0 else { return reasons }
      var reason = text(of: code)
      if let details = unsafe details, flags & ERR_TXT_STRING != 0 {
        let more = unsafe String(cString: details)
        if !more.isEmpty { reason += " (\(more))" }
      }
      reasons.append(reason)
    }
  }

  private static func text(of code: UInt) -> String {
    var buffer = [CChar](repeating: 0, count: 256)  // the length that the manual calls always sufficient
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return "" }
      unsafe ERR_error_string_n(code, start, buffer.count)
      return unsafe String(cString: start)
    }
  }
}

/// Runs one libcrypto call that answers 1 for success; anything else becomes `CryptoError.libcrypto`.
///
/// This function and its sibling for pointers are where C's errors become Swift's.
@inline(__always)
func require(_ operation: StaticString, _ call: () -> CInt) throws(CryptoError) {
  ErrorQueue.clear()
  guard call() == 1 else { throw failure(of: operation) }
}

/// `require` for a further call of an operation that began with one: the queue is empty already, and looking at it costs
/// as much as a short step does.
@inline(__always)
func requireStep(_ operation: StaticString, _ call: () -> CInt) throws(CryptoError) {
  guard call() == 1 else { throw failure(of: operation) }
}

/// Runs one libcrypto call that answers a new object, or null for failure.
@inline(__always)
func requireHandle(
  _ operation: StaticString, _ call: () -> OpaquePointer?
) throws(CryptoError) -> OpaquePointer {
  ErrorQueue.clear()
  guard let handle = unsafe call() else { throw failure(of: operation) }
  return unsafe handle
}

/// The error of the call that has just failed, with every reason that libcrypto queued.
@inline(never)
func failure(of operation: StaticString) -> CryptoError {
  .libcrypto(operation: operation.description, reasons: ErrorQueue.drain())
}

/// Runs `body`, which asks for secret memory, with this module's error.
func withSecretMemory<Result: ~Copyable>(
  _ body: () throws(SecretMemoryError) -> Result
) throws(CryptoError) -> Result {
  do { return try body() } catch { throw .secretMemory(error) }
}
