#ifndef KEY_ESCROW_FAULTS_H
#define KEY_ESCROW_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the system fail on purpose, in the program that links this file: it gets its own RAND_priv_bytes, mmap and
 * malloc, which call the real ones unless a fault is armed. One thread. */

typedef enum {
  /* libcrypto's random generator. */
  FAULT_RANDOM,
  /* Memory that libcrypto asks for. */
  FAULT_LIBCRYPTO_MEMORY,
  /* Pages for secrets. */
  FAULT_PAGES,
  /* Memory for the matrices of the field's kernels. */
  FAULT_FIELD_MEMORY,
  FAULT_KINDS
} fault_kind;

/* Before anything else of libcrypto: false when it is too late. */
bool fault_prepare(void);

/* Makes the `number`th call from now on fail, counted from 1, and with `lasting` every later one too. */
void fault_arm(fault_kind kind, size_t number, bool lasting);

/* Lets every call succeed again. */
void fault_disarm(void);

/* How many calls there were since the last `fault_arm`. */
size_t fault_calls(void);

#endif
