#ifndef CKERNELS_CLONES_H
#define CKERNELS_CLONES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

// One body, several instruction sets, chosen by the loader (GNU indirect functions).
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

// sqrtf without errno, which would keep a loop from becoming vectors.
INLINE float square_root(float x) { return __builtin_elementwise_sqrt(x); }

#endif
