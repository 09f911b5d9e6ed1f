#if defined(__x86_64__)

#include "kernel.h"
#include "narrow_x86.h"

/* AVX2: the SSSE3 method on 32 bytes at a time, the table standing in both halves of the register. */

#define GF256_NAME gf256_apply_avx2
#define GF256_TARGET __attribute__((target("avx2")))
#define GF256_LEAF GF256_TARGET static inline __attribute__((always_inline))
#define VECTOR 32
#define ONE_ROW_STEP 4

typedef __m256i vector;
typedef struct { __m256i low, high; } operand; /* nibbles of each byte, as numbers 0...15 */
typedef struct { __m256i low, high; } factor;  /* products with 0...15, and with 0x00...0xF0 */

GF256_LEAF vector zero(void) { return _mm256_setzero_si256(); }
GF256_LEAF vector add(vector a, vector b) { return _mm256_xor_si256(a, b); }
GF256_LEAF vector load(const uint8_t *from) { return _mm256_loadu_si256((const __m256i *)from); }
GF256_LEAF void store(uint8_t *to, vector value) { _mm256_storeu_si256((__m256i *)to, value); }
GF256_LEAF void stream(uint8_t *to, vector value) { _mm256_stream_si256((__m256i *)to, value); }
GF256_LEAF void stream_fence(void) { _mm_sfence(); }
GF256_LEAF size_t narrow_width(size_t length) { return narrow_x86_width(length); }

GF256_LEAF vector load_narrow(const uint8_t *from, size_t width) {
  return _mm256_zextsi128_si256(load_narrow_x86(from, width));
}

GF256_LEAF void store_narrow(uint8_t *to, vector value, size_t width) {
  store_narrow_x86(to, _mm256_castsi256_si128(value), width);
}

GF256_LEAF operand prepare(vector bytes) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  return (operand){_mm256_and_si256(bytes, nibble), _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble)};
}

GF256_LEAF factor factor_at(const gf256_matrix *matrix, size_t index) {
  const __m128i *table = (const __m128i *)matrix->nibbles[index];
  return (factor){_mm256_broadcastsi128_si256(_mm_loadu_si128(table)),
                  _mm256_broadcastsi128_si256(_mm_loadu_si128(table + 1))};
}

GF256_LEAF vector times(factor f, operand x) {
  return _mm256_xor_si256(_mm256_shuffle_epi8(f.low, x.low), _mm256_shuffle_epi8(f.high, x.high));
}

#include "vector_kernel.h"

#endif
