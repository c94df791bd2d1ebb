#include "lanes.h"

// Passes over rows of channels: sums by channel, normalisation and its gradient. Sixteen channels are one
// vector, and up to four vectors side by side keep their constants and sums in registers while the rows go by.

// Rows are added in float over blocks of 32 rows, blocks in double.
#define ROW_BLOCK 32

INLINE void add_to(double *sums, lanes v, size_t width) {
    for (size_t i = 0; i < width; i++) sums[i] += v[i];
}

// Runs BODY(count of vectors, whether they are whole, first channel, channels) over all channels.
#define BY_VECTORS(channels, BODY)                                     \
    size_t c = 0;                                                      \
    for (; c + 4 * LANES <= (channels); c += 4 * LANES) BODY(4, 1, LANES); \
    for (; c + 2 * LANES <= (channels); c += 2 * LANES) BODY(2, 1, LANES); \
    for (; c + LANES <= (channels); c += LANES) BODY(1, 1, LANES);     \
    if (c < (channels)) BODY(1, 0, (channels) - c);

#define EACH(k) _Pragma("unroll") for (int k = 0; k < vectors; k++)

INLINE void column_sum(const float *x, size_t rows, size_t stride, double *sums, int vectors, int whole,
                       size_t width) {
    for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
        const size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
        lanes total[4] = {0, 0, 0, 0};
        for (size_t r = r0; r < r1; r++) {
            EACH(k) total[k] += load(x + r * stride + k * LANES, whole, width);
        }
        EACH(k) add_to(sums + k * LANES, total[k], width);
    }
}

CLONES void ck_column_sum(const float *x, size_t rows, size_t columns, double *sums) {
    if (columns < LANES && LANES % columns == 0) {
        // Several rows are one vector.
        const size_t together = LANES / columns, whole_rows = rows / together * together;
        double wide[LANES] = {0};
        column_sum(x, whole_rows / together, LANES, wide, 1, 1, LANES);
        for (size_t i = 0; i < LANES; i++) sums[i % columns] += wide[i];
        for (size_t i = whole_rows * columns; i < rows * columns; i++) sums[i % columns] += x[i];
        return;
    }
#define BODY(vectors, whole, width) column_sum(x + c, rows, columns, sums + c, vectors, whole, width)
    BY_VECTORS(columns, BODY)
#undef BODY
}

INLINE void moments(const float *x, const float *pivot, size_t rows, size_t stride, double *sums, double *squares,
                    int vectors, int whole, size_t width) {
    lanes centre[4];
    EACH(k) centre[k] = load(pivot + k * LANES, whole, width);
    for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
        const size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
        lanes first[4] = {0, 0, 0, 0}, second[4] = {0, 0, 0, 0};
        for (size_t r = r0; r < r1; r++) {
            EACH(k) {
                const lanes difference = load(x + r * stride + k * LANES, whole, width) - centre[k];
                first[k] += difference;
                second[k] += difference * difference;
            }
        }
        EACH(k) {
            add_to(sums + k * LANES, first[k], width);
            add_to(squares + k * LANES, second[k], width);
        }
    }
}

CLONES void ck_moments(const float *x, const float *pivot, size_t rows, size_t channels, double *sums,
                       double *squares) {
#define BODY(vectors, whole, width) \
    moments(x + c, pivot + c, rows, channels, sums + c, squares + c, vectors, whole, width)
    BY_VECTORS(channels, BODY)
#undef BODY
}

// The gradient behind the activation, with the sign of its argument computed again from x.
INLINE lanes behind_activation(lanes x, lanes dy, lanes factor, lanes offset, float slope) {
    return x * factor + offset > 0 ? dy : slope * dy;
}

