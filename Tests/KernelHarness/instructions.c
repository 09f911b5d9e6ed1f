#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "galois_field_testing.h"

/* Does a fixed piece of work with one kernel, for a tool that counts instructions:
 *
 *   instructions KERNEL ROWS COLUMNS LENGTH REPETITIONS
 *
 * Two runs that differ in repetitions alone differ by what the repetitions cost. */

enum { MOST = 8 };

int main(int count, char **arguments) {
  if (count != 6) return 64;
  const size_t rows = strtoul(arguments[2], NULL, 10), columns = strtoul(arguments[3], NULL, 10);
  const size_t length = strtoul(arguments[4], NULL, 10), repetitions = strtoul(arguments[5], NULL, 10);
  int kernel = 0;
  while (gf256_kernel_name((gf256_kernel_id)kernel) != NULL &&
         strcmp(gf256_kernel_name((gf256_kernel_id)kernel), arguments[1]) != 0)
    kernel++;
  if (rows < 1 || rows > MOST || columns < 1 || columns > MOST || gf256_kernel_override((gf256_kernel_id)kernel) != GF256_OK)
    return 64;
  uint8_t coefficients[MOST * MOST];
  for (size_t i = 0; i < rows * columns; i++) coefficients[i] = (uint8_t)(i * 57 + 131);
  gf256_matrix *matrix = gf256_matrix_create(rows, columns, coefficients);
  uint8_t *memory = calloc(rows + columns, length);
  if (matrix == NULL || memory == NULL) return 1;
  for (size_t i = 0; i < repetitions; i++) {
    if (gf256_matrix_apply_strided(matrix, memory, length, memory + columns * length, length, length) != GF256_OK)
      return 1;
  }
  gf256_matrix_destroy(matrix);
  free(memory);
  return 0;
}
