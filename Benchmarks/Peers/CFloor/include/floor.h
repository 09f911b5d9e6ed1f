#ifndef FLOOR_H
#define FLOOR_H

#include <stddef.h>
#include <stdint.h>

/* What the work costs in libcrypto alone, in the tightest loops that EVP allows: contexts and fetched algorithms are made
 * once, input and output stay where they are. Every function answers 0, or -1 when libcrypto fails. */

typedef struct evp_floor evp_floor;

evp_floor *evp_floor_create(void);
void evp_floor_destroy(evp_floor *context);

/* SHA-256 of `count` messages of `message_length` bytes, 55 at most, which differ in their first bytes. */
int evp_floor_hash_messages(evp_floor *context, size_t count, size_t message_length);

/* SHA-256 of `length` bytes as one message. */
int evp_floor_hash(evp_floor *context, const uint8_t *bytes, size_t length);

/* AES-256-GCM of `length` bytes, at most `capacity` a message, with one key and 32 bytes of additional data: encrypted
 * into `output`, which takes 16 bytes more than one message, or decrypted (the tag is compared, and is wrong: that
 * costs the same). */
int evp_floor_seal(evp_floor *context, const uint8_t *bytes, size_t length, size_t capacity, uint8_t *output);
int evp_floor_open(evp_floor *context, const uint8_t *bytes, size_t length, size_t capacity, uint8_t *output);

/* "OpenSSL 3.0.17 1 Jul 2025". */
const char *evp_floor_version(void);

/* Keeps freed memory, as the heap of a process does that has run for a while: which pages the system takes back, and gives
 * zeroed again, is chance otherwise. */
void process_keep_memory(void);

/* Gives freed memory back to the system, where the C library would keep it. */
void process_trim_memory(void);

#endif
