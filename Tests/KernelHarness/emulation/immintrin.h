#ifndef KEY_ESCROW_EMULATED_IMMINTRIN_H
#define KEY_ESCROW_EMULATED_IMMINTRIN_H

/* The GFNI and AVX-512 intrinsics that the kernels use, in plain C, after the operation sections of Intel's
 * Intrinsics Guide: so that the kernels' own loops, tails and masks run where no processor and no emulator has those
 * instructions. Found before the compiler's header of the same name when its folder is searched first. */

#include_next <immintrin.h>

#include <stdint.h>
#include <string.h>

/* GF2P8MULB: byte by byte, modulo x^8 + x^4 + x^3 + x + 1. The carry-less product has 15 bits; the bits from 14 down
 * to 8 are cancelled with the modulus, as in the manual's pseudocode. */
static inline uint8_t emulated_gf2p8mul_byte(uint8_t a, uint8_t b) {
  unsigned product = 0;
  for (int bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= (unsigned)a << bit;
  }
  for (int bit = 14; bit >= 8; bit--) {
    if ((product >> bit) & 1) product ^= 0x11Bu << (bit - 8);
  }
  return (uint8_t)product;
}

static inline void emulated_gf2p8mul(uint8_t *to, const uint8_t *a, const uint8_t *b, int count) {
  for (int i = 0; i < count; i++) to[i] = emulated_gf2p8mul_byte(a[i], b[i]);
}

static inline __m256i emulated_mm256_gf2p8mul_epi8(__m256i a, __m256i b) {
  uint8_t x[32], y[32];
  memcpy(x, &a, sizeof x);
  memcpy(y, &b, sizeof y);
  emulated_gf2p8mul(x, x, y, 32);
  memcpy(&a, x, sizeof x);
  return a;
}
#define _mm256_gf2p8mul_epi8 emulated_mm256_gf2p8mul_epi8

typedef struct {
  uint8_t byte[64];
} emulated_m512i;
typedef uint64_t emulated_mmask64;
#define __m512i emulated_m512i
#define __mmask64 emulated_mmask64

static inline __m512i emulated_mm512_set1_epi8(char byte) {
  __m512i result;
  memset(result.byte, byte, sizeof result.byte);
  return result;
}
#define _mm512_set1_epi8 emulated_mm512_set1_epi8
#define _mm512_setzero_si512() emulated_mm512_set1_epi8(0)

static inline __m512i emulated_mm512_xor_si512(__m512i a, __m512i b) {
  for (int i = 0; i < 64; i++) a.byte[i] ^= b.byte[i];
  return a;
}
#define _mm512_xor_si512 emulated_mm512_xor_si512

static inline __m512i emulated_mm512_gf2p8mul_epi8(__m512i a, __m512i b) {
  emulated_gf2p8mul(a.byte, a.byte, b.byte, 64);
  return a;
}
#define _mm512_gf2p8mul_epi8 emulated_mm512_gf2p8mul_epi8

static inline __m512i emulated_mm512_loadu_si512(const void *from) {
  __m512i result;
  memcpy(result.byte, from, sizeof result.byte);
  return result;
}
#define _mm512_loadu_si512 emulated_mm512_loadu_si512

static inline void emulated_mm512_storeu_si512(void *to, __m512i value) { memcpy(to, value.byte, sizeof value.byte); }
#define _mm512_storeu_si512 emulated_mm512_storeu_si512

/* VMOVNTDQ faults on a target that is not aligned to 64 bytes. */
static inline void emulated_mm512_stream_si512(void *to, __m512i value) {
  if (((uintptr_t)to & 63) != 0) __builtin_trap();
  memcpy(to, value.byte, sizeof value.byte);
}
#define _mm512_stream_si512 emulated_mm512_stream_si512

/* Bytes whose mask bit is 0 are not read, so they may lie in an unmapped page. */
static inline __m512i emulated_mm512_maskz_loadu_epi8(__mmask64 mask, const void *from) {
  __m512i result;
  for (int i = 0; i < 64; i++) result.byte[i] = (mask >> i) & 1 ? ((const volatile uint8_t *)from)[i] : 0;
  return result;
}
#define _mm512_maskz_loadu_epi8 emulated_mm512_maskz_loadu_epi8

static inline void emulated_mm512_mask_storeu_epi8(void *to, __mmask64 mask, __m512i value) {
  for (int i = 0; i < 64; i++) {
    if ((mask >> i) & 1) ((volatile uint8_t *)to)[i] = value.byte[i];
  }
}
#define _mm512_mask_storeu_epi8 emulated_mm512_mask_storeu_epi8

#endif