INLINE void gradient_sums(const float *x, const float *dy, const float *factors, const float *offsets, float slope,
                          const float *means, size_t rows, size_t stride, double *sum_dy, double *sum_dy_x,
                          int vectors, int whole, size_t width) {
    lanes factor[4], offset[4], mean[4];
    EACH(k) {
        factor[k] = load(factors + k * LANES, whole, width);
        offset[k] = load(offsets + k * LANES, whole, width);
        mean[k] = load(means + k * LANES, whole, width);
    }
    for (size_t r0 = 0; r0 < rows; r0 += ROW_BLOCK) {
        const size_t r1 = r0 + ROW_BLOCK < rows ? r0 + ROW_BLOCK : rows;
        lanes first[4] = {0, 0, 0, 0}, second[4] = {0, 0, 0, 0};
        for (size_t r = r0; r < r1; r++) {
            EACH(k) {
                const lanes value = load(x + r * stride + k * LANES, whole, width);
                const lanes upstream = load(dy + r * stride + k * LANES, whole, width);
                const lanes g = behind_activation(value, upstream, factor[k], offset[k], slope);
                first[k] += g;
                second[k] += g * (value - mean[k]);
            }
        }
        EACH(k) {
            add_to(sum_dy + k * LANES, first[k], width);
            add_to(sum_dy_x + k * LANES, second[k], width);
        }
    }
}

CLONES void ck_normalise_gradient_sums(const float *x, const float *dy, const float *factor, const float *offset,
                                       float slope, const float *mean, size_t rows, size_t channels,
                                       double *sum_dy, double *sum_dy_x) {
#define BODY(vectors, whole, width)                                                                           \
    gradient_sums(x + c, dy + c, factor + c, offset + c, slope, mean + c, rows, channels, sum_dy + c,         \
                  sum_dy_x + c, vectors, whole, width)
    BY_VECTORS(channels, BODY)
#undef BODY
}

INLINE void scale_shift(const float *x, const float *factors, const float *offsets, float slope, float *y,
                        size_t rows, size_t stride, int vectors, int whole, size_t width) {
    lanes factor[4], offset[4];
    EACH(k) {
        factor[k] = load(factors + k * LANES, whole, width);
        offset[k] = load(offsets + k * LANES, whole, width);
    }
    for (size_t r = 0; r < rows; r++) {
        EACH(k) {
            const lanes z = load(x + r * stride + k * LANES, whole, width) * factor[k] + offset[k];
            store(y + r * stride + k * LANES, z > 0 ? z : slope * z, whole, width);
        }
    }
}

CLONES void ck_scale_shift(const float *x, const float *factor, const float *offset, float slope, float *y,
                           size_t rows, size_t channels) {
#define BODY(vectors, whole, width) \
    scale_shift(x + c, factor + c, offset + c, slope, y + c, rows, channels, vectors, whole, width)
    BY_VECTORS(channels, BODY)
#undef BODY
}

INLINE void gradient(const float *x, const float *dy, const float *factors, const float *offsets, float slope,
                     const float *bs, const float *ds, float *dx, size_t rows, size_t stride, int vectors, int whole,
                     size_t width) {
    lanes factor[4], offset[4], b[4], d[4];
    EACH(k) {
        factor[k] = load(factors + k * LANES, whole, width);
        offset[k] = load(offsets + k * LANES, whole, width);
        b[k] = load(bs + k * LANES, whole, width);
        d[k] = load(ds + k * LANES, whole, width);
    }
    for (size_t r = 0; r < rows; r++) {
        EACH(k) {
            const lanes value = load(x + r * stride + k * LANES, whole, width);
            const lanes upstream = load(dy + r * stride + k * LANES, whole, width);
            const lanes g = behind_activation(value, upstream, factor[k], offset[k], slope);
            store(dx + r * stride + k * LANES, factor[k] * g + (b[k] * value + d[k]), whole, width);
        }
    }
}

CLONES void ck_normalise_gradient(const float *x, const float *dy, const float *factor, const float *offset,
                                  float slope, const float *b, const float *d, float *dx, size_t rows,
                                  size_t channels) {
#define BODY(vectors, whole, width)                                                                            \
    gradient(x + c, dy + c, factor + c, offset + c, slope, b + c, d + c, dx + c, rows, channels, vectors, whole, \
             width)
    BY_VECTORS(channels, BODY)
#undef BODY
}
