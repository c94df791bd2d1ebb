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
    for (size_t i = 0; i < t->tap_rows * t->tap_columns * channels; i++) gradient[i] = 0;
    for (size_t row = 0; row < t->rows; row++) {
        // A stretch of columns serves every tap while it is in the cache; its short sums stay exact.
        for (size_t start = 0; start < t->columns; start += 128) {
            const size_t stop = start + 128 < t->columns ? start + 128 : t->columns;
            for (size_t a = 0; a < t->tap_rows; a++) {
                const ptrdiff_t y = (ptrdiff_t)row * t->step_y + t->tap_y[a];
                if (y < 0 || y >= (ptrdiff_t)t->height) continue;
                for (size_t b = 0; b < t->tap_columns; b++) {
                    const ptrdiff_t offset = t->tap_x + (ptrdiff_t)b * t->tap_step_x;
                    size_t x0 = start, x1 = stop;
                    while (x0 < x1 && (ptrdiff_t)x0 * t->step_x + offset < 0) x0++;
                    while (x1 > x0 && (ptrdiff_t)(x1 - 1) * t->step_x + offset >= (ptrdiff_t)t->width) x1--;
                    float *to = gradient + (a * t->tap_columns + b) * channels;
                    for (size_t c0 = 0; c0 < channels; c0 += BLOCK) {
                        const size_t n = channels - c0 < BLOCK ? channels - c0 : BLOCK;
                        float part[BLOCK] = {0};
                        for (size_t x = x0; x < x1; x++) {
                            const size_t column = (size_t)((ptrdiff_t)x * t->step_x + offset);
                            const float *from = image + ((size_t)y * t->width + column) * channels + c0;
                            const float *g = upstream + (row * t->columns + x) * channels + c0;
                            if (n == BLOCK) {
                                for (size_t c = 0; c < BLOCK; c++) part[c] += from[c] * g[c];
                            } else {
                                for (size_t c = 0; c < n; c++) part[c] += from[c] * g[c];
                            }
                        }
                        for (size_t c = 0; c < n; c++) to[c0 + c] += part[c];
                    }
                }
            }
        }
    }
}
