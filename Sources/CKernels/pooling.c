#include "clones.h"

CLONES void ck_sparse_rows(const float *x, size_t inner, const ptrdiff_t *starts, const ptrdiff_t *indices,
                           const float *weights, size_t first, size_t rows, float *y) {
    for (size_t r = first; r < first + rows; r++) {
        float *to = y + r * inner;
        if (inner == 1) {
            float sum = 0;
            for (ptrdiff_t t = starts[r]; t < starts[r + 1]; t++) sum += weights[t] * x[indices[t]];
            *to = sum;
            continue;
        }
        memset(to, 0, inner * sizeof(float));
        for (ptrdiff_t t = starts[r]; t < starts[r + 1]; t++) {
            const float *from = x + (size_t)indices[t] * inner, w = weights[t];
            for (size_t c = 0; c < inner; c++) to[c] += w * from[c];
        }
    }
}

// The positions of a window inside an axis of `size`: first tap and one behind the last.
INLINE void window_taps(const ck_window *w, size_t output, size_t size, ptrdiff_t *first, ptrdiff_t *end) {
    const ptrdiff_t start = (ptrdiff_t)(output * w->stride) - (ptrdiff_t)w->padding;
    const ptrdiff_t step = (ptrdiff_t)w->dilation;
    ptrdiff_t k = 0, last = (ptrdiff_t)w->kernel;
    while (k < last && start + k * step < 0) k++;
    while (last > k && start + (last - 1) * step >= (ptrdiff_t)size) last--;
    *first = start + k * step;
    *end = start + last * step;
}

CLONES void ck_window_maxima(const float *x, size_t height, size_t width, size_t channels, ck_window wy, ck_window wx,
                             int32_t *places) {
    for (size_t oy = 0; oy < wy.outputs; oy++) {
        ptrdiff_t y0, y1;
        window_taps(&wy, oy, height, &y0, &y1);
        for (size_t ox = 0; ox < wx.outputs; ox++, places += channels) {
            ptrdiff_t x0, x1;
            window_taps(&wx, ox, width, &x0, &x1);
            const int32_t first = (int32_t)(((size_t)y0 * width + (size_t)x0) * channels);
            for (size_t c = 0; c < channels; c++) places[c] = first + (int32_t)c;
            for (ptrdiff_t iy = y0; iy < y1; iy += (ptrdiff_t)wy.dilation) {
                for (ptrdiff_t ix = x0; ix < x1; ix += (ptrdiff_t)wx.dilation) {
                    const int32_t here = (int32_t)(((size_t)iy * width + (size_t)ix) * channels);
                    for (size_t c = 0; c < channels; c++) {
                        const float v = x[here + (int32_t)c];
                        if (v > x[places[c]] || v != v) places[c] = here + (int32_t)c;
                    }
                }
            }
        }
    }
}
