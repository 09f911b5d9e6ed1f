#if defined(__x86_64__)

#include "kernel.h"
#include "narrow_x86.h"

/* SSSE3: 16 bytes at a time. PSHUFB looks sixteen nibbles up in a table that is itself a register, so the lookup
 * touches no memory and takes the same time for every byte. */

#define GF256_NAME gf256_apply_ssse3
#define GF256_TARGET __attribute__((target("ssse3")))
#define GF256_LEAF GF256_TARGET static inline __attribute__((always_inline))
#define VECTOR 16
#define ONE_ROW_STEP 4

typedef __m128i vector;
typedef struct { __m128i low, high; } operand; /* nibbles of each byte, as numbers 0...15 */
typedef struct { __m128i low, high; } factor;  /* products with 0...15, and with 0x00...0xF0 */

GF256_LEAF vector zero(void) { return _mm_setzero_si128(); }
GF256_LEAF vector add(vector a, vector b) { return _mm_xor_si128(a, b); }
GF256_LEAF vector load(const uint8_t *from) { return _mm_loadu_si128((const __m128i *)from); }
GF256_LEAF void store(uint8_t *to, vector value) { _mm_storeu_si128((__m128i *)to, value); }
GF256_LEAF void stream(uint8_t *to, vector value) { _mm_stream_si128((__m128i *)to, value); }
GF256_LEAF void stream_fence(void) { _mm_sfence(); }
GF256_LEAF size_t narrow_width(size_t length) { return narrow_x86_width(length); }
GF256_LEAF vector load_narrow(const uint8_t *from, size_t width) { return load_narrow_x86(from, width); }
GF256_LEAF void store_narrow(uint8_t *to, vector value, size_t width) { store_narrow_x86(to, value, width); }

GF256_LEAF operand prepare(vector bytes) {
  const __m128i nibble = _mm_set1_epi8(0x0F);
  return (operand){_mm_and_si128(bytes, nibble), _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble)};
}

GF256_LEAF factor factor_at(const gf256_matrix *matrix, size_t index) {
  const uint8_t *table = matrix->nibbles[index];
  return (factor){load(table), load(table + 16)};
}

GF256_LEAF vector times(factor f, operand x) {
  return _mm_xor_si128(_mm_shuffle_epi8(f.low, x.low), _mm_shuffle_epi8(f.high, x.high));
}

#include "vector_kernel.h"

#endif
