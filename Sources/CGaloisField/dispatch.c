#include <stdatomic.h>

#include "galois_field_testing.h"
#include "kernel.h"

/* Streaming stores spare the memory bus the reading of lines that will be overwritten whole, but the next reader
 * of the output finds it in memory. Measured with 32 MiB of last-level cache, inputs and output together: three columns
 * to one gain nothing at 16 MiB and 15 to 45 % from 32 MiB on with AVX2 on a Zen 3; with GFNI and AVX-512 on a Zen 4 they
 * gain 10 % at 12 MiB, 20 % at 16 MiB and 30 % from 32 MiB on. Two columns to one lose 15 % at 12 MiB and gain 20 % and
 * more at 24 MiB on both. Several output rows compete for the few buffers that collect whole lines, and lose up to a
 * third at any size: they are never streamed. */
enum { STREAM_FROM_BYTES = 16 << 20 };

static const struct {
  const char *name;
  gf256_kernel *apply;
} kernels[] = {
    [GF256_KERNEL_PORTABLE] = {"portable", gf256_apply_portable},
#if defined(__x86_64__)
    [GF256_KERNEL_SSSE3] = {"ssse3", gf256_apply_ssse3},
    [GF256_KERNEL_AVX2] = {"avx2", gf256_apply_avx2},
    [GF256_KERNEL_GFNI_AVX2] = {"gfni-avx2", gf256_apply_gfni_avx2},
    [GF256_KERNEL_GFNI_AVX512] = {"gfni-avx512", gf256_apply_gfni_avx512},
    [GF256_KERNEL_NEON] = {"neon", NULL},
#else
    [GF256_KERNEL_SSSE3] = {"ssse3", NULL},
    [GF256_KERNEL_AVX2] = {"avx2", NULL},
    [GF256_KERNEL_GFNI_AVX2] = {"gfni-avx2", NULL},
    [GF256_KERNEL_GFNI_AVX512] = {"gfni-avx512", NULL},
#if defined(__aarch64__)
    [GF256_KERNEL_NEON] = {"neon", gf256_apply_neon},
#else
    [GF256_KERNEL_NEON] = {"neon", NULL},
#endif
#endif
};

enum { KERNEL_COUNT = sizeof kernels / sizeof kernels[0] };

/* The kernel in use; KERNEL_COUNT until somebody has looked at the processor. Two threads that look at once store
 * the same value, so relaxed order is enough. */
static _Atomic int in_use = KERNEL_COUNT;

const char *gf256_kernel_name(gf256_kernel_id kernel) {
  return (unsigned)kernel < KERNEL_COUNT ? kernels[kernel].name : NULL;
}

/* `__builtin_cpu_supports` asks CPUID, and XGETBV whether the operating system saves the wide registers. */
bool gf256_kernel_is_supported(gf256_kernel_id kernel) {
  switch (kernel) {
    case GF256_KERNEL_PORTABLE: return true;
#if defined(__x86_64__)
    case GF256_KERNEL_SSSE3: return __builtin_cpu_supports("ssse3");
    case GF256_KERNEL_AVX2: return __builtin_cpu_supports("avx2");
    case GF256_KERNEL_GFNI_AVX2: return __builtin_cpu_supports("gfni") && __builtin_cpu_supports("avx2");
    case GF256_KERNEL_GFNI_AVX512:
      return __builtin_cpu_supports("gfni") && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw");
#elif defined(__aarch64__)
    case GF256_KERNEL_NEON: return true;
#endif
    default: return false;
  }
}

static gf256_kernel_id best(void) {
  static const gf256_kernel_id fastest_first[] = {GF256_KERNEL_GFNI_AVX512, GF256_KERNEL_GFNI_AVX2,
                                                  GF256_KERNEL_AVX2, GF256_KERNEL_SSSE3, GF256_KERNEL_NEON};
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (size_t i = 0; i < sizeof fastest_first / sizeof fastest_first[0]; i++) {
    if (gf256_kernel_is_supported(fastest_first[i])) return fastest_first[i];
  }
  return GF256_KERNEL_PORTABLE;
}

gf256_kernel_id gf256_kernel_in_use(void) {
  int kernel = atomic_load_explicit(&in_use, memory_order_relaxed);
  if (kernel == KERNEL_COUNT) {
    kernel = best();
    atomic_store_explicit(&in_use, kernel, memory_order_relaxed);
  }
  return (gf256_kernel_id)kernel;
}

gf256_status gf256_kernel_override(gf256_kernel_id kernel) {
  if (kernel != GF256_KERNEL_AUTOMATIC && !gf256_kernel_is_supported(kernel)) return GF256_UNSUPPORTED;
  atomic_store_explicit(&in_use, kernel == GF256_KERNEL_AUTOMATIC ? (int)best() : (int)kernel,
                        memory_order_relaxed);
  return GF256_OK;
}

