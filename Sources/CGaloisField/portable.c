#include <string.h>

#include "kernel.h"

/* Eight bytes at a time in 64-bit words, for every processor without a kernel of its own.
 *
 * A row's sum is taken bit by bit of its coefficients, highest first (Horner): double what there is, then add
 * the input columns whose coefficient has the bit. Only coefficients, which are public, decide a branch. */

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t doubled(uint64_t bytes) {
  const uint64_t carry = (bytes >> 7) & EACH_BYTE(0x01);
  /* 0x1B = 1 + 2 + 8 + 16, by shifts: some processors multiply in a time that depends on the factors. */
  return ((bytes & EACH_BYTE(0x7F)) << 1) ^ carry ^ (carry << 1) ^ (carry << 3) ^ (carry << 4);
}

/* Bytes in the widest step. */
enum { WIDEST = 64 };

/* `width` is a constant at every call, so the compiler keeps the words in registers. */
static inline __attribute__((always_inline)) void row_sum(const gf256_matrix *matrix, size_t row,
                                                          const uint8_t *const *inputs, uint8_t *output, size_t at,
                                                          const size_t width) {
  const uint8_t *coefficients = matrix->coefficients + row * matrix->columns;
  const size_t words = (width + 7) / 8;
  uint64_t sum[WIDEST / 8] = {0};
  for (int bit = 7; bit >= 0; bit--) {
    for (size_t i = 0; i < words; i++) sum[i] = doubled(sum[i]);
    for (size_t column = 0; column < matrix->columns; column++) {
      if (((coefficients[column] >> bit) & 1) == 0) continue;
      uint64_t input[WIDEST / 8] = {0};
      memcpy(input, inputs[column] + at, width);
      for (size_t i = 0; i < words; i++) sum[i] ^= input[i];
    }
  }
  memcpy(output + at, sum, width);
}

/* All bytes, `width` at a time and no more than there are; what is left over at the end is done again with bytes
 * before it, so that no tail needs a copy in memory. */
static inline __attribute__((always_inline)) void by_width(const gf256_matrix *matrix, const uint8_t *const *inputs,
                                                           uint8_t *const *outputs, size_t length,
                                                           const size_t width) {
  for (size_t done = 0; done < length; done += width) {
    const size_t at = length - done < width ? length - width : done;
    for (size_t row = 0; row < matrix->rows; row++) row_sum(matrix, row, inputs, outputs[row], at, width);
  }
}

void gf256_apply_portable(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                          size_t length, bool streaming) {
  (void)streaming; /* C has no streaming store. */
  if (length >= WIDEST) by_width(matrix, inputs, outputs, length, WIDEST);
  else if (length >= 32) by_width(matrix, inputs, outputs, length, 32);
  else if (length >= 8) by_width(matrix, inputs, outputs, length, 8);
  else by_width(matrix, inputs, outputs, length, 1);
}
