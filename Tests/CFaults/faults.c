#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "galois_field.h"

/* Every thread of the tests comes through here, also of those that let nothing fail. */
static _Atomic fault_kind armed = FAULT_KINDS;
static _Atomic size_t failing, calls;
static _Atomic bool lasts;

void fault_arm(fault_kind kind, size_t number, bool lasting) {
  armed = kind, failing = number, lasts = lasting, calls = 0;
}

void fault_disarm(void) { armed = FAULT_KINDS; }

size_t fault_calls(void) { return calls; }

static bool fails(fault_kind kind) {
  if (armed != kind) return false;
  const size_t call = ++calls;
  return call == failing || (lasts && call > failing);
}

#define REAL(name)                                              \
  static _Atomic(__typeof__(&name)) found;                      \
  __typeof__(&name) real = found;                               \
  if (real == NULL) {                                           \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);          \
    if (real == NULL) abort();                                  \
    found = real;                                               \
  }

int RAND_priv_bytes(unsigned char *bytes, int count);
int RAND_priv_bytes(unsigned char *bytes, int count) {
  REAL(RAND_priv_bytes)
  if (fails(FAULT_RANDOM)) {
    /* A generator that fails half-way has already written something. */
    memset(bytes, 0x5A, (size_t)count / 2);
    return 0;
  }
  return real(bytes, count);
}

typedef void *(*crypto_malloc)(size_t, const char *, int);
typedef void *(*crypto_realloc)(void *, size_t, const char *, int);
typedef void (*crypto_free)(void *, const char *, int);
int CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);

static void *libcrypto_malloc(size_t count, const char *file, int line) {
  (void)file, (void)line;
  return fails(FAULT_LIBCRYPTO_MEMORY) ? NULL : malloc(count);
}

static void *libcrypto_realloc(void *old, size_t count, const char *file, int line) {
  (void)file, (void)line;
  return fails(FAULT_LIBCRYPTO_MEMORY) ? NULL : realloc(old, count);
}

static void libcrypto_free(void *old, const char *file, int line) {
  (void)file, (void)line;
  free(old);
}

bool fault_prepare(void) {
  return CRYPTO_set_mem_functions(libcrypto_malloc, libcrypto_realloc, libcrypto_free) == 1;
}

void *mmap(void *address, size_t count, int protection, int flags, int file, off_t offset) {
  REAL(mmap)
  /* Secrets come in anonymous pages that are written; so do few other things, and none while a fault is armed. */
  if (flags == (MAP_PRIVATE | MAP_ANONYMOUS) && protection == (PROT_READ | PROT_WRITE) && fails(FAULT_PAGES)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return real(address, count, protection, flags, file, offset);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OWN_MALLOC 0
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_OWN_MALLOC)
void *__libc_malloc(size_t count);

void *malloc(size_t count) {
  /* Only what gf256_matrix_create asks for: Swift's own allocations may not fail. */
  const uintptr_t caller = (uintptr_t)__builtin_return_address(0), create = (uintptr_t)&gf256_matrix_create;
  if (caller > create && caller - create < 4096 && fails(FAULT_FIELD_MEMORY)) return NULL;
  return __libc_malloc(count);
}
#endif
