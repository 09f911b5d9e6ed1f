#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* Doubling, and the reduction by 0x11B when x^8 appears. Coefficients are public, yet nothing branches. */
static uint8_t doubled(uint8_t a) { return (uint8_t)((a << 1) ^ (0x1B & -(a >> 7))); }

/* The products of `coefficient` with 0...15 and with 0x00, 0x10 ... 0xF0: each is the sum of the products with
 * the single bits of the other factor. */
static void fill_nibbles(uint8_t coefficient, uint8_t table[32]) {
  for (size_t half = 0; half < 32; half += 16) {
    table[half] = 0;
    for (size_t bit = 1; bit < 16; bit <<= 1) {
      for (size_t low = 0; low < bit; low++) table[half + bit + low] = table[half + low] ^ coefficient;
      coefficient = doubled(coefficient);
    }
  }
}

gf256_matrix *gf256_matrix_create(size_t rows, size_t columns, const uint8_t *coefficients) {
  if (rows < 1 || rows > 255 || columns < 1 || columns > 255 || coefficients == NULL) return NULL;
  const size_t count = rows * columns;
  gf256_matrix *matrix = malloc(sizeof *matrix + count * 33);
  if (matrix == NULL) return NULL;
  uint8_t(*nibbles)[32] = (uint8_t(*)[32])(matrix + 1);
  uint8_t *copy = (uint8_t *)(nibbles + count);
  memcpy(copy, coefficients, count);
  for (size_t i = 0; i < count; i++) fill_nibbles(coefficients[i], nibbles[i]);
  matrix->rows = rows;
  matrix->columns = columns;
  matrix->coefficients = copy;
  matrix->nibbles = (const uint8_t(*)[32])nibbles;
  return matrix;
}

void gf256_matrix_destroy(gf256_matrix *matrix) { free(matrix); }
