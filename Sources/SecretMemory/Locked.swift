#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A value that one thread at a time uses.
///
/// The lock is POSIX's and not the standard library's: ThreadSanitizer does not see what the latter orders when threads
/// meet at it, and would call every secret that one thread gives back and another takes a race.
@safe
package final class Locked<Value>: @unchecked Sendable {
  // Sendable: nothing reaches the value but with the lock.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  package init(_ value: sending Value) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    let status = unsafe (pthread_mutex_init(mutex, nil), pthread_cond_init(changed, nil))
    precondition(status == (0, 0), "no lock could be made")
    self.value = value
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe changed.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(&value)
  }

  /// Changes the value and wakes the threads that wait in `withLock(once:)`.
  package func change<Result>(_ body: (inout Value) -> Result) -> Result {
    defer { unsafe pthread_cond_broadcast(changed) }
    return withLock(body)
  }

  /// Waits until `isReady`, which `change` makes so, and runs `body` before another thread does anything.
  package func withLock<Result>(once isReady: (Value) -> Bool, _ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while !isReady(value) { unsafe pthread_cond_wait(changed, mutex) }
    return body(&value)
  }
}
