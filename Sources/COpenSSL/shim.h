#ifndef KEY_ESCROW_COPENSSL_SHIM_H
#define KEY_ESCROW_COPENSSL_SHIM_H

// What OpenSSL 3.0 deprecates is not even visible from Swift.
#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

// Swift sees neither macros that expand to calls nor variadic functions, and a Swift string handed to
// OSSL_PARAM_construct_* lives only until that call returns. The functions below stand in for those.

/// Tells an HMAC context to hash with SHA-256; the key comes later, with EVP_MAC_init.
static inline int escrow_hmac_select_sha256(EVP_MAC_CTX *context) {
  OSSL_PARAM parameters[2];
  parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
  parameters[1] = OSSL_PARAM_construct_end();
  return EVP_MAC_CTX_set_params(context, parameters);
}

/// The bytes that a memory BIO holds; they belong to the BIO.
static inline long escrow_bio_memory(BIO *bio, const unsigned char **bytes) {
  char *start = NULL;
  long count = BIO_get_mem_data(bio, &start);
  *bytes = (const unsigned char *)start;
  return count;
}

/// Erases and frees what PEM_read_bio_ex allocated under PEM_FLAG_SECURE.
static inline void escrow_pem_free(void *bytes, size_t count) {
  OPENSSL_secure_clear_free(bytes, count);
}

/// Leaves an error in the calling thread's queue, as foreign code would: for tests of this wall alone.
static inline void escrow_raise_error(void) {
  ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
}

#endif
