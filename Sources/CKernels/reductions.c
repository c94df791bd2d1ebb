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

// Rows are added in float over blocks of 32 rows, blocks in double.
#define ROW_BLOCK 32
#define COLUMN_BLOCK 64

CLONES void ck_column_sum(const float *x, size_t rows, size_t columns, double *sums) {
    for (size_t c0 = 0; c0 < columns; c0 += COLUMN_BLOCK) {
        size_t width = columns - c0 < COLUMN_BLOCK ? columns - c0 : COLUMN_BLOCK;
        for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
            size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
            float acc[COLUMN_BLOCK] = {0};
            for (size_t r = r0; r < r1; r++) {
                const float *row = x + r * columns + c0;
                for (size_t c = 0; c < width; c++) acc[c] += row[c];
            }
            for (size_t c = 0; c < width; c++) sums[c0 + c] += acc[c];
        }
    }
}

CLONES void ck_moments(const float *x, const float *pivot, size_t rows, size_t channels, double *sums,
                       double *squares) {
    for (size_t c0 = 0; c0 < channels; c0 += COLUMN_BLOCK) {
        size_t width = channels - c0 < COLUMN_BLOCK ? channels - c0 : COLUMN_BLOCK;
        for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
            size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
            float first[COLUMN_BLOCK] = {0}, second[COLUMN_BLOCK] = {0};
            for (size_t r = r0; r < r1; r++) {
                const float *row = x + r * channels + c0;
                for (size_t c = 0; c < width; c++) {
                    const float d = row[c] - pivot[c0 + c];
                    first[c] += d;
                    second[c] += d * d;
                }
            }
            for (size_t c = 0; c < width; c++) {
                sums[c0 + c] += first[c];
                squares[c0 + c] += second[c];
            }
        }
    }
}

// The gradient behind the activation, with the sign of its argument computed again from x.
INLINE float behind_activation(float x, float dy, float factor, float offset, float slope) {
    return x * factor + offset > 0 ? dy : slope * dy;
}

CLONES void ck_normalise_gradient_sums(const float *x, const float *dy, const float *factor, const float *offset,
                                       float slope, const float *mean, const float *inverse_deviation, size_t rows,
                                       size_t channels, double *sum_dy, double *sum_dy_xhat) {
    for (size_t c0 = 0; c0 < channels; c0 += COLUMN_BLOCK) {
        size_t width = channels - c0 < COLUMN_BLOCK ? channels - c0 : COLUMN_BLOCK;
        for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
            size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
            float first[COLUMN_BLOCK] = {0}, second[COLUMN_BLOCK] = {0};
            for (size_t r = r0; r < r1; r++) {
                const float *row = x + r * channels + c0;
                const float *gradient = dy + r * channels + c0;
                for (size_t c = 0; c < width; c++) {
                    const float g = behind_activation(row[c], gradient[c], factor[c0 + c], offset[c0 + c], slope);
                    first[c] += g;
                    second[c] += g * (row[c] - mean[c0 + c]);
                }
            }
            for (size_t c = 0; c < width; c++) {
                sum_dy[c0 + c] += first[c];
                sum_dy_xhat[c0 + c] += (double)second[c] * inverse_deviation[c0 + c];
            }
        }
    }
}

CLONES void ck_scale_shift(const float *x, const float *factor, const float *offset, float slope, float *y,
                           size_t rows, size_t channels) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * channels;
        float *out = y + r * channels;
        for (size_t c = 0; c < channels; c++) {
            const float z = row[c] * factor[c] + offset[c];
            out[c] = z > 0 ? z : slope * z;
        }
    }
}

CLONES void ck_normalise_gradient(const float *x, const float *dy, const float *factor, const float *offset,
                                  float slope, const float *b, const float *d, float *dx, size_t rows,
                                  size_t channels) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * channels;
        const float *gradient = dy + r * channels;
        float *out = dx + r * channels;
        for (size_t c = 0; c < channels; c++) {
            const float g = behind_activation(row[c], gradient[c], factor[c], offset[c], slope);
            out[c] = factor[c] * g + (b[c] * row[c] + d[c]);
        }
    }
}
