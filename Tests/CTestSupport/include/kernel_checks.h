#ifndef KEY_ESCROW_KERNEL_CHECKS_H
#define KEY_ESCROW_KERNEL_CHECKS_H

#include "galois_field_testing.h"

/* Checks of one kernel against field arithmetic written for the reader. They are in C because there are millions
 * of cases: the Swift tests and the programs that run under qemu and valgrind call the same code.
 *
 * Each returns 0, or 1 with the first failure described in `message`. */

enum { KERNEL_CHECK_MESSAGE_BYTES = 256 };

/* The product in GF(2^8) modulo 0x11B by the Russian peasant's method. */
uint8_t reference_multiply(uint8_t a, uint8_t b);

/* All 256 x 256 products. */
int check_products(gf256_kernel_id kernel, char *message);

/* A random `rows` x `columns` matrix at every length 0...1100 and every alignment 0...63, twice: with each
 * column the alignment's distance after an unmapped page, and with it that distance before one. Inputs are
 * read-only pages; the bytes around each output must stay as they were. `alignment_step` 1 is every alignment. */
int check_lengths_and_alignments(gf256_kernel_id kernel, gf256_streaming streaming, size_t rows, size_t columns,
                                 size_t alignment_step, char *message);

/* Random matrices of the edge shapes up to 255 x 255, at lengths around each vector and block. */
int check_shapes(gf256_kernel_id kernel, char *message);

#endif
