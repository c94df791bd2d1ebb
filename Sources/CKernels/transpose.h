#ifndef CKERNELS_TRANSPOSE_H
#define CKERNELS_TRANSPOSE_H

#include "clones.h"

typedef float transpose_vector __attribute__((vector_size(32), aligned(4)));

// y[c][r] = x[r][c] for 8 x 8 elements in registers: pairs, then quarters, then halves change places.
INLINE void transpose_8x8(const float *x, size_t stride_x, float *y, size_t stride_y) {
    transpose_vector a[8], b[8];
    for (size_t i = 0; i < 8; i++) a[i] = *(const transpose_vector *)(x + i * stride_x);
    for (int i = 0; i < 8; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = i; j < i + 2; j++) {
            a[j] = __builtin_shufflevector(b[j], b[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[j + 2] = __builtin_shufflevector(b[j], b[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int i = 0; i < 4; i++) {
        *(transpose_vector *)(y + (size_t)i * stride_y) =
            __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(transpose_vector *)(y + (size_t)(i + 4) * stride_y) =
            __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// sums[i] = sum of row i, for 8 rows of 4, 8 or 16 elements: neighbours are added while they change places as in a
// transposition.
INLINE void sum_rows_8(const float *x, const size_t length, float *sums) {
    if (length == 4) {
        for (size_t i = 0; i < 8; i++) sums[i] = (x[4 * i] + x[4 * i + 1]) + (x[4 * i + 2] + x[4 * i + 3]);
        return;
    }
    transpose_vector a[8];
    for (size_t i = 0; i < 8; i++) {
        a[i] = *(const transpose_vector *)(x + i * length);
        if (length == 16) a[i] += *(const transpose_vector *)(x + i * length + 8);
    }
    for (int i = 0; i < 8; i += 2)
        a[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    for (int i = 0; i < 8; i += 4)
        a[i] = __builtin_shufflevector(a[i], a[i + 2], 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(a[i], a[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    *(transpose_vector *)sums = __builtin_shufflevector(a[0], a[4], 0, 1, 2, 3, 8, 9, 10, 11) +
                                __builtin_shufflevector(a[0], a[4], 4, 5, 6, 7, 12, 13, 14, 15);
}

#endif
