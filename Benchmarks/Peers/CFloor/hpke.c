#include "hpke.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02};

struct hpke_peer {
  EVP_PKEY *key;
  EVP_PKEY_CTX *derivation, *generation;
  EVP_MAC *hmac;
  EVP_MAC_CTX *mac;
  EVP_CIPHER *aes256gcm;
  EVP_CIPHER_CTX *cipher;
  uint8_t public_key[32];
  uint8_t schedule_context[65];
};

typedef struct {
  const uint8_t *bytes;
  size_t length;
} part;

static int hmac(hpke_peer *peer, const uint8_t *key, size_t key_length, const part *parts, size_t count,
                uint8_t result[32]) {
  static const uint8_t none;
  size_t written;
  if (EVP_MAC_init(peer->mac, key_length > 0 ? key : &none, key_length, NULL) != 1) return -1;
  for (size_t i = 0; i < count; i++) {
    if (parts[i].length > 0 && EVP_MAC_update(peer->mac, parts[i].bytes, parts[i].length) != 1) return -1;
  }
  return EVP_MAC_final(peer->mac, result, &written, 32) == 1 ? 0 : -1;
}

/* LabeledExtract and, for at most 32 bytes, LabeledExpand (RFC 9180 section 4). */
static int extract(hpke_peer *peer, const uint8_t *salt, size_t salt_length, part suite, const char *label, part input,
                   uint8_t result[32]) {
  const part parts[] = {{(const uint8_t *)"HPKE-v1", 7}, suite, {(const uint8_t *)label, strlen(label)}, input};
  return hmac(peer, salt, salt_length, parts, 4, result);
}

static int expand(hpke_peer *peer, const uint8_t key[32], part suite, const char *label, part info, uint8_t length,
                  uint8_t result[32]) {
  const uint8_t size[2] = {0, length}, first = 1;
  const part parts[] = {{size, 2}, {(const uint8_t *)"HPKE-v1", 7},
                        suite,     {(const uint8_t *)label, strlen(label)},
                        info,      {&first, 1}};
  return hmac(peer, key, 32, parts, 6, result);
}

static const part kem = {kem_suite, sizeof kem_suite};
static const part hpke = {hpke_suite, sizeof hpke_suite};
static const part nothing = {NULL, 0};

void hpke_peer_destroy(hpke_peer *peer) {
  if (peer == NULL) return;
  EVP_PKEY_free(peer->key);
  EVP_PKEY_CTX_free(peer->derivation);
  EVP_PKEY_CTX_free(peer->generation);
  EVP_MAC_CTX_free(peer->mac);
  EVP_MAC_free(peer->hmac);
  EVP_CIPHER_CTX_free(peer->cipher);
  EVP_CIPHER_free(peer->aes256gcm);
  free(peer);
}

static int prepare(hpke_peer *peer, const uint8_t private_key[32], const uint8_t *info, size_t info_length) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  size_t length = 32;
  peer->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key, 32);
  if (peer->key == NULL || EVP_PKEY_get_raw_public_key(peer->key, peer->public_key, &length) != 1) return -1;
  peer->derivation = EVP_PKEY_CTX_new_from_pkey(NULL, peer->key, NULL);
  peer->generation = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
  peer->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  peer->mac = peer->hmac == NULL ? NULL : EVP_MAC_CTX_new(peer->hmac);
  peer->aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  peer->cipher = EVP_CIPHER_CTX_new();
  if (peer->derivation == NULL || EVP_PKEY_derive_init(peer->derivation) != 1 || peer->generation == NULL ||
      EVP_PKEY_keygen_init(peer->generation) != 1 || peer->mac == NULL ||
      EVP_MAC_CTX_set_params(peer->mac, params) != 1 || peer->cipher == NULL ||
      EVP_CipherInit_ex2(peer->cipher, peer->aes256gcm, NULL, NULL, 1, NULL) != 1)
    return -1;
  peer->schedule_context[0] = 0; /* base mode */
  return extract(peer, NULL, 0, hpke, "psk_id_hash", nothing, peer->schedule_context + 1) == 0 &&
                 extract(peer, NULL, 0, hpke, "info_hash", (part){info, info_length},
                         peer->schedule_context + 33) == 0
             ? 0
             : -1;
}

