#ifndef KEY_ESCROW_GF256_KERNEL_H
#define KEY_ESCROW_GF256_KERNEL_H

#include <stdbool.h>

#include "galois_field.h"

/* Coefficient i of a matrix is coefficients[i], row-major; nibbles[i] holds its products with 0...15 and then
 * with 0x00, 0x10 ... 0xF0, which byte shuffles look up inside a register. */
struct gf256_matrix {
  size_t rows;
  size_t columns;
  const uint8_t *coefficients;
  const uint8_t (*nibbles)[32];
};

/* A kernel trusts its arguments: dispatch.c has checked them. `streaming` asks for stores that bypass the caches,
 * which a kernel may do for a matrix of one row. */
typedef void gf256_kernel(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                          size_t length, bool streaming);

gf256_kernel gf256_apply_portable;
#if defined(__x86_64__)
gf256_kernel gf256_apply_ssse3;
gf256_kernel gf256_apply_avx2;
gf256_kernel gf256_apply_gfni_avx2;
gf256_kernel gf256_apply_gfni_avx512;
#elif defined(__aarch64__)
gf256_kernel gf256_apply_neon;
#endif

#endif
