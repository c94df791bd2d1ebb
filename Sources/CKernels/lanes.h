#ifndef CKERNELS_LANES_H
#define CKERNELS_LANES_H

#include "clones.h"

// Vectors are passed to functions that are always inlined, so how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// Sixteen floats side by side: one vector of AVX-512, two of AVX2.
typedef float lanes __attribute__((ext_vector_type(16)));
// The same, anywhere in memory.
typedef float loose_lanes __attribute__((ext_vector_type(16), aligned(4), may_alias));

#define LANES 16

typedef float lanes8 __attribute__((ext_vector_type(8)));
typedef float lanes4 __attribute__((ext_vector_type(4)));
typedef float lanes2 __attribute__((ext_vector_type(2)));
typedef float loose_lanes8 __attribute__((ext_vector_type(8), aligned(4), may_alias));
typedef float loose_lanes4 __attribute__((ext_vector_type(4), aligned(4), may_alias));
typedef float loose_lanes2 __attribute__((ext_vector_type(2), aligned(4), may_alias));

// The first `width` floats at p, zeros behind them; a whole vector when `whole`.
INLINE lanes load(const float *p, int whole, size_t width) {
    if (whole) return *(const loose_lanes *)p;
    // Halves from the smallest to the largest: each goes behind the next larger one that there is.
    const float *end = p + width;
    lanes2 two = 0;
    if (width & 1) two.x = *--end;
    lanes4 four = 0;
    four.lo = two;
    if (width & 2) {
        end -= 2;
        four.hi = two;
        four.lo = *(const loose_lanes2 *)end;
    }
    lanes8 eight = 0;
    eight.lo = four;
    if (width & 4) {
        end -= 4;
        eight.hi = four;
        eight.lo = *(const loose_lanes4 *)end;
    }
    lanes v = 0;
    v.lo = eight;
    if (width & 8) {
        end -= 8;
        v.hi = eight;
        v.lo = *(const loose_lanes8 *)end;
    }
    return v;
}

INLINE void store(float *p, lanes v, int whole, size_t width) {
    if (whole) {
        *(loose_lanes *)p = v;
        return;
    }
    lanes8 eight = v.lo;
    if (width & 8) {
        *(loose_lanes8 *)p = eight;
        eight = v.hi;
        p += 8;
    }
    lanes4 four = eight.lo;
    if (width & 4) {
        *(loose_lanes4 *)p = four;
        four = eight.hi;
        p += 4;
    }
    lanes2 two = four.lo;
    if (width & 2) {
        *(loose_lanes2 *)p = two;
        two = four.hi;
        p += 2;
    }
    if (width & 1) *p = two.x;
}

// The sum of a vector's floats.
INLINE float lanes_sum(lanes v) {
    const lanes8 eight = v.lo + v.hi;
    const lanes4 four = eight.lo + eight.hi;
    return (four.x + four.z) + (four.y + four.w);
}

#endif
