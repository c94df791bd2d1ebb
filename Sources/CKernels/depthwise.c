#include "lanes.h"

// Convolutions in which each channel sees itself alone. Four positions side by side share the weights, which pass by
// as one vector of channels after the other, so that inputs and outputs are met in the order of memory.
#define TOGETHER 4

#define EACH(p) _Pragma("unroll") for (int p = 0; p < count; p++)

// The input column of a position's first tap.
INLINE ptrdiff_t first_column(const ck_depthwise_taps *t, size_t x) {
    return (ptrdiff_t)x * t->step_x + t->tap_x;
}

// The tap columns of a position that lie inside the image: first and one behind the last.
INLINE void inside_columns(const ck_depthwise_taps *t, ptrdiff_t x0, size_t *first, size_t *end) {
    size_t k = 0, last = t->tap_columns;
    while (k < last && x0 + (ptrdiff_t)k * t->tap_step_x < 0) k++;
    while (last > k && x0 + (ptrdiff_t)(last - 1) * t->tap_step_x >= (ptrdiff_t)t->width) last--;
    *first = k;
    *end = last;
}

// The input row of a row of taps; null outside the image.
INLINE const float *input_row(const ck_depthwise_taps *t, const float *image, size_t row, size_t a) {
    const ptrdiff_t y = (ptrdiff_t)row * t->step_y + t->tap_y[a];
    return y < 0 || y >= (ptrdiff_t)t->height ? 0 : image + (size_t)y * t->width * t->channels;
}

// Calls BODY(count, x, first tap column, one behind the last) for all positions from begin to end: in fours where
// all taps lie inside the image, alone at its sides.
#define BY_POSITIONS(t, begin, end, BODY)                                                    \
    for (size_t x = (begin); x < (end);) {                                                   \
        size_t first, last, first_behind, last_behind;                                       \
        inside_columns(t, first_column(t, x), &first, &last);                                \
        if (x + TOGETHER <= (end) && first == 0 && last == (t)->tap_columns) {               \
            inside_columns(t, first_column(t, x + TOGETHER - 1), &first_behind, &last_behind); \
            if (last_behind == (t)->tap_columns) {                                           \
                BODY(TOGETHER, x, first, last);                                              \
                x += TOGETHER;                                                               \
                continue;                                                                    \
            }                                                                                \
        }                                                                                    \
        BODY(1, x, first, last);                                                             \
        x++;                                                                                 \
    }

#define OVER_CHANNELS(channels, BODY)                                       \
    {                                                                       \
        size_t c = 0;                                                       \
        for (; c + LANES <= (channels); c += LANES) BODY(c, 1, LANES)       \
        if (c < (channels)) BODY(c, 0, (channels) - c)                      \
    }

INLINE void outputs(const int count, const ck_depthwise_taps *t, const float *image, const float *weights,
                    const float *bias, size_t row, size_t x, size_t first, size_t last, float *output, size_t step) {
    const size_t channels = t->channels;
    const ptrdiff_t apart = t->step_x * (ptrdiff_t)channels;
#define OUTPUT(c, whole, width)                                                                               \
    {                                                                                                         \
        lanes sum[TOGETHER] = {0, 0, 0, 0};                                                                   \
        for (size_t a = 0; a < t->tap_rows; a++) {                                                            \
            const float *line = input_row(t, image, row, a);                                                  \
            if (!line) continue;                                                                              \
            for (size_t b = first; b < last; b++) {                                                           \
                const lanes weight = load(weights + (a * t->tap_columns + b) * channels + c, whole, width);   \
                const float *from =                                                                           \
                    line + (first_column(t, x) + (ptrdiff_t)b * t->tap_step_x) * (ptrdiff_t)channels + c;     \
                EACH(p) sum[p] += load(from + p * apart, whole, width) * weight;                              \
            }                                                                                                 \
        }                                                                                                     \
        const lanes offset = bias ? load(bias + c, whole, width) : 0;                                         \
        EACH(p) store(output + (x + (size_t)p) * step + c, sum[p] + offset, whole, width);                    \
    }
    OVER_CHANNELS(channels, OUTPUT)
}

CLONES void ck_depthwise(const ck_depthwise_taps *t, const float *image, const float *weights, const float *bias,
                         size_t row, size_t begin, size_t end, float *output, size_t step) {
#define OUTPUTS(count, x, first, last) outputs(count, t, image, weights, bias, row, x, first, last, output, step)
    BY_POSITIONS(t, begin, end, OUTPUTS)
}

INLINE void products(const int count, const ck_depthwise_taps *t, const float *image, const float *upstream, size_t row,
                     size_t x, size_t first, size_t last, float *gradient) {
    const size_t channels = t->channels;
    const ptrdiff_t apart = t->step_x * (ptrdiff_t)channels;
#define PRODUCT(c, whole, width)                                                                              \
    {                                                                                                         \
        lanes g[TOGETHER] = {0, 0, 0, 0};                                                                     \
        EACH(p) g[p] = load(upstream + (row * t->columns + x + (size_t)p) * channels + c, whole, width);      \
        for (size_t a = 0; a < t->tap_rows; a++) {                                                            \
            const float *line = input_row(t, image, row, a);                                                  \
            if (!line) continue;                                                                              \
            for (size_t b = first; b < last; b++) {                                                           \
                float *to = gradient + (a * t->tap_columns + b) * channels + c;                               \
                const float *from =                                                                           \
                    line + (first_column(t, x) + (ptrdiff_t)b * t->tap_step_x) * (ptrdiff_t)channels + c;     \
                lanes sum = load(to, whole, width);                                                           \
                EACH(p) sum += load(from + p * apart, whole, width) * g[p];                                   \
                store(to, sum, whole, width);                                                                 \
            }                                                                                                 \
        }                                                                                                     \
    }
    OVER_CHANNELS(channels, PRODUCT)
}

CLONES void ck_depthwise_weight_gradient(const ck_depthwise_taps *t, const float *image, const float *upstream,
                                         size_t row, size_t begin, size_t end, float *scratch, float *gradient) {
    const size_t size = t->tap_rows * t->tap_columns * t->channels;
    memset(scratch, 0, size * sizeof(float));
#define PRODUCTS(count, x, first, last) products(count, t, image, upstream, row, x, first, last, scratch)
    BY_POSITIONS(t, begin, end, PRODUCTS)
    for (size_t i = 0; i < size; i++) gradient[i] += scratch[i];
}
