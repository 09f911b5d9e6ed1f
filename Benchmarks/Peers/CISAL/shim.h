#include <isa-l.h>

/* Of the headers, which pkg-config pairs with the library. */
static inline unsigned isal_version(void) { return ISAL_VERSION; }
