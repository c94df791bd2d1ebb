#include "lanes.h"

// Passes that treat each row of a matrix on its own. Two rows go side by side, so that what they share is read once
// and neither waits for the sum of the other; more rows are more streams than the processor foresees.
#define TOGETHER 2
// Columns that are added in float; their sums are added in double.
#define STRETCH 4096

// Every vector of a row's columns from `first` to `end`: c is its column; whole and width say how to load it.
#define OVER_COLUMNS(first, end, BODY)                             \
    {                                                              \
        size_t c = (first);                                        \
        for (; c + LANES <= (end); c += LANES) BODY(c, 1, LANES)   \
        if (c < (end)) BODY(c, 0, (end) - c)                       \
    }

#define EACH(r) _Pragma("unroll") for (int r = 0; r < count; r++)

// Ones in the first `width` lanes.
INLINE lanes ones(int whole, size_t width) {
    lanes v = 1.0f;
    if (!whole) {
        for (size_t i = width; i < LANES; i++) v[i] = 0;
    }
    return v;
}

// `count` neighbouring rows of n columns. statistics: mean and 1 / sqrt(variance + epsilon) of each.
INLINE void normalise(const int count, const float *x, const float *scale, const float *shift, float epsilon, float *y,
                      float *statistics, size_t n) {
    double sums[TOGETHER] = {0}, squares[TOGETHER] = {0};
    float mean[TOGETHER], inverse[TOGETHER];
    for (size_t first = 0; first < n; first += STRETCH) {
        const size_t end = first + STRETCH < n ? first + STRETCH : n;
        lanes total[TOGETHER] = {0, 0};
#define ADD(c, whole, width) EACH(r) total[r] += load(x + r * n + c, whole, width);
        OVER_COLUMNS(first, end, ADD)
        EACH(r) sums[r] += lanes_sum(total[r]);
    }
    EACH(r) mean[r] = (float)(sums[r] / (double)n);
    for (size_t first = 0; first < n; first += STRETCH) {
        const size_t end = first + STRETCH < n ? first + STRETCH : n;
        lanes total[TOGETHER] = {0, 0};
#define ADD_SQUARES(c, whole, width)                                                               \
    {                                                                                              \
        const lanes inside = ones(whole, width);                                                   \
        EACH(r) {                                                                                  \
            const lanes difference = (load(x + r * n + c, whole, width) - mean[r]) * inside;       \
            total[r] += difference * difference;                                                   \
        }                                                                                          \
    }
        OVER_COLUMNS(first, end, ADD_SQUARES)
        EACH(r) squares[r] += lanes_sum(total[r]);
    }
    EACH(r) {
        inverse[r] = 1.0f / square_root((float)(squares[r] / (double)n) + epsilon);
        statistics[2 * r] = mean[r];
        statistics[2 * r + 1] = inverse[r];
    }
#define WRITE(c, whole, width)                                                                       \
    {                                                                                                \
        const lanes factor = load(scale + c, whole, width), offset = load(shift + c, whole, width);  \
        EACH(r) {                                                                                    \
            const lanes normal = (load(x + r * n + c, whole, width) - mean[r]) * inverse[r];         \
            store(y + r * n + c, normal * factor + offset, whole, width);                            \
        }                                                                                            \
    }
    OVER_COLUMNS(0, n, WRITE)
}

CLONES void ck_normalise_rows(const float *x, const float *scale, const float *shift, float epsilon, float *y,
                              float *statistics, size_t rows, size_t columns) {
    size_t r = 0;
    for (; r + TOGETHER <= rows; r += TOGETHER)
        normalise(TOGETHER, x + r * columns, scale, shift, epsilon, y + r * columns, statistics + 2 * r, columns);
    for (; r < rows; r++)
        normalise(1, x + r * columns, scale, shift, epsilon, y + r * columns, statistics + 2 * r, columns);
}

// The gradient of `count` neighbouring rows; adds dy * normalised x and dy of each column to two arrays.
INLINE void gradient(const int count, const float *x, const float *scale, const float *statistics, const float *dy,
                     float *dx, float *total_x, float *total, size_t n) {
    double sum_g[TOGETHER] = {0}, sum_gx[TOGETHER] = {0};
    float mean[TOGETHER], inverse[TOGETHER], b[TOGETHER], d[TOGETHER];
    EACH(r) {
        mean[r] = statistics[2 * r];
        inverse[r] = statistics[2 * r + 1];
    }
    for (size_t first = 0; first < n; first += STRETCH) {
        const size_t end = first + STRETCH < n ? first + STRETCH : n;
        lanes of_g[TOGETHER] = {0, 0}, of_gx[TOGETHER] = {0, 0};
#define ADD_PRODUCTS(c, whole, width)                                                              \
    {                                                                                              \
        const lanes factor = load(scale + c, whole, width);                                        \
        lanes column_x = load(total_x + c, whole, width), column = load(total + c, whole, width);  \
        EACH(r) {                                                                                  \
            const lanes g = load(dy + r * n + c, whole, width);                                    \
            const lanes gx = g * ((load(x + r * n + c, whole, width) - mean[r]) * inverse[r]);     \
            column += g;                                                                           \
            column_x += gx;                                                                        \
            of_g[r] += g * factor;                                                                 \
            of_gx[r] += gx * factor;                                                               \
        }                                                                                          \
        store(total_x + c, column_x, whole, width);                                                \
        store(total + c, column, whole, width);                                                    \
    }
        OVER_COLUMNS(first, end, ADD_PRODUCTS)
        EACH(r) {
            sum_g[r] += lanes_sum(of_g[r]);
            sum_gx[r] += lanes_sum(of_gx[r]);
        }
    }
    // dx = inverse (scale g - mean(scale g) - normal mean(scale g normal)), with normal = (x - mean) inverse.
    EACH(r) {
        b[r] = -inverse[r] * inverse[r] * (float)(sum_gx[r] / (double)n);
        d[r] = -inverse[r] * (float)(sum_g[r] / (double)n);
    }
#define WRITE_GRADIENT(c, whole, width)                                                              \
    {                                                                                                \
        const lanes factor = load(scale + c, whole, width);                                          \
        EACH(r) {                                                                                    \
            const lanes g = load(dy + r * n + c, whole, width) * factor;                             \
            const lanes centred = load(x + r * n + c, whole, width) - mean[r];                       \
            store(dx + r * n + c, g * inverse[r] + (centred * b[r] + d[r]), whole, width);           \
        }                                                                                            \
    }
    OVER_COLUMNS(0, n, WRITE_GRADIENT)
}

CLONES void ck_normalise_rows_gradient(const float *x, const float *scale, const float *statistics, const float *dy,
                                       float *dx, size_t rows, size_t columns, float *scratch, double *sum_dy_x,
                                       double *sum_dy) {
    enum { BLOCK = 32 };
    float *const total_x = scratch, *const total = scratch + columns;
    for (size_t r0 = 0; r0 < rows; r0 += BLOCK) {
        const size_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows;
        memset(scratch, 0, 2 * columns * sizeof(float));
        size_t r = r0;
#define ROWS(count)                                                                                            \
    gradient(count, x + r * columns, scale, statistics + 2 * r, dy + r * columns, dx + r * columns, total_x, \
             total, columns)
        for (; r + TOGETHER <= r1; r += TOGETHER) ROWS(TOGETHER);
        for (; r < r1; r++) ROWS(1);
        for (size_t c = 0; c < columns; c++) {
            sum_dy_x[c] += total_x[c];
            sum_dy[c] += total[c];
        }
    }
}
