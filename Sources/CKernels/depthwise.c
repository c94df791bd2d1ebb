#include "clones.h"

// Convolutions in which each channel sees itself alone. Blocks of channels keep their sums in registers while the
// taps go by.
#define BLOCK 32

// The tap columns of a position that lie inside the image: first and one behind the last.
INLINE void inside_columns(const ck_depthwise_taps *t, ptrdiff_t x0, size_t *first, size_t *end) {
    size_t k = 0, last = t->tap_columns;
    while (k < last && x0 + (ptrdiff_t)k * t->tap_step_x < 0) k++;
    while (last > k && x0 + (ptrdiff_t)(last - 1) * t->tap_step_x >= (ptrdiff_t)t->width) last--;
    *first = k;
    *end = last;
}

CLONES void ck_depthwise(const ck_depthwise_taps *t, const float *image, const float *weights, const float *bias,
                         size_t row, float *output, size_t step) {
    const size_t channels = t->channels;
    for (size_t x = 0; x < t->columns; x++, output += step) {
        const ptrdiff_t x0 = (ptrdiff_t)x * t->step_x + t->tap_x;
        size_t first, end;
        inside_columns(t, x0, &first, &end);
        for (size_t c0 = 0; c0 < channels; c0 += BLOCK) {
            const size_t n = channels - c0 < BLOCK ? channels - c0 : BLOCK;
            float sum[BLOCK] = {0};
            for (size_t a = 0; a < t->tap_rows; a++) {
                const ptrdiff_t y = (ptrdiff_t)row * t->step_y + t->tap_y[a];
                if (y < 0 || y >= (ptrdiff_t)t->height) continue;
                for (size_t b = first; b < end; b++) {
                    const size_t column = (size_t)(x0 + (ptrdiff_t)b * t->tap_step_x);
                    const float *from = image + ((size_t)y * t->width + column) * channels + c0;
                    const float *w = weights + (a * t->tap_columns + b) * channels + c0;
                    if (n == BLOCK) {
                        for (size_t c = 0; c < BLOCK; c++) sum[c] += from[c] * w[c];
                    } else {
                        for (size_t c = 0; c < n; c++) sum[c] += from[c] * w[c];
                    }
                }
            }
            for (size_t c = 0; c < n; c++) output[c0 + c] = sum[c] + (bias ? bias[c0 + c] : 0);
        }
    }
}

CLONES void ck_depthwise_weight_gradient(const ck_depthwise_taps *t, const float *image, const float *upstream,
                                         float *gradient) {
    const size_t channels = t->channels;
    for (size_t a = 0; a < t->tap_rows; a++) {
        for (size_t b = 0; b < t->tap_columns; b++, gradient += channels) {
            const ptrdiff_t offset = t->tap_x + (ptrdiff_t)b * t->tap_step_x;
            for (size_t c0 = 0; c0 < channels; c0 += BLOCK) {
                const size_t n = channels - c0 < BLOCK ? channels - c0 : BLOCK;
                float sum[BLOCK] = {0};
                for (size_t row = 0; row < t->rows; row++) {
                    const ptrdiff_t y = (ptrdiff_t)row * t->step_y + t->tap_y[a];
                    if (y < 0 || y >= (ptrdiff_t)t->height) continue;
                    // Short sums stay exact.
                    for (size_t start = 0; start < t->columns; start += 128) {
                        const size_t stop = start + 128 < t->columns ? start + 128 : t->columns;
                        float part[BLOCK] = {0};
                        for (size_t x = start; x < stop; x++) {
                            const ptrdiff_t column = (ptrdiff_t)x * t->step_x + offset;
                            if (column < 0 || column >= (ptrdiff_t)t->width) continue;
                            const float *from = image + ((size_t)y * t->width + (size_t)column) * channels + c0;
                            const float *g = upstream + (row * t->columns + x) * channels + c0;
                            if (n == BLOCK) {
                                for (size_t c = 0; c < BLOCK; c++) part[c] += from[c] * g[c];
                            } else {
                                for (size_t c = 0; c < n; c++) part[c] += from[c] * g[c];
                            }
                        }
                        for (size_t c = 0; c < n; c++) sum[c] += part[c];
                    }
                }
                for (size_t c = 0; c < n; c++) gradient[c0 + c] = sum[c];
            }
        }
    }
}
