#if defined(__x86_64__)

#include <immintrin.h>

#include "kernel.h"

/* GFNI on 64 bytes at a time. A short column is one masked load and store: masked-off bytes are not touched. */

#define GF256_NAME gf256_apply_gfni_avx512
#define GF256_TARGET __attribute__((target("gfni,avx512f,avx512bw")))
#define GF256_LEAF GF256_TARGET static inline __attribute__((always_inline))
#define VECTOR 64
#define ONE_ROW_STEP 1

typedef __m512i vector;
typedef __m512i operand;
typedef __m512i factor; /* the coefficient in every byte */

GF256_LEAF vector zero(void) { return _mm512_setzero_si512(); }
GF256_LEAF vector add(vector a, vector b) { return _mm512_xor_si512(a, b); }
GF256_LEAF vector load(const uint8_t *from) { return _mm512_loadu_si512(from); }
GF256_LEAF void store(uint8_t *to, vector value) { _mm512_storeu_si512(to, value); }
GF256_LEAF void stream(uint8_t *to, vector value) { _mm512_stream_si512((__m512i *)to, value); }
GF256_LEAF void stream_fence(void) { _mm_sfence(); }
GF256_LEAF size_t narrow_width(size_t length) { return length; }

/* The lowest `width` bits, for 0 < width < 64. */
GF256_LEAF __mmask64 first(size_t width) { return (UINT64_C(1) << width) - 1; }

GF256_LEAF vector load_narrow(const uint8_t *from, size_t width) {
  return _mm512_maskz_loadu_epi8(first(width), from);
}

GF256_LEAF void store_narrow(uint8_t *to, vector value, size_t width) {
  _mm512_mask_storeu_epi8(to, first(width), value);
}

GF256_LEAF operand prepare(vector bytes) { return bytes; }

GF256_LEAF factor factor_at(const gf256_matrix *matrix, size_t index) {
  return _mm512_set1_epi8((char)matrix->coefficients[index]);
}

GF256_LEAF vector times(factor f, operand x) { return _mm512_gf2p8mul_epi8(f, x); }

#include "vector_kernel.h"

#endif
