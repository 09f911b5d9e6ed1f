#include "fuzz_driver.h"

#include <string.h>

#ifdef FUZZING

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t capacity);

static int mutates_text;

static uint32_t state;

static uint32_t draw(uint32_t bound) {
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return bound == 0 ? 0 : state % bound;
}

typedef struct {
  size_t start, count;
} place;

/* The `number`th piece between two `mark`s, or as many as there are in `*number` when it is too large. */
static place piece(const uint8_t *bytes, size_t count, uint8_t mark, uint32_t *number) {
  uint32_t found = 0;
  size_t start = 0;
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != mark) continue;
    if (i > start && found++ == *number) return (place){start, i - start};
    start = i + 1;
  }
  *number = found;
  return (place){0, 0};
}

static place any_piece(const uint8_t *bytes, size_t count, uint8_t mark) {
  uint32_t number = UINT32_MAX;
  piece(bytes, count, mark, &number);
  number = draw(number);
  return piece(bytes, count, mark, &number);
}

/* A piece that is as long as `model`: most likely another value of its kind. */
static place any_twin(const uint8_t *bytes, size_t count, uint8_t mark, place model) {
  place twins[64];
  uint32_t found = 0;
  for (uint32_t number = 0; found < 64; number++) {
    uint32_t wanted = number;
    const place candidate = piece(bytes, count, mark, &wanted);
    if (candidate.count == 0) break;
    if (candidate.count == model.count && candidate.start != model.start) twins[found++] = candidate;
  }
  return found == 0 ? model : twins[draw(found)];
}

/* Puts `with` in the place of `old`; both lie in `bytes`. */
static size_t replace(uint8_t *bytes, size_t count, size_t capacity, place old, place with) {
  uint8_t copy[4096];
  if (with.count > sizeof copy || count - old.count + with.count > capacity) return count;
  memcpy(copy, bytes + with.start, with.count);
  memmove(bytes + old.start + with.count, bytes + old.start + old.count, count - old.start - old.count);
  memcpy(bytes + old.start, copy, with.count);
  return count - old.count + with.count;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed) {
  state = seed * 2654435761u + 1;
  if (state == 0) state = 1;
  if (!mutates_text || count < 4 || draw(2) != 0) return LLVMFuzzerMutate(bytes, count, capacity);
  const uint8_t mark = (const uint8_t[]){'"', '"', '\n', ' '}[draw(4)];
  const place from = any_piece(bytes, count, mark);
  if (from.count == 0) return LLVMFuzzerMutate(bytes, count, capacity);
  if (draw(2) == 0) return replace(bytes, count, capacity, any_twin(bytes, count, mark, from), from);
  const place to = any_piece(bytes, count, mark);
  if (to.count == 0) return LLVMFuzzerMutate(bytes, count, capacity);
  /* Over another piece, or beside it. */
  const place target = draw(2) == 0 ? to : (place){to.start, 0};
  return replace(bytes, count, capacity, target, from);
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerInitialize(int *count, char ***arguments) {
  mutates_text = fuzz_begin(*count, *arguments);
  /* `run TARGET` is not libFuzzer's. */
  (*arguments)[2] = (*arguments)[0];
  *arguments += 2;
  *count -= 2;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  fuzz_feed(bytes, count);
  return 0;
}

#endif
