#ifndef KEY_ESCROW_GALOIS_FIELD_TESTING_H
#define KEY_ESCROW_GALOIS_FIELD_TESTING_H

#include <stdbool.h>

#include "galois_field.h"

/* What tests and benchmarks need and nobody else: each kernel by name, whatever the processor would choose. */

typedef enum {
  GF256_KERNEL_PORTABLE = 0,
  GF256_KERNEL_SSSE3 = 1,
  GF256_KERNEL_AVX2 = 2,
  GF256_KERNEL_GFNI_AVX2 = 3,
  GF256_KERNEL_GFNI_AVX512 = 4,
  GF256_KERNEL_NEON = 5,
  /* Not a kernel: the choice made from the processor's features. */
  GF256_KERNEL_AUTOMATIC = 6,
} gf256_kernel_id;

typedef enum {
  /* Streaming stores where they are faster: for one large output row. */
  GF256_STREAM_AUTOMATIC = 0,
  GF256_STREAM_NEVER = 1,
  /* For one output row of any size. */
  GF256_STREAM_ALWAYS = 2,
} gf256_streaming;

/* A short name such as "avx2"; NULL for an id that is not a kernel. */
const char *gf256_kernel_name(gf256_kernel_id kernel);

/* Whether this build holds the kernel and this processor runs it. */
bool gf256_kernel_is_supported(gf256_kernel_id kernel);

/* The kernel that gf256_matrix_apply uses now. */
gf256_kernel_id gf256_kernel_in_use(void);

/* Makes the whole process use `kernel`, or the processor's best again with GF256_KERNEL_AUTOMATIC. */
gf256_status gf256_kernel_override(gf256_kernel_id kernel);

/* gf256_matrix_apply through one kernel, for this call alone. */
gf256_status gf256_matrix_apply_with(gf256_kernel_id kernel, gf256_streaming streaming,
                                     const gf256_matrix *matrix, const uint8_t *const *inputs,
                                     uint8_t *const *outputs, size_t length);

#endif
