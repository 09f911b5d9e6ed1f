#include "floor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

struct evp_floor {
  EVP_MD *sha256;
  EVP_CIPHER *aes256gcm;
  EVP_MD_CTX *digest;
  EVP_CIPHER_CTX *cipher;
  uint8_t message[64], result[32], tag[16];
};

evp_floor *evp_floor_create(void) {
  evp_floor *context = calloc(1, sizeof *context);
  if (context == NULL) return NULL;
  context->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  context->aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  context->digest = EVP_MD_CTX_new();
  context->cipher = EVP_CIPHER_CTX_new();
  if (context->sha256 == NULL || context->aes256gcm == NULL || context->digest == NULL || context->cipher == NULL ||
      EVP_CipherInit_ex2(context->cipher, context->aes256gcm, NULL, NULL, 1, NULL) != 1) {
    evp_floor_destroy(context);
    return NULL;
  }
  return context;
}

void evp_floor_destroy(evp_floor *context) {
  if (context == NULL) return;
  EVP_MD_CTX_free(context->digest);
  EVP_CIPHER_CTX_free(context->cipher);
  EVP_MD_free(context->sha256);
  EVP_CIPHER_free(context->aes256gcm);
  free(context);
}

int evp_floor_hash_messages(evp_floor *context, size_t count, size_t message_length) {
  for (size_t i = 0; i < count; i++) {
    memcpy(context->message, &i, sizeof i);
    if (EVP_DigestInit_ex2(context->digest, context->sha256, NULL) != 1 ||
        EVP_DigestUpdate(context->digest, context->message, message_length) != 1 ||
        EVP_DigestFinal_ex(context->digest, context->result, NULL) != 1)
      return -1;
  }
  return 0;
}

int evp_floor_hash(evp_floor *context, const uint8_t *bytes, size_t length) {
  return EVP_DigestInit_ex2(context->digest, context->sha256, NULL) == 1 &&
                 EVP_DigestUpdate(context->digest, bytes, length) == 1 &&
                 EVP_DigestFinal_ex(context->digest, context->result, NULL) == 1
             ? 0
             : -1;
}

/* One message: rekeyed, with 32 bytes of additional data, as each column and each chunk is. */
static int message(evp_floor *context, int encrypt, const uint8_t *bytes, size_t length, uint8_t *output) {
  static const uint8_t key[32], nonce[12];
  int written;
  if (EVP_CipherInit_ex2(context->cipher, NULL, key, nonce, encrypt, NULL) != 1 ||
      EVP_CipherUpdate(context->cipher, NULL, &written, context->result, 32) != 1 ||
      EVP_CipherUpdate(context->cipher, output, &written, bytes, (int)length) != 1)
    return -1;
  if (encrypt)
    return EVP_CipherFinal_ex(context->cipher, output + length, &written) == 1 &&
                   EVP_CIPHER_CTX_ctrl(context->cipher, EVP_CTRL_AEAD_GET_TAG, 16, output + length) == 1
               ? 0
               : -1;
  if (EVP_CIPHER_CTX_ctrl(context->cipher, EVP_CTRL_AEAD_SET_TAG, 16, context->tag) != 1) return -1;
  (void)EVP_CipherFinal_ex(context->cipher, output + length, &written);
  return 0;
}

static int messages(evp_floor *context, int encrypt, const uint8_t *bytes, size_t length, size_t capacity,
                    uint8_t *output) {
  for (size_t done = 0; done < length; done += capacity) {
    const size_t rest = length - done;
    if (message(context, encrypt, bytes + done, rest < capacity ? rest : capacity, output) != 0) return -1;
  }
  return 0;
}

int evp_floor_seal(evp_floor *context, const uint8_t *bytes, size_t length, size_t capacity, uint8_t *output) {
  return messages(context, 1, bytes, length, capacity, output);
}

int evp_floor_open(evp_floor *context, const uint8_t *bytes, size_t length, size_t capacity, uint8_t *output) {
  return messages(context, 0, bytes, length, capacity, output);
}

const char *evp_floor_version(void) { return OpenSSL_version(OPENSSL_VERSION); }

void process_keep_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_TRIM_THRESHOLD, 1 << 28);
#endif
}

void process_trim_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
