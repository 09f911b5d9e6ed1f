#ifndef KEY_ESCROW_GALOIS_FIELD_H
#define KEY_ESCROW_GALOIS_FIELD_H

#include <stddef.h>
#include <stdint.h>

/* Matrix times columns of bytes over GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (0x11B, FIPS 197 section 4).
 *
 * The matrix is public. Every byte of every column is secret: no branch and no address depends on it. */

typedef enum {
  GF256_OK = 0,
  /* Rows or columns outside 1...255, a stride shorter than the length, or sizes that overflow. */
  GF256_INVALID_SHAPE = 1,
  /* A null pointer where bytes were to be read or written. */
  GF256_NULL_POINTER = 2,
  /* An output column shares a byte with an input column or with another output column. */
  GF256_OVERLAP = 3,
  /* The kernel asked for does not run on this processor. */
  GF256_UNSUPPORTED = 4,
} gf256_status;

/* A matrix with what each kernel wants to know about its coefficients, computed once. Immutable, so any number
 * of threads may apply it at the same time. */
typedef struct gf256_matrix gf256_matrix;

/* Copies `rows * columns` coefficients, row after row. NULL when either count is outside 1...255 or memory is
 * short. */
gf256_matrix *gf256_matrix_create(size_t rows, size_t columns, const uint8_t *coefficients);

/* Frees a matrix; NULL is allowed. */
void gf256_matrix_destroy(gf256_matrix *matrix);

/* outputs[r][i] = sum over c of matrix[r][c] * inputs[c][i], for every row r and every i < length.
 *
 * `inputs` holds one pointer per matrix column and `outputs` one per row, at any alignment. Nothing outside
 * [pointer, pointer + length) is read or written. When the status is not GF256_OK nothing is written. */
gf256_status gf256_matrix_apply(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                                size_t length);

/* The same with column c of the input at `inputs + c * input_stride` and row r of the output at
 * `outputs + r * output_stride`. */
gf256_status gf256_matrix_apply_strided(const gf256_matrix *matrix, const uint8_t *inputs, size_t input_stride,
                                        uint8_t *outputs, size_t output_stride, size_t length);

#endif