/* Whether two columns of `length` bytes share one. */
static bool overlap(const uint8_t *a, const uint8_t *b, size_t length) {
  const uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;
  return (x < y ? y - x : x - y) < length;
}

static gf256_status check(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                          size_t length) {
  for (size_t column = 0; column < matrix->columns; column++) {
    if (inputs[column] == NULL) return GF256_NULL_POINTER;
  }
  for (size_t row = 0; row < matrix->rows; row++) {
    if (outputs[row] == NULL) return GF256_NULL_POINTER;
    for (size_t column = 0; column < matrix->columns; column++) {
      if (overlap(outputs[row], inputs[column], length)) return GF256_OVERLAP;
    }
    for (size_t other = 0; other < row; other++) {
      if (overlap(outputs[row], outputs[other], length)) return GF256_OVERLAP;
    }
  }
  return GF256_OK;
}

static bool streams(const gf256_matrix *matrix, size_t length) {
  /* Longer than all of it: the product below cannot overflow. */
  if (length >= STREAM_FROM_BYTES) return matrix->rows == 1;
  return matrix->rows == 1 && length * (1 + matrix->columns) >= STREAM_FROM_BYTES;
}

gf256_status gf256_matrix_apply_with(gf256_kernel_id kernel, gf256_streaming streaming,
                                     const gf256_matrix *matrix, const uint8_t *const *inputs,
                                     uint8_t *const *outputs, size_t length) {
  if (matrix == NULL || inputs == NULL || outputs == NULL) return GF256_NULL_POINTER;
  if (!gf256_kernel_is_supported(kernel)) return GF256_UNSUPPORTED;
  if (length == 0) return GF256_OK;
  const gf256_status status = check(matrix, inputs, outputs, length);
  if (status != GF256_OK) return status;
  kernels[kernel].apply(matrix, inputs, outputs, length,
                        streaming == GF256_STREAM_AUTOMATIC ? streams(matrix, length)
                                                            : streaming == GF256_STREAM_ALWAYS);
  return GF256_OK;
}

gf256_status gf256_matrix_apply(const gf256_matrix *matrix, const uint8_t *const *inputs, uint8_t *const *outputs,
                                size_t length) {
  if (matrix == NULL || inputs == NULL || outputs == NULL) return GF256_NULL_POINTER;
  if (length == 0) return GF256_OK;
  const gf256_status status = check(matrix, inputs, outputs, length);
  if (status != GF256_OK) return status;
  kernels[gf256_kernel_in_use()].apply(matrix, inputs, outputs, length, streams(matrix, length));
  return GF256_OK;
}

/* Finds how many bytes `count` columns, the last one of `length` bytes, take from `start` on; false where that is more than
 * the address space has. */
static bool extent_of(const void *start, size_t count, size_t stride, size_t length, size_t *extent) {
  uintptr_t end;
  return !__builtin_mul_overflow(count - 1, stride, extent) && !__builtin_add_overflow(*extent, length, extent) &&
         !__builtin_add_overflow((uintptr_t)start, *extent, &end);
}

gf256_status gf256_matrix_apply_strided(const gf256_matrix *matrix, const uint8_t *inputs, size_t input_stride,
                                        uint8_t *outputs, size_t output_stride, size_t length) {
  if (matrix == NULL) return GF256_NULL_POINTER;
  if (length == 0) return GF256_OK;
  if (inputs == NULL || outputs == NULL) return GF256_NULL_POINTER;
  size_t read, written;
  if (input_stride < length || output_stride < length ||
      !extent_of(inputs, matrix->columns, input_stride, length, &read) ||
      !extent_of(outputs, matrix->rows, output_stride, length, &written))
    return GF256_INVALID_SHAPE;
  const uint8_t *input_columns[255];
  uint8_t *output_columns[255];
  for (size_t column = 0; column < matrix->columns; column++)
    input_columns[column] = inputs + column * input_stride;
  for (size_t row = 0; row < matrix->rows; row++) output_columns[row] = outputs + row * output_stride;
  /* Columns of one stride share nothing with each other; where inputs and outputs as a whole do not, no two columns need
   * comparing. */
  const uintptr_t from = (uintptr_t)inputs, to = (uintptr_t)outputs;
  if (from + read > to && to + written > from) return gf256_matrix_apply(matrix, input_columns, output_columns, length);
  kernels[gf256_kernel_in_use()].apply(matrix, input_columns, output_columns, length, streams(matrix, length));
  return GF256_OK;
}
