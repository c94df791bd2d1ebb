#include "functions.h"

// Passes that treat each row of a matrix on its own.

#define LANES 16

// Sum of f(i) over a row, by lanes.
#define ROW_SUM(result, n, term)                                    \
    float result = 0;                                               \
    {                                                               \
        float acc[LANES] = {0};                                     \
        size_t i = 0;                                               \
        for (; i + LANES <= (n); i += LANES)                        \
            for (size_t l = 0; l < LANES; l++) acc[l] += term(i + l); \
        for (size_t l = 0; i < (n); i++, l++) acc[l] += term(i);    \
        for (size_t w = LANES / 2; w > 0; w /= 2)                   \
            for (size_t l = 0; l < w; l++) acc[l] += acc[l + w];    \
        result = acc[0];                                            \
    }

// Mean and 1 / sqrt(variance + epsilon) of a row.
INLINE void row_statistics(const float *x, size_t n, float epsilon, float *mean, float *inverse) {
#define VALUE(i) x[i]
    ROW_SUM(sum, n, VALUE)
    const float m = sum / (float)n;
#define SQUARE(i) ((x[i] - m) * (x[i] - m))
    ROW_SUM(squares, n, SQUARE)
    *mean = m;
    *inverse = 1.0f / square_root(squares / (float)n + epsilon);
}

CLONES void ck_normalise_rows(const float *x, const float *scale, const float *shift, float epsilon, float *y,
                              size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, y += columns) {
        float mean, inverse;
        row_statistics(x, columns, epsilon, &mean, &inverse);
        for (size_t c = 0; c < columns; c++) y[c] = (x[c] - mean) * inverse * scale[c] + shift[c];
    }
}

CLONES void ck_normalise_rows_gradient(const float *x, const float *scale, const float *dy, float epsilon, float *dx,
                                       size_t rows, size_t columns, float *scratch, double *sum_dy_x,
                                       double *sum_dy) {
    enum { BLOCK = 32 };
    float *const total_x = scratch, *const total = scratch + columns;
    for (size_t r0 = 0; r0 < rows; r0 += BLOCK) {
        const size_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows;
        memset(scratch, 0, 2 * columns * sizeof(float));
        for (size_t r = r0; r < r1; r++, x += columns, dy += columns, dx += columns) {
            float mean, inverse;
            row_statistics(x, columns, epsilon, &mean, &inverse);
#define SCALED(i) (dy[i] * scale[i])
            ROW_SUM(sum_g, columns, SCALED)
#define SCALED_X(i) (dy[i] * scale[i] * ((x[i] - mean) * inverse))
            ROW_SUM(sum_gx, columns, SCALED_X)
            const float mean_g = sum_g / (float)columns, mean_gx = sum_gx / (float)columns;
            for (size_t c = 0; c < columns; c++) {
                const float normal = (x[c] - mean) * inverse;
                total_x[c] += dy[c] * normal;
                total[c] += dy[c];
                dx[c] = inverse * (dy[c] * scale[c] - mean_g - normal * mean_gx);
            }
        }
        for (size_t c = 0; c < columns; c++) {
            sum_dy_x[c] += total_x[c];
            sum_dy[c] += total[c];
        }
    }
}
