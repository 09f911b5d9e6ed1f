#if defined(__x86_64__)

#include "kernel.h"
#include "narrow_x86.h"

/* GFNI: one instruction multiplies 32 bytes in this very field (GF2P8MULB reduces by 0x11B). */

#define GF256_NAME gf256_apply_gfni_avx2
#define GF256_TARGET __attribute__((target("gfni,avx2")))
#define GF256_LEAF GF256_TARGET static inline __attribute__((always_inline))
#define VECTOR 32
#define ONE_ROW_STEP 4

typedef __m256i vector;
typedef __m256i operand;
typedef __m256i factor; /* the coefficient in every byte */

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

GF256_LEAF operand prepare(vector bytes) { return bytes; }

GF256_LEAF factor factor_at(const gf256_matrix *matrix, size_t index) {
  return _mm256_set1_epi8((char)matrix->coefficients[index]);
}

GF256_LEAF vector times(factor f, operand x) { return _mm256_gf2p8mul_epi8(f, x); }

#include "vector_kernel.h"

#endif
