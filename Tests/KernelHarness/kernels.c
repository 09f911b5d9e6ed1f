#include <stdio.h>
#include <string.h>

#include "kernel_checks.h"

/* Checks every kernel that the processor runs, real or emulated:
 *
 *   kernels [--chosen name] [--step n]
 *
 * fails unless the dispatcher has chosen the kernel `name`; takes every n-th alignment instead of every one. */

static int check_kernel(gf256_kernel_id kernel, size_t step, char *message) {
  static const size_t shapes[][2] = {{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 2}, {3, 2}, {4, 1}, {5, 2}};
  if (check_products(kernel, message) || check_shapes(kernel, message)) return 1;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    /* Only one row is ever streamed. */
    const int last = shapes[s][0] == 1 ? GF256_STREAM_ALWAYS : GF256_STREAM_NEVER;
    for (int streaming = GF256_STREAM_NEVER; streaming <= last; streaming++) {
      if (check_lengths_and_alignments(kernel, (gf256_streaming)streaming, shapes[s][0], shapes[s][1], step, message))
        return 1;
    }
  }
  return 0;
}

int main(int count, char **arguments) {
  const char *chosen = NULL;
  unsigned step = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    if (strcmp(arguments[i], "--chosen") == 0) chosen = arguments[i + 1];
    if (strcmp(arguments[i], "--step") == 0 && sscanf(arguments[i + 1], "%u", &step) != 1) return 64;
  }
  const char *in_use = gf256_kernel_name(gf256_kernel_in_use());
  if (chosen != NULL && strcmp(chosen, in_use) != 0) {
    printf("the dispatcher chose %s instead of %s\n", in_use, chosen);
    return 1;
  }
  for (int kernel = 0; gf256_kernel_name((gf256_kernel_id)kernel) != NULL; kernel++) {
    char message[KERNEL_CHECK_MESSAGE_BYTES] = "";
    const char *name = gf256_kernel_name((gf256_kernel_id)kernel);
    if (!gf256_kernel_is_supported((gf256_kernel_id)kernel)) continue;
    if (check_kernel((gf256_kernel_id)kernel, step, message)) {
      printf("  FAILED %s\n", message);
      return 1;
    }
    printf("  %s passed%s\n", name, strcmp(name, in_use) == 0 ? " (the dispatcher's choice)" : "");
  }
  return 0;
}
