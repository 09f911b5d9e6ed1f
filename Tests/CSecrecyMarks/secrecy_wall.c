#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "secrecy_marks.h"

/* libcrypto's functions at the wall, as LibCrypto calls them: each calls the real one and marks what comes out.
 *
 *   secret   what the random generator draws, what decryption gives, coefficients, and all that is computed from
 *            these without passing below: key agreements, derived keys, shares, recovered keys
 *   public   ciphertexts and tags, public keys, signatures, all SHA-256 digests but coefficients, a session's
 *            confirmations, and whether a tag, a signature or a key agreement was right
 *
 * This list is the whole of what the check takes for public. */

uint64_t secrecy_request(uint64_t request, uint64_t first, uint64_t second, uint64_t third);
void secrecy_pause_reports(void);
void secrecy_resume_reports(void);

static secrecy_passages passages;

secrecy_passages secrecy_count_passages(void) { return passages; }

#define REAL(name)                                                \
  static __typeof__(&name) real;                                  \
  if (real == NULL) {                                             \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);            \
    if (real == NULL) abort();                                    \
  }

/* libcrypto calls some of these functions too, for itself: that is its own affair. */
extern const char __executable_start, etext;

static bool is_from_program(const void *caller) {
  return (const char *)caller >= &__executable_start && (const char *)caller < &etext;
}

#define PASS_UNLESS_FROM_PROGRAM(call) \
  if (!is_from_program(__builtin_return_address(0))) return call;

/* What is known of a context between its init and its final. One thread. */
enum { CONTEXTS = 64, SALT = 16, SALTS = 1024 };

typedef struct {
  const void *context;
  unsigned char front[64];
  size_t count;
  int encrypts;
  bool is_confirmation;
} context_note;

static context_note notes[CONTEXTS];
static size_t next_note;

static context_note *note_of(const void *context) {
  for (size_t i = 0; i < CONTEXTS; i++) {
    if (notes[i].context == context) return &notes[i];
  }
  context_note *fresh = &notes[next_note++ % CONTEXTS];
  memset(fresh, 0, sizeof *fresh);
  fresh->context = context;
  return fresh;
}

static unsigned char coefficient_salts[SALTS][SALT];
static size_t salt_count;

static bool has_coefficient_salt(const context_note *note) {
  if (note->count < SALT) return false;
  for (size_t i = 0; i < salt_count && i < SALTS; i++) {
    if (memcmp(coefficient_salts[i], note->front, SALT) == 0) return true;
  }
  return false;
}

int RAND_priv_bytes(unsigned char *bytes, int count);
int RAND_priv_bytes(unsigned char *bytes, int count) {
  REAL(RAND_priv_bytes)
  PASS_UNLESS_FROM_PROGRAM(real(bytes, count))
  const int result = real(bytes, count);
  secrecy_mark_secret(bytes, (size_t)count);
  passages.random_secrets++;
  return result;
}

int EVP_DigestInit_ex2(void *context, const void *type, const void *parameters);
int EVP_DigestInit_ex2(void *context, const void *type, const void *parameters) {
  REAL(EVP_DigestInit_ex2)
  PASS_UNLESS_FROM_PROGRAM(real(context, type, parameters))
  note_of(context)->count = 0;
  return real(context, type, parameters);
}

int EVP_DigestUpdate(void *context, const void *bytes, size_t count);
int EVP_DigestUpdate(void *context, const void *bytes, size_t count) {
  REAL(EVP_DigestUpdate)
  PASS_UNLESS_FROM_PROGRAM(real(context, bytes, count))
  context_note *note = note_of(context);
  if (note->count < sizeof note->front && count > 0) {
    const size_t room = sizeof note->front - note->count;
    memcpy(note->front + note->count, bytes, count < room ? count : room);
  }
  note->count += count;
  return real(context, bytes, count);
}

int EVP_DigestFinal_ex(void *context, unsigned char *digest, unsigned int *size);
int EVP_DigestFinal_ex(void *context, unsigned char *digest, unsigned int *size) {
  REAL(EVP_DigestFinal_ex)
  PASS_UNLESS_FROM_PROGRAM(real(context, digest, size))
  static const char label[] = "key-escrow/v1 \x0b" "coefficient";
  const int result = real(context, digest, size);
  const context_note *note = note_of(context);
  /* A message may begin with secret bytes; what is compared here is not the library's doing. */
  secrecy_pause_reports();
  const bool is_coefficient = has_coefficient_salt(note);
  const bool is_salt = note->count >= sizeof label - 1 && memcmp(note->front, label, sizeof label - 1) == 0;
  secrecy_resume_reports();
  if (is_coefficient) {
    passages.coefficients++;
    /* A share digest begins with another salt, so these 32 bytes are a coefficient. */
    secrecy_mark_secret(digest, 32);
  } else {
    passages.public_digests++;
    secrecy_mark_public(digest, 32);
  }
  if (is_salt) memcpy(coefficient_salts[salt_count++ % SALTS], digest, SALT);
  return result;
}

int EVP_CipherInit_ex2(void *context, const void *cipher, const unsigned char *key, const unsigned char *nonce,
                       int encrypts, const void *parameters);
