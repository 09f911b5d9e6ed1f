#ifndef KEY_ESCROW_FUZZ_DRIVER_H
#define KEY_ESCROW_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer brings its own main, and calls what fuzz_driver.c defines, which calls the two functions below: they stand in
 * Fuzz.swift. Built without -DFUZZING there is nothing here. */

/* What the command line says, before libFuzzer reads what follows `run TARGET`: 1 when the target's bytes are text. Every
 * other mutation then copies a quoted word, a line or a word over another or beside it, which libFuzzer alone would
 * hardly hit upon. */
int fuzz_begin(int count, char **arguments);

/* Feeds the target. */
void fuzz_feed(const uint8_t *bytes, size_t count);

#endif
