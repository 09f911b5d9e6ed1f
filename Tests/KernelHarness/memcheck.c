#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "kernel_checks.h"

/* Runs kernels on inputs that valgrind takes for uninitialised: it then reports every branch and every address that
 * depends on them. `memcheck leak` looks a share byte up in a table, which valgrind must report: a harness that
 * cannot see a leak shows nothing. */

enum { LONGEST = 700, MOST = 8 };

static volatile uint8_t sink;

static int run(gf256_kernel_id kernel, gf256_streaming streaming, size_t rows, size_t columns, size_t length) {
  uint8_t coefficients[MOST * MOST], *memory = malloc((rows + columns) * length + 1);
  const uint8_t *inputs[MOST];
  uint8_t *outputs[MOST];
  if (memory == NULL) return 1;
  for (size_t i = 0; i < rows * columns; i++) coefficients[i] = (uint8_t)(i * 57 + 131);
  for (size_t c = 0; c < columns; c++) inputs[c] = memory + 1 + c * length;
  for (size_t r = 0; r < rows; r++) outputs[r] = memory + 1 + (columns + r) * length;
  memset(memory, 0x35, (rows + columns) * length + 1);
  gf256_matrix *matrix = gf256_matrix_create(rows, columns, coefficients);
  (void)VALGRIND_MAKE_MEM_UNDEFINED(inputs[0], columns * length);
  const gf256_status status = gf256_matrix_apply_with(kernel, streaming, matrix, inputs, outputs, length);
  /* The output has to be as secret as the input: else the kernel did not compute with it. */
  uint8_t undefined_bits = 0;
  if (length > 0) (void)VALGRIND_GET_VBITS(outputs[0] + length - 1, &undefined_bits, 1);
  const int computed = length == 0 || undefined_bits != 0;
  (void)VALGRIND_MAKE_MEM_DEFINED(memory, (rows + columns) * length + 1);
  gf256_matrix_destroy(matrix);
  free(memory);
  return status != GF256_OK || !computed;
}

int main(int count, char **arguments) {
  if (!RUNNING_ON_VALGRIND) {
    puts("this program shows something under valgrind only");
    return 64;
  }
  if (count > 1 && strcmp(arguments[1], "leak") == 0) {
    static const uint8_t table[256] = {1, 2, 3};
    uint8_t share = 7;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(&share, 1);
    sink = table[share];
    return 0;
  }
  static const size_t shapes[][2] = {{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 2}, {3, 2}, {4, 3}, {5, 2}, {8, 8}};
  for (int kernel = 0; gf256_kernel_name((gf256_kernel_id)kernel) != NULL; kernel++) {
    if (!gf256_kernel_is_supported((gf256_kernel_id)kernel)) continue;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
      for (size_t length = 0; length <= LONGEST; length += length < 160 ? 1 : 27) {
        for (int streaming = GF256_STREAM_NEVER; streaming <= GF256_STREAM_ALWAYS; streaming++) {
          if (run((gf256_kernel_id)kernel, (gf256_streaming)streaming, shapes[s][0], shapes[s][1], length)) {
            printf("%s computed nothing\n", gf256_kernel_name((gf256_kernel_id)kernel));
            return 1;
          }
        }
      }
    }
    printf("  %s: no branch and no address depends on a share\n", gf256_kernel_name((gf256_kernel_id)kernel));
  }
  return 0;
}
