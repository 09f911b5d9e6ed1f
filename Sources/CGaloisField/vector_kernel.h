/* The loops that all vector kernels share. A file per instruction set defines, then includes this once:
 *
 *   GF256_NAME            the kernel's function
 *   GF256_TARGET          attributes that switch the instruction set on for a function
 *   vector, VECTOR        a register type and its bytes
 *   load, store, stream   unaligned load and store; aligned store that bypasses the caches
 *   zero, add             the field's 0 and its addition, exclusive or
 *   operand, prepare      an input vector in the form that `times` wants it
 *   factor, factor_at     a matrix coefficient in the form that `times` wants it
 *   times                 their product, byte by byte
 *   narrow_width          for 0 < n < VECTOR: how many bytes, at most n, one narrow load and store move
 *   load_narrow, store_narrow
 *   stream_fence          orders streaming stores before what follows
 *   ONE_ROW_STEP          vectors per step where one row's factors stay in registers
 *
 * There is no copy of a short tail in memory: a tail is done again as a whole vector that ends where the column
 * ends, writing some bytes a second time with the same values; a column shorter than a vector is done so in the
 * widest narrow moves that fit. */

#define GF256_INLINE GF256_TARGET static inline __attribute__((always_inline))
#define GF256_UNROLL _Pragma("clang loop unroll(full)")

/* Sums that fit the registers beside two prepared operands, a factor and a mask: a pass computes up to four rows
 * from one reading of the inputs. */
enum { ROWS_PER_PASS = 4, MAXIMUM_STEP = 4 };

/* Inputs of this many bytes stay in the first-level cache while all rows of a tall matrix pass over them. */
enum { BLOCK_BYTES = 16384 };

/* When even the output bypasses the caches, inputs come from memory, and the processor's own prefetching stops at
 * each page: asking for bytes this far ahead gains 10 to 25 % on a Zen 3 and on a Zen 4, where four times as far gains
 * half of that. A prefetch is a hint; past the end of a column it does nothing, whatever is there. */
enum { PREFETCH_BYTES = 256 };

GF256_INLINE void prefetch(const uint8_t *from, size_t count) {
  for (size_t line = 0; line < count; line += 64)
    __builtin_prefetch((const void *)((uintptr_t)from + PREFETCH_BYTES + line));
}

/* What stays the same along a span. Where the number of columns is a constant and small, these are copies that the
 * compiler keeps in registers: the stores of the loop might otherwise change what they are read from. */
enum { MOST_FIXED_COLUMNS = 5 };

typedef struct {
  const uint8_t *inputs[MOST_FIXED_COLUMNS];
  uint8_t *outputs[ROWS_PER_PASS];
  factor factors[ROWS_PER_PASS][MOST_FIXED_COLUMNS];
} fixed_span;

/* Adds the products of `step` vectors of one input, at `from`, to the sums of all rows. `row_factor` names a row's factor. */
#define GF256_ADD_PRODUCTS(from, row_factor)                                                          \
  do {                                                                                                \
    operand operands[MAXIMUM_STEP];                                                                   \
    if (streaming) prefetch(from, step * VECTOR);                                                     \
    GF256_UNROLL for (size_t v = 0; v < step; v++) operands[v] = prepare(load((from) + v * VECTOR));  \
    GF256_UNROLL for (size_t r = 0; r < rows; r++) {                                                  \
      const factor f = row_factor;                                                                    \
      GF256_UNROLL for (size_t v = 0; v < step; v++) sums[r][v] = add(sums[r][v], times(f, operands[v])); \
    }                                                                                                 \
  } while (0)

/* `rows` rows from `row` on, `step` vectors wide, at byte `at`. */
GF256_INLINE void step_at(const gf256_matrix *matrix, size_t row, const size_t rows, const size_t columns,
                          const size_t step, const uint8_t *const *inputs, uint8_t *const *outputs,
                          const fixed_span *fixed, size_t at, const bool streaming) {
  vector sums[ROWS_PER_PASS][MAXIMUM_STEP];
  GF256_UNROLL for (size_t r = 0; r < rows; r++) {
    GF256_UNROLL for (size_t v = 0; v < step; v++) sums[r][v] = zero();
  }
  if (fixed != NULL) {
    GF256_UNROLL for (size_t c = 0; c < columns; c++) GF256_ADD_PRODUCTS(fixed->inputs[c] + at, fixed->factors[r][c]);
  } else {
    for (size_t c = 0; c < columns; c++)
      GF256_ADD_PRODUCTS(inputs[c] + at, factor_at(matrix, (row + r) * columns + c));
  }
  GF256_UNROLL for (size_t r = 0; r < rows; r++) {
    uint8_t *target = (fixed != NULL ? fixed->outputs[r] : outputs[row + r]) + at;
    GF256_UNROLL for (size_t v = 0; v < step; v++) {
      if (streaming) stream(target + v * VECTOR, sums[r][v]);
      else store(target + v * VECTOR, sums[r][v]);
    }
  }
}

