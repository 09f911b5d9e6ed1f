#ifndef KEY_ESCROW_SECRECY_MARKS_H
#define KEY_ESCROW_SECRECY_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks for memcheck: a secret is memory that valgrind takes for uninitialised, so that it reports every branch and
 * every address that depends on it. Outside valgrind all of these do nothing.
 *
 * The program that links this file also gets its own versions of the libcrypto functions at the wall, which say what
 * is secret and what is public there (secrecy_wall.c). */

/* Whether the process runs under valgrind. */
bool secrecy_is_watched(void);

/* From here on nothing may branch on these bytes. */
void secrecy_mark_secret(const void *bytes, size_t count);

/* These bytes are public. */
void secrecy_mark_public(const void *bytes, size_t count);

/* How many of these bytes have at least one secret bit. */
size_t secrecy_count_secret(const void *bytes, size_t count);

/* How many errors memcheck has reported so far. */
unsigned secrecy_reported_errors(void);

/* How many values of each kind passed the wall, so that a wall that nothing passes does not look like a proof. */
typedef struct {
  size_t random_secrets, sealed_columns, opened_columns, public_digests, coefficients, confirmations, signatures;
} secrecy_passages;

secrecy_passages secrecy_count_passages(void);

#endif
