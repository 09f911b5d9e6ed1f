#include "secrecy_marks.h"

/* valgrind's client requests, as its public headers define them for x86-64: a sequence of rotations that changes
 * nothing on a processor and is recognised by valgrind. Written out, so that building needs no valgrind. */
enum {
  RUNNING_ON_VALGRIND = 0x1001,
  COUNT_ERRORS = 0x1201,
  CHANGE_ERROR_REPORTING = 0x1801,
  MAKE_MEM_UNDEFINED = 0x4D430001,
  MAKE_MEM_DEFINED = 0x4D430002,
  GET_VBITS = 0x4D430008,
};

uint64_t secrecy_request(uint64_t request, uint64_t first, uint64_t second, uint64_t third) {
#if defined(__x86_64__)
  volatile uint64_t arguments[6] = {request, first, second, third, 0, 0};
  uint64_t result;
  __asm__ volatile(
      "rolq $3, %%rdi; rolq $13, %%rdi\n\t"
      "rolq $61, %%rdi; rolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "=d"(result)
      : "a"(&arguments[0]), "0"((uint64_t)0)
      : "cc", "memory");
  return result;
#else
  (void)request, (void)first, (void)second, (void)third;
  return 0;
#endif
}

bool secrecy_is_watched(void) { return secrecy_request(RUNNING_ON_VALGRIND, 0, 0, 0) != 0; }

void secrecy_mark_secret(const void *bytes, size_t count) {
  secrecy_request(MAKE_MEM_UNDEFINED, (uint64_t)(uintptr_t)bytes, count, 0);
}

void secrecy_mark_public(const void *bytes, size_t count) {
  secrecy_request(MAKE_MEM_DEFINED, (uint64_t)(uintptr_t)bytes, count, 0);
}

size_t secrecy_count_secret(const void *bytes, size_t count) {
  size_t secret = 0;
  for (size_t i = 0; i < count; i++) {
    uint8_t bits = 0;
    secrecy_request(GET_VBITS, (uint64_t)((uintptr_t)bytes + i), (uint64_t)(uintptr_t)&bits, 1);
    secret += bits != 0;
  }
  return secret;
}

unsigned secrecy_reported_errors(void) { return (unsigned)secrecy_request(COUNT_ERRORS, 0, 0, 0); }

void secrecy_pause_reports(void) { secrecy_request(CHANGE_ERROR_REPORTING, 1, 0, 0); }

void secrecy_resume_reports(void) { secrecy_request(CHANGE_ERROR_REPORTING, (uint64_t)-1, 0, 0); }
