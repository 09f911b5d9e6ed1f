#ifndef KEY_ESCROW_GF256_NARROW_X86_H
#define KEY_ESCROW_GF256_NARROW_X86_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Moves of 16, 8, 4 and 1 bytes between memory and a register, for columns shorter than a vector. */
#define GF256_NARROW __attribute__((target("ssse3"), always_inline)) static inline

GF256_NARROW size_t narrow_x86_width(size_t length) {
  return length >= 16 ? 16 : length >= 8 ? 8 : length >= 4 ? 4 : 1;
}

GF256_NARROW __m128i load_narrow_x86(const uint8_t *from, size_t width) {
  int32_t word = 0;
  switch (width) {
    case 16: return _mm_loadu_si128((const __m128i *)from);
    case 8: return _mm_loadl_epi64((const __m128i *)from);
    case 4: memcpy(&word, from, 4); return _mm_cvtsi32_si128(word);
    default: return _mm_cvtsi32_si128(*from);
  }
}

GF256_NARROW void store_narrow_x86(uint8_t *to, __m128i value, size_t width) {
  const int32_t word = _mm_cvtsi128_si32(value);
  switch (width) {
    case 16: _mm_storeu_si128((__m128i *)to, value); break;
    case 8: _mm_storel_epi64((__m128i *)to, value); break;
    case 4: memcpy(to, &word, 4); break;
    default: *to = (uint8_t)word;
  }
}

#endif
