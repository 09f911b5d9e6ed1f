#define _GNU_SOURCE
#include "kernel_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST = 1100, ALIGNMENTS = 64, MOST_COLUMNS = 8, CANARY = 0xA5, MARGIN = 128 };

uint8_t reference_multiply(uint8_t a, uint8_t b) {
  uint8_t product = 0;
  while (b != 0) {
    if (b & 1) product ^= a;
    const int overflows = a & 0x80;
    a = (uint8_t)(a << 1);
    if (overflows) a ^= 0x1B; /* x^8 = x^4 + x^3 + x + 1 */
    b >>= 1;
  }
  return product;
}

/* xorshift64*: the same test data in every run. */
static uint8_t next_byte(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return (uint8_t)((*state * UINT64_C(0x2545F4914F6CDD1D)) >> 56);
}

static int fail(char *message, const char *what, gf256_kernel_id kernel, size_t rows, size_t columns,
                size_t length, size_t alignment) {
  snprintf(message, KERNEL_CHECK_MESSAGE_BYTES, "%s: %s with %zu rows, %zu columns, length %zu, alignment %zu",
           gf256_kernel_name(kernel), what, rows, columns, length, alignment);
  return 1;
}

int check_products(gf256_kernel_id kernel, char *message) {
  uint8_t input[256], output[256];
  const uint8_t *inputs[] = {input};
  uint8_t *outputs[] = {output};
  for (size_t i = 0; i < 256; i++) input[i] = (uint8_t)i;
  for (size_t a = 0; a < 256; a++) {
    const uint8_t coefficient = (uint8_t)a;
    gf256_matrix *matrix = gf256_matrix_create(1, 1, &coefficient);
    memset(output, CANARY, sizeof output);
    const gf256_status status =
        gf256_matrix_apply_with(kernel, GF256_STREAM_NEVER, matrix, inputs, outputs, sizeof input);
    gf256_matrix_destroy(matrix);
    if (status != GF256_OK) return fail(message, "refused", kernel, 1, 1, sizeof input, 0);
    for (size_t b = 0; b < 256; b++) {
      if (output[b] == reference_multiply(coefficient, (uint8_t)b)) continue;
      snprintf(message, KERNEL_CHECK_MESSAGE_BYTES, "%s: %02zx times %02zx gives %02x", gf256_kernel_name(kernel),
               a, b, output[b]);
      return 1;
    }
  }
  return 0;
}

/* Readable pages between two unmapped ones. */
typedef struct {
  uint8_t *start;
  size_t count;
} guarded;

static int map_guarded(guarded *area) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t pages = (LONGEST + 2 * ALIGNMENTS + page - 1) / page;
  uint8_t *all = mmap(NULL, (pages + 2) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return 1;
  area->start = all + page;
  area->count = pages * page;
  return mprotect(all, page, PROT_NONE) != 0 || mprotect(area->start + area->count, page, PROT_NONE) != 0;
}

static void unmap_guarded(guarded area) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (area.start != NULL) munmap(area.start - page, area.count + 2 * page);
}

typedef struct {
  gf256_kernel_id kernel;
  gf256_streaming streaming;
  size_t rows, columns;
  gf256_matrix *matrix;
  guarded inputs[MOST_COLUMNS], outputs[MOST_COLUMNS];
  /* products[r][c][i] is coefficient (r, c) times byte i of input area c. */
  uint8_t *products[MOST_COLUMNS][MOST_COLUMNS];
} sweep;

