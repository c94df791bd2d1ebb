#include "functions.h"

// The largest element of a row; NaN if there is one.
INLINE float row_maximum(const float *x, size_t n) {
    float largest = -INFINITY;
    int has_nan = 0;
    for (size_t i = 0; i < n; i++) {
        largest = x[i] > largest ? x[i] : largest;
        has_nan |= x[i] != x[i];
    }
    return has_nan ? NAN : largest;
}

#define LANES 16

// The sum of a row in float lanes, short enough to be exact to a few units in the last place.
INLINE float row_sum(const float *x, size_t n) {
    double total = 0;
    size_t i = 0;
    while (i + LANES <= n) {
        float lanes[LANES] = {0};
        for (int block = 0; block < 16 && i + LANES <= n; block++, i += LANES) {
            for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
        }
        for (int lane = 0; lane < LANES; lane++) total += lanes[lane];
    }
    for (; i < n; i++) total += x[i];
    return (float)total;
}

INLINE float row_dot(const float *a, const float *b, size_t n) {
    double total = 0;
    size_t i = 0;
    while (i + LANES <= n) {
        float lanes[LANES] = {0};
        for (int block = 0; block < 16 && i + LANES <= n; block++, i += LANES) {
            for (int lane = 0; lane < LANES; lane++) lanes[lane] += a[i + lane] * b[i + lane];
        }
        for (int lane = 0; lane < LANES; lane++) total += lanes[lane];
    }
    for (; i < n; i++) total += (double)a[i] * b[i];
    return (float)total;
}

CLONES void ck_softmax(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += columns, y += columns) {
        const float largest = row_maximum(x, columns);
        for (size_t i = 0; i < columns; i++) y[i] = fast_exp(x[i] - largest);
        const float inverse = 1.0f / row_sum(y, columns);
        for (size_t i = 0; i < columns; i++) y[i] *= inverse;
    }
}

CLONES void ck_softmax_gradient(const float *y, const float *dy, float *dx, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, y += columns, dy += columns, dx += columns) {
        const float total = row_dot(y, dy, columns);
        for (size_t i = 0; i < columns; i++) dx[i] = y[i] * (dy[i] - total);
    }
}

CLONES void ck_log_sum_exp(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += columns) {
        const float largest = row_maximum(x, columns);
        if (largest == INFINITY || largest == -INFINITY) {
            y[row] = largest;
            continue;
        }
        double total = 0;
        size_t i = 0;
        while (i < columns) {
            const size_t end = i + 256 < columns ? i + 256 : columns;
            float terms[256];
            const size_t start = i;
            for (; i < end; i++) terms[i - start] = fast_exp(x[i] - largest);
            total += row_sum(terms, end - start);
        }
        y[row] = (float)(largest + log(total));
    }
}

CLONES void ck_subtract_rows(const float *x, const float *offset, float *y, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += columns, y += columns) {
        for (size_t i = 0; i < columns; i++) y[i] = x[i] - offset[row];
    }
}

void ck_cumulative_sum(const float *x, float *y, size_t rows, size_t columns, int reversed) {
    for (size_t row = 0; row < rows; row++, x += columns, y += columns) {
        double total = 0;
        for (size_t i = 0; i < columns; i++) {
            const size_t at = reversed ? columns - 1 - i : i;
            total += x[at];
            y[at] = (float)total;
        }
    }
}

CLONES void ck_row_minimum(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += columns) {
        float smallest = INFINITY;
        int has_nan = 0;
        for (size_t i = 0; i < columns; i++) {
            smallest = x[i] < smallest ? x[i] : smallest;
            has_nan |= x[i] != x[i];
        }
        y[row] = has_nan ? NAN : smallest;
    }
}

CLONES void ck_row_maximum(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += columns) y[row] = row_maximum(x, columns);
}
