#include <libgfshare.h>

/* The library's one global variable, set once before anything else happens: Swift cannot write it safely. */
static inline void gfshare_use_random(gfshare_rand_func_t fill) { gfshare_fill_rand = fill; }