static int prepare_sweep(sweep *s) {
  uint64_t state = 0x9E3779B97F4A7C15;
  uint8_t coefficients[MOST_COLUMNS * MOST_COLUMNS];
  for (size_t i = 0; i < s->rows * s->columns; i++) coefficients[i] = next_byte(&state);
  s->matrix = gf256_matrix_create(s->rows, s->columns, coefficients);
  if (s->matrix == NULL) return 1;
  for (size_t r = 0; r < s->rows; r++) {
    if (map_guarded(&s->outputs[r])) return 1;
  }
  for (size_t c = 0; c < s->columns; c++) {
    if (map_guarded(&s->inputs[c])) return 1;
    for (size_t i = 0; i < s->inputs[c].count; i++) s->inputs[c].start[i] = next_byte(&state);
    if (mprotect(s->inputs[c].start, s->inputs[c].count, PROT_READ) != 0) return 1;
    for (size_t r = 0; r < s->rows; r++) {
      s->products[r][c] = malloc(s->inputs[c].count);
      if (s->products[r][c] == NULL) return 1;
      for (size_t i = 0; i < s->inputs[c].count; i++)
        s->products[r][c][i] = reference_multiply(coefficients[r * s->columns + c], s->inputs[c].start[i]);
    }
  }
  return 0;
}

static void end_sweep(sweep *s) {
  for (size_t r = 0; r < s->rows; r++) unmap_guarded(s->outputs[r]);
  for (size_t c = 0; c < s->columns; c++) {
    unmap_guarded(s->inputs[c]);
    for (size_t r = 0; r < s->rows; r++) free(s->products[r][c]);
  }
  gf256_matrix_destroy(s->matrix);
}

/* A column's first byte in its area: at a distance from the page before it or from the page behind it. */
static size_t place(size_t area, size_t length, size_t distance, int at_end) {
  return at_end ? area - length - distance : distance;
}

/* Columns stand at alignments of their own, 13 bytes apart, so that they also differ from each other. */
static size_t spread(size_t alignment, size_t index) { return (alignment + 13 * index) % ALIGNMENTS; }

static int check_case(sweep *s, size_t length, size_t alignment, int at_end, char *message) {
  const uint8_t *inputs[MOST_COLUMNS];
  uint8_t *outputs[MOST_COLUMNS];
  size_t input_at[MOST_COLUMNS], output_at[MOST_COLUMNS];
  for (size_t c = 0; c < s->columns; c++) {
    input_at[c] = place(s->inputs[c].count, length, spread(alignment, c + 1), at_end);
    inputs[c] = s->inputs[c].start + input_at[c];
  }
  for (size_t r = 0; r < s->rows; r++) {
    output_at[r] = place(s->outputs[r].count, length, spread(alignment, 5 * r), at_end);
    outputs[r] = s->outputs[r].start + output_at[r];
    memset(s->outputs[r].start, CANARY, s->outputs[r].count);
  }
  if (gf256_matrix_apply_with(s->kernel, s->streaming, s->matrix, inputs, outputs, length) != GF256_OK)
    return fail(message, "refused", s->kernel, s->rows, s->columns, length, alignment);
  uint8_t expected[LONGEST], untouched[MARGIN];
  memset(untouched, CANARY, sizeof untouched);
  for (size_t r = 0; r < s->rows; r++) {
    memcpy(expected, s->products[r][0] + input_at[0], length);
    for (size_t c = 1; c < s->columns; c++) {
      const uint8_t *products = s->products[r][c] + input_at[c];
      for (size_t i = 0; i < length; i++) expected[i] ^= products[i];
    }
    if (memcmp(outputs[r], expected, length) != 0)
      return fail(message, "wrong sum", s->kernel, s->rows, s->columns, length, alignment);
    const size_t before = output_at[r], after = s->outputs[r].count - before - length;
    const size_t near_before = before < MARGIN ? before : MARGIN, near_after = after < MARGIN ? after : MARGIN;
    if (memcmp(outputs[r] - near_before, untouched, near_before) != 0 ||
        memcmp(outputs[r] + length, untouched, near_after) != 0)
      return fail(message, "wrote outside", s->kernel, s->rows, s->columns, length, alignment);
  }
  return 0;
}

