#if defined(__aarch64__)

#include <arm_neon.h>

#include "kernel.h"

/* Advanced SIMD, part of every AArch64 processor: the nibble method with TBL, which looks up in a register. */

#define GF256_NAME gf256_apply_neon
#define GF256_TARGET
#define GF256_LEAF static inline __attribute__((always_inline))
#define VECTOR 16
#define ONE_ROW_STEP 4

typedef uint8x16_t vector;
typedef struct { uint8x16_t low, high; } operand; /* nibbles of each byte, as numbers 0...15 */
typedef struct { uint8x16_t low, high; } factor;  /* products with 0...15, and with 0x00...0xF0 */

GF256_LEAF vector zero(void) { return vdupq_n_u8(0); }
GF256_LEAF vector add(vector a, vector b) { return veorq_u8(a, b); }
GF256_LEAF vector load(const uint8_t *from) { return vld1q_u8(from); }
GF256_LEAF void store(uint8_t *to, vector value) { vst1q_u8(to, value); }
/* Intrinsics offer no streaming store; AArch64 processors detect long runs of stores by themselves. */
GF256_LEAF void stream(uint8_t *to, vector value) { vst1q_u8(to, value); }
GF256_LEAF void stream_fence(void) {}
GF256_LEAF size_t narrow_width(size_t length) { return length >= 8 ? 8 : 1; }

GF256_LEAF vector load_narrow(const uint8_t *from, size_t width) {
  if (width == 8) return vcombine_u8(vld1_u8(from), vdup_n_u8(0));
  return vld1q_lane_u8(from, vdupq_n_u8(0), 0);
}

GF256_LEAF void store_narrow(uint8_t *to, vector value, size_t width) {
  if (width == 8) vst1_u8(to, vget_low_u8(value));
  else vst1q_lane_u8(to, value, 0);
}

GF256_LEAF operand prepare(vector bytes) {
  return (operand){vandq_u8(bytes, vdupq_n_u8(0x0F)), vshrq_n_u8(bytes, 4)};
}

GF256_LEAF factor factor_at(const gf256_matrix *matrix, size_t index) {
  const uint8_t *table = matrix->nibbles[index];
  return (factor){load(table), load(table + 16)};
}

GF256_LEAF vector times(factor f, operand x) {
  return veorq_u8(vqtbl1q_u8(f.low, x.low), vqtbl1q_u8(f.high, x.high));
}

#include "vector_kernel.h"

#endif
