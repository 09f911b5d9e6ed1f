#ifndef BOTAN_SHARING_H
#define BOTAN_SHARING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Botan's threshold secret sharing (draft-mcgrew-tss-03, class RTSS_Share), with a generator made once. Shares are kept
 * inside, as Botan keeps them; every function answers 0, or -1 for any exception. */

typedef struct botan_sharing botan_sharing;

botan_sharing *botan_sharing_create(uint8_t threshold, uint8_t shares);
void botan_sharing_destroy(botan_sharing *sharing);

/* Splits `length` bytes; the shares replace those of the call before. */
int botan_sharing_split(botan_sharing *sharing, const uint8_t *secret, size_t length);

/* Reconstructs from the first `threshold` shares into exactly `length` bytes. */
int botan_sharing_combine(botan_sharing *sharing, uint8_t *secret, size_t length);

/* Such as "2.19.3". */
const char *botan_sharing_version(void);

#ifdef __cplusplus
}
#endif
#endif