int EVP_CipherInit_ex2(void *context, const void *cipher, const unsigned char *key, const unsigned char *nonce,
                       int encrypts, const void *parameters) {
  REAL(EVP_CipherInit_ex2)
  PASS_UNLESS_FROM_PROGRAM(real(context, cipher, key, nonce, encrypts, parameters))
  note_of(context)->encrypts = encrypts;
  return real(context, cipher, key, nonce, encrypts, parameters);
}

int EVP_CipherUpdate(void *context, unsigned char *output, int *written, const unsigned char *input, int count);
int EVP_CipherUpdate(void *context, unsigned char *output, int *written, const unsigned char *input, int count) {
  REAL(EVP_CipherUpdate)
  PASS_UNLESS_FROM_PROGRAM(real(context, output, written, input, count))
  const int result = real(context, output, written, input, count);
  if (output != NULL && note_of(context)->encrypts == 1) {
    secrecy_mark_public(output, (size_t)count);
    passages.sealed_columns++;
  } else if (output != NULL) {
    secrecy_mark_secret(output, (size_t)count);
    passages.opened_columns++;
  }
  return result;
}

int EVP_CipherFinal_ex(void *context, unsigned char *output, int *written);
int EVP_CipherFinal_ex(void *context, unsigned char *output, int *written) {
  REAL(EVP_CipherFinal_ex)
  PASS_UNLESS_FROM_PROGRAM(real(context, output, written))
  /* Whether the tag is right is public. */
  secrecy_pause_reports();
  int result = real(context, output, written);
  secrecy_resume_reports();
  secrecy_mark_public(&result, sizeof result);
  return result;
}

int EVP_CIPHER_CTX_ctrl(void *context, int type, int argument, void *pointer);
int EVP_CIPHER_CTX_ctrl(void *context, int type, int argument, void *pointer) {
  REAL(EVP_CIPHER_CTX_ctrl)
  PASS_UNLESS_FROM_PROGRAM(real(context, type, argument, pointer))
  enum { GET_TAG = 0x10 };
  const int result = real(context, type, argument, pointer);
  if (type == GET_TAG) secrecy_mark_public(pointer, (size_t)argument);
  return result;
}

int EVP_MAC_init(void *context, const unsigned char *key, size_t count, const void *parameters);
int EVP_MAC_init(void *context, const unsigned char *key, size_t count, const void *parameters) {
  REAL(EVP_MAC_init)
  PASS_UNLESS_FROM_PROGRAM(real(context, key, count, parameters))
  note_of(context)->is_confirmation = false;
  return real(context, key, count, parameters);
}

int EVP_MAC_update(void *context, const unsigned char *bytes, size_t count);
int EVP_MAC_update(void *context, const unsigned char *bytes, size_t count) {
  REAL(EVP_MAC_update)
  PASS_UNLESS_FROM_PROGRAM(real(context, bytes, count))
  static const char label[] = "key-escrow/v1 confirm";
  secrecy_pause_reports();
  if (count == sizeof label - 1 && memcmp(bytes, label, count) == 0) note_of(context)->is_confirmation = true;
  secrecy_resume_reports();
  return real(context, bytes, count);
}

int EVP_MAC_final(void *context, unsigned char *output, size_t *written, size_t size);
int EVP_MAC_final(void *context, unsigned char *output, size_t *written, size_t size) {
  REAL(EVP_MAC_final)
  PASS_UNLESS_FROM_PROGRAM(real(context, output, written, size))
  const int result = real(context, output, written, size);
  if (note_of(context)->is_confirmation) {
    secrecy_mark_public(output, size);
    passages.confirmations++;
  }
  return result;
}

int EVP_PKEY_get_raw_public_key(const void *key, unsigned char *bytes, size_t *count);
int EVP_PKEY_get_raw_public_key(const void *key, unsigned char *bytes, size_t *count) {
  REAL(EVP_PKEY_get_raw_public_key)
  PASS_UNLESS_FROM_PROGRAM(real(key, bytes, count))
  const int result = real(key, bytes, count);
  if (bytes != NULL) secrecy_mark_public(bytes, *count);
  return result;
}

int EVP_PKEY_derive(void *context, unsigned char *secret, size_t *count);
int EVP_PKEY_derive(void *context, unsigned char *secret, size_t *count) {
  REAL(EVP_PKEY_derive)
  PASS_UNLESS_FROM_PROGRAM(real(context, secret, count))
  /* Whether the agreement gave zeros, which a peer's bad key makes it do, is public. */
  secrecy_pause_reports();
  int result = real(context, secret, count);
  secrecy_resume_reports();
  secrecy_mark_public(&result, sizeof result);
  return result;
}

int EVP_DigestSign(void *context, unsigned char *signature, size_t *count, const unsigned char *text, size_t length);
int EVP_DigestSign(void *context, unsigned char *signature, size_t *count, const unsigned char *text, size_t length) {
  REAL(EVP_DigestSign)
  PASS_UNLESS_FROM_PROGRAM(real(context, signature, count, text, length))
  const int result = real(context, signature, count, text, length);
  if (signature != NULL) {
    secrecy_mark_public(signature, *count);
    passages.signatures++;
  }
  return result;
}
