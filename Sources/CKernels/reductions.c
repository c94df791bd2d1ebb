#include "clones.h"

// Sixteen float lanes over short blocks, each block added up in double: as exact as double summation for
// practical purposes and as fast as float.
#define LANES 16
#define BLOCK 256

INLINE double lanes_total(const float *v) {
    double total = 0;
    for (int i = 0; i < LANES; i++) total += v[i];
    return total;
}

#define BLOCKED_SUM(term, single)                                   \
    double total = 0;                                               \
    size_t i = 0;                                                   \
    while (i + LANES <= n) {                                        \
        const size_t end = i + BLOCK < n ? i + BLOCK : n;           \
        float acc[LANES] = {0};                                     \
        for (; i + LANES <= end; i += LANES) {                      \
            for (int lane = 0; lane < LANES; lane++) acc[lane] += term; \
        }                                                           \
        total += lanes_total(acc);                                  \
        if (end == n) break;                                        \
    }                                                               \
    for (; i < n; i++) total += single;                             \
    return total;

CLONES double ck_sum(const float *x, size_t n) { BLOCKED_SUM(x[i + lane], x[i]) }

CLONES double ck_dot(const float *a, const float *b, size_t n) {
    BLOCKED_SUM(a[i + lane] * b[i + lane], (double)a[i] * b[i])
}