hpke_peer *hpke_peer_create(const uint8_t private_key[HPKE_KEY_BYTES], const uint8_t *info, size_t info_length) {
  hpke_peer *peer = calloc(1, sizeof *peer);
  if (peer != NULL && prepare(peer, private_key, info, info_length) != 0) {
    hpke_peer_destroy(peer);
    return NULL;
  }
  return peer;
}

/* The message key and nonce of an encapsulation, from its Diffie-Hellman value. */
static int schedule(hpke_peer *peer, const uint8_t shared[32], const uint8_t encapsulation[32], uint8_t key[32],
                    uint8_t nonce[32]) {
  uint8_t context[64], prk[32], secret[32];
  const part schedule_context = {peer->schedule_context, sizeof peer->schedule_context};
  memcpy(context, encapsulation, 32);
  memcpy(context + 32, peer->public_key, 32);
  return extract(peer, NULL, 0, kem, "eae_prk", (part){shared, 32}, prk) == 0 &&
                 expand(peer, prk, kem, "shared_secret", (part){context, 64}, 32, secret) == 0 &&
                 extract(peer, secret, 32, hpke, "secret", nothing, prk) == 0 &&
                 expand(peer, prk, hpke, "key", schedule_context, 32, key) == 0 &&
                 expand(peer, prk, hpke, "base_nonce", schedule_context, 12, nonce) == 0
             ? 0
             : -1;
}

static int derive(EVP_PKEY_CTX *derivation, EVP_PKEY *other, uint8_t shared[32]) {
  size_t length = 32;
  return EVP_PKEY_derive_set_peer_ex(derivation, other, 0) == 1 && EVP_PKEY_derive(derivation, shared, &length) == 1
             ? 0
             : -1;
}

int hpke_peer_seal(hpke_peer *peer, const uint8_t *plaintext, size_t length, uint8_t encapsulation[HPKE_KEY_BYTES],
                   uint8_t *ciphertext) {
  uint8_t shared[32], key[32], nonce[32];
  size_t size = 32;
  int written, status = -1;
  EVP_PKEY *ephemeral = NULL;
  EVP_PKEY_CTX *derivation = NULL;
  if (EVP_PKEY_generate(peer->generation, &ephemeral) == 1 &&
      EVP_PKEY_get_raw_public_key(ephemeral, encapsulation, &size) == 1 &&
      (derivation = EVP_PKEY_CTX_new_from_pkey(NULL, ephemeral, NULL)) != NULL &&
      EVP_PKEY_derive_init(derivation) == 1 && derive(derivation, peer->key, shared) == 0 &&
      schedule(peer, shared, encapsulation, key, nonce) == 0 &&
      EVP_CipherInit_ex2(peer->cipher, NULL, key, nonce, 1, NULL) == 1 &&
      EVP_CipherUpdate(peer->cipher, ciphertext, &written, plaintext, (int)length) == 1 &&
      EVP_CipherFinal_ex(peer->cipher, ciphertext + length, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(peer->cipher, EVP_CTRL_AEAD_GET_TAG, HPKE_TAG_BYTES, ciphertext + length) == 1)
    status = 0;
  EVP_PKEY_CTX_free(derivation);
  EVP_PKEY_free(ephemeral);
  return status;
}

int hpke_peer_open(hpke_peer *peer, const uint8_t encapsulation[HPKE_KEY_BYTES], const uint8_t *ciphertext,
                   size_t length, uint8_t *plaintext) {
  uint8_t shared[32], key[32], nonce[32], tag[HPKE_TAG_BYTES];
  int written, status = -1;
  EVP_PKEY *ephemeral = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, encapsulation, 32);
  memcpy(tag, ciphertext + length, sizeof tag);
  if (ephemeral != NULL && derive(peer->derivation, ephemeral, shared) == 0 &&
      schedule(peer, shared, encapsulation, key, nonce) == 0 &&
      EVP_CipherInit_ex2(peer->cipher, NULL, key, nonce, 0, NULL) == 1 &&
      EVP_CipherUpdate(peer->cipher, plaintext, &written, ciphertext, (int)length) == 1 &&
      EVP_CIPHER_CTX_ctrl(peer->cipher, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
      EVP_CipherFinal_ex(peer->cipher, plaintext + length, &written) == 1)
    status = 0;
  EVP_PKEY_free(ephemeral);
  return status;
}
