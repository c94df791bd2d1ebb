#include "clones.h"
#include "transpose.h"

CLONES void ck_copy_rows_bias(const float *x, size_t stride_x, const float *bias, float *y, size_t stride_y,
                              size_t rows, size_t columns) {
    if (columns == 1) {
        const float b = bias ? *bias : 0;
        for (size_t r = 0; r < rows; r++) y[r * stride_y] = x[r * stride_x] + b;
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        const float *from = x + r * stride_x;
        float *to = y + r * stride_y;
        if (bias) {
            for (size_t c = 0; c < columns; c++) to[c] = from[c] + bias[c];
        } else {
            for (size_t c = 0; c < columns; c++) to[c] = from[c];
        }
    }
}

CLONES void ck_transpose(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows, size_t columns) {
    size_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        size_t c = 0;
        for (; c + 8 <= columns; c += 8) transpose_8x8(x + r * stride_x + c, stride_x, y + c * stride_y + r, stride_y);
        for (; c < columns; c++)
            for (size_t i = r; i < r + 8; i++) y[c * stride_y + i] = x[i * stride_x + c];
    }
    for (; r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[c * stride_y + r] = x[r * stride_x + c];
}

INLINE void copy_floats(float *to, const float *from, size_t n) {
    for (size_t i = 0; i < n; i++) to[i] = from[i];
}

CLONES void ck_patches(const float *input, size_t height, size_t width, size_t channels, size_t row0, size_t rows,
                       size_t out_height, size_t out_width, ptrdiff_t step_y, ptrdiff_t step_x, size_t tap_rows,
                       const ptrdiff_t *dy, size_t tap_columns, ptrdiff_t dx_first, ptrdiff_t dx_step,
                       float *patches) {
    const size_t run = tap_columns * channels;
    size_t ox = row0 % out_width, oy = row0 / out_width % out_height;
    const float *image = input + row0 / out_width / out_height * height * width * channels;
    float *to = patches;
    for (size_t row = 0; row < rows; row++) {
        const ptrdiff_t x0 = (ptrdiff_t)ox * step_x + dx_first;
        const int inside = dx_step == 1 && x0 >= 0 && x0 + (ptrdiff_t)tap_columns <= (ptrdiff_t)width;
        for (size_t t = 0; t < tap_rows; t++, to += run) {
            const ptrdiff_t y = (ptrdiff_t)oy * step_y + dy[t];
            if (y < 0 || y >= (ptrdiff_t)height) {
                memset(to, 0, run * sizeof(float));
                continue;
            }
            const float *line = image + (size_t)y * width * channels;
            if (inside) {
                copy_floats(to, line + (size_t)x0 * channels, run);
                continue;
            }
            for (size_t k = 0; k < tap_columns; k++) {
                const ptrdiff_t x = x0 + (ptrdiff_t)k * dx_step;
                if (x < 0 || x >= (ptrdiff_t)width)
                    memset(to + k * channels, 0, channels * sizeof(float));
                else
                    copy_floats(to + k * channels, line + (size_t)x * channels, channels);
            }
        }
        if (++ox == out_width) {
            ox = 0;
            if (++oy == out_height) {
                oy = 0;
                image += height * width * channels;
            }
        }
    }
}