int check_lengths_and_alignments(gf256_kernel_id kernel, gf256_streaming streaming, size_t rows, size_t columns,
                                 size_t alignment_step, char *message) {
  if (rows > MOST_COLUMNS || columns > MOST_COLUMNS || alignment_step == 0)
    return fail(message, "no such sweep", kernel, rows, columns, 0, 0);
  sweep s = {.kernel = kernel, .streaming = streaming, .rows = rows, .columns = columns};
  int failed = prepare_sweep(&s);
  if (failed) fail(message, "no memory", kernel, rows, columns, 0, 0);
  for (size_t length = 0; !failed && length <= LONGEST; length++) {
    for (size_t alignment = 0; !failed && alignment < ALIGNMENTS; alignment += alignment_step) {
      for (int at_end = 0; !failed && at_end < 2; at_end++)
        failed = check_case(&s, length, alignment, at_end, message);
    }
  }
  end_sweep(&s);
  return failed;
}

static int check_shape(gf256_kernel_id kernel, uint8_t (*const products)[256], size_t rows, size_t columns,
                       size_t length, char *message) {
  uint64_t state = rows * 65536 + columns * 256 + length + 1;
  uint8_t *bytes = malloc(rows * columns + (columns + rows) * length);
  if (bytes == NULL) return fail(message, "no memory", kernel, rows, columns, length, 0);
  const uint8_t *inputs[255];
  uint8_t *outputs[255];
  uint8_t *const first_input = bytes + rows * columns, *const first_output = first_input + columns * length;
  for (uint8_t *byte = bytes; byte < first_output; byte++) *byte = next_byte(&state);
  for (size_t c = 0; c < columns; c++) inputs[c] = first_input + c * length;
  for (size_t r = 0; r < rows; r++) outputs[r] = first_output + r * length;
  gf256_matrix *matrix = gf256_matrix_create(rows, columns, bytes);
  int failed = 0;
  for (int streaming = GF256_STREAM_NEVER; !failed && streaming <= GF256_STREAM_ALWAYS; streaming++) {
    memset(first_output, CANARY, rows * length);
    if (gf256_matrix_apply_with(kernel, (gf256_streaming)streaming, matrix, inputs, outputs, length) != GF256_OK)
      failed = fail(message, "refused", kernel, rows, columns, length, 0);
    /* Large shapes are looked at in every row, at a byte in every 97, in each row others. */
    const size_t stride = rows * columns > 4096 ? 97 : 1;
    for (size_t r = 0; !failed && r < rows; r++) {
      for (size_t i = (r * 31) % stride; !failed && i < length; i += stride) {
        uint8_t sum = 0;
        for (size_t c = 0; c < columns; c++) sum ^= products[bytes[r * columns + c]][inputs[c][i]];
        if (outputs[r][i] != sum) failed = fail(message, "wrong sum", kernel, rows, columns, length, 0);
      }
    }
  }
  gf256_matrix_destroy(matrix);
  free(bytes);
  return failed;
}

static int check_every_shape(gf256_kernel_id kernel, uint8_t (*const products)[256], char *message) {
  static const size_t small[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  static const size_t lengths[] = {1, 7, 16, 33, 63, 64, 129, 300};
  for (size_t r = 0; r < sizeof small / sizeof *small; r++) {
    for (size_t c = 0; c < sizeof small / sizeof *small; c++) {
      for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        if (check_shape(kernel, products, small[r], small[c], lengths[l], message)) return 1;
      }
    }
  }
  /* Tall matrices go block by block; with 255 columns a block is 256 bytes, with one it is 16 KiB. */
  static const size_t edges[][3] = {{1, 255, 100},  {255, 1, 70},   {255, 255, 257}, {255, 255, 31},
                                    {5, 255, 1000}, {6, 255, 512}, {5, 1, 33000},   {7, 3, 12000}};
  for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
    if (check_shape(kernel, products, edges[e][0], edges[e][1], edges[e][2], message)) return 1;
  }
  return 0;
}

int check_shapes(gf256_kernel_id kernel, char *message) {
  uint8_t(*const products)[256] = malloc(256 * 256);
  if (products == NULL) return fail(message, "no memory", kernel, 0, 0, 0, 0);
  for (size_t a = 0; a < 256; a++) {
    for (size_t b = 0; b < 256; b++) products[a][b] = reference_multiply((uint8_t)a, (uint8_t)b);
  }
  const int failed = check_every_shape(kernel, products, message);
  free(products);
  return failed;
}