/* Fewer bytes than a vector. */
GF256_TARGET static void short_span(const gf256_matrix *matrix, size_t row, size_t rows,
                                    const uint8_t *const *inputs, uint8_t *const *outputs, size_t at,
                                    size_t length) {
  const size_t width = narrow_width(length);
  for (size_t r = row; r < row + rows; r++) {
    for (size_t done = 0; done < length; done += width) {
      const size_t offset = at + (length - done < width ? length - width : done);
      vector sum = zero();
      for (size_t column = 0; column < matrix->columns; column++) {
        const operand x = prepare(load_narrow(inputs[column] + offset, width));
        sum = add(sum, times(factor_at(matrix, r * matrix->columns + column), x));
      }
      store_narrow(outputs[r] + offset, sum, width);
    }
  }
}

/* `rows`, `is_fixed` and `streaming` are constants at every call, and `columns` where the span is fixed: the compiler makes
 * a loop of its own for each. */
GF256_INLINE void span(const gf256_matrix *matrix, size_t row, const size_t rows, const size_t columns,
                       const bool is_fixed, const uint8_t *const *inputs, uint8_t *const *outputs, size_t at,
                       size_t length, const bool streaming) {
  const size_t step = rows > 1 ? 2 : is_fixed ? ONE_ROW_STEP : 4;
  const size_t end = at + length;
  if (length < VECTOR) {
    if (length > 0) short_span(matrix, row, rows, inputs, outputs, at, length);
    return;
  }
  fixed_span copies;
  const fixed_span *fixed = NULL;
  if (is_fixed) {
    GF256_UNROLL for (size_t c = 0; c < columns; c++) copies.inputs[c] = inputs[c];
    GF256_UNROLL for (size_t r = 0; r < rows; r++) {
      copies.outputs[r] = outputs[row + r];
      GF256_UNROLL for (size_t c = 0; c < columns; c++)
        copies.factors[r][c] = factor_at(matrix, (row + r) * columns + c);
    }
    fixed = &copies;
  }
  for (; end - at >= step * VECTOR; at += step * VECTOR)
    step_at(matrix, row, rows, columns, step, inputs, outputs, fixed, at, streaming);
  for (; end - at >= VECTOR; at += VECTOR)
    step_at(matrix, row, rows, columns, 1, inputs, outputs, fixed, at, streaming);
  if (at < end) step_at(matrix, row, rows, columns, 1, inputs, outputs, fixed, end - VECTOR, false);
}

/* Few columns are what runs most: dealing under the usual policies has two, combining shares as many as there are. */
GF256_INLINE void pass(const gf256_matrix *matrix, size_t row, const size_t rows, const uint8_t *const *inputs,
                       uint8_t *const *outputs, size_t at, size_t length, const bool streaming) {
  switch (rows < ROWS_PER_PASS ? matrix->columns : 0) {
    case 2: span(matrix, row, rows, 2, true, inputs, outputs, at, length, streaming); break;
    case 3: span(matrix, row, rows, 3, true, inputs, outputs, at, length, streaming); break;
    case 5:
      if (rows == 1) {
        span(matrix, row, rows, 5, true, inputs, outputs, at, length, streaming);
        break;
      }
      __attribute__((fallthrough));
    default: span(matrix, row, rows, matrix->columns, false, inputs, outputs, at, length, streaming);
  }
}

/* Every row, for the bytes [at, at + length). */
GF256_TARGET static void stored(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                                size_t at, size_t length) {
  size_t row = 0;
  for (; matrix->rows - row >= 4; row += 4) pass(matrix, row, 4, inputs, outputs, at, length, false);
  switch (matrix->rows - row) {
    case 3: pass(matrix, row, 3, inputs, outputs, at, length, false); break;
    case 2: pass(matrix, row, 2, inputs, outputs, at, length, false); break;
    case 1: pass(matrix, row, 1, inputs, outputs, at, length, false); break;
    default: break;
  }
}

/* The only row, for the bytes [at, at + length), where the output is aligned. */
GF256_TARGET static void streamed(const gf256_matrix *matrix, const uint8_t *const *inputs,
                                  uint8_t *const *outputs, size_t at, size_t length) {
  pass(matrix, 0, 1, inputs, outputs, at, length, true);
  stream_fence();
}

GF256_TARGET void GF256_NAME(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                             size_t length, bool streaming) {
  if (length < VECTOR) {
    short_span(matrix, 0, matrix->rows, inputs, outputs, 0, length);
    return;
  }
  if (streaming && matrix->rows == 1) {
    /* Whole cache lines are streamed; what comes before the first is stored. */
    const size_t unaligned = -(uintptr_t)outputs[0] & 63;
    const size_t head = unaligned < length ? unaligned : length;
    stored(matrix, inputs, outputs, 0, head);
    streamed(matrix, inputs, outputs, head, length - head);
    return;
  }
  size_t block = length;
  if (matrix->rows > ROWS_PER_PASS) {
    block = BLOCK_BYTES / matrix->columns / 64 * 64;
    if (block < 256) block = 256;
  }
  for (size_t at = 0; at < length; at += block)
    stored(matrix, inputs, outputs, at, length - at < block ? length - at : block);
}
