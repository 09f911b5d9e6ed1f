#ifndef HPKE_H
#define HPKE_H

#include <stddef.h>
#include <stdint.h>

/* HPKE in base mode, one message per encapsulation (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, over
 * libcrypto with every context and algorithm kept, and what follows from `info` alone computed once. Messages have no
 * additional data. Every function answers 0, or -1 when libcrypto fails or a message does not open. */

typedef struct hpke_peer hpke_peer;

enum { HPKE_KEY_BYTES = 32, HPKE_TAG_BYTES = 16, HPKE_MOST_BYTES = 256 };

/* The holder of a private key, and whoever knows its public one. */
hpke_peer *hpke_peer_create(const uint8_t private_key[HPKE_KEY_BYTES], const uint8_t *info, size_t info_length);
void hpke_peer_destroy(hpke_peer *peer);

/* Seals `length` bytes, at most HPKE_MOST_BYTES, with a fresh ephemeral key. */
int hpke_peer_seal(hpke_peer *peer, const uint8_t *plaintext, size_t length, uint8_t encapsulation[HPKE_KEY_BYTES],
                   uint8_t *ciphertext);

/* Opens `length` bytes of plaintext. */
int hpke_peer_open(hpke_peer *peer, const uint8_t encapsulation[HPKE_KEY_BYTES], const uint8_t *ciphertext,
                   size_t length, uint8_t *plaintext);

#endif
