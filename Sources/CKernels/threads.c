#include "CKernels.h"

#include <time.h>

static _Thread_local int inside_parallel = 0;

int ck_inside_parallel(void) { return inside_parallel; }
void ck_set_inside_parallel(int inside) { inside_parallel = inside; }

void ck_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

uint64_t ck_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
