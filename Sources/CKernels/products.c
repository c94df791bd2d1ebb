#include "direct.h"

void ck_multiply_panels(const float *a, size_t stride_a, size_t rows, size_t depth, const float *packed, size_t columns,
                 float *c, size_t stride_c) {
    const panel_function kernel = ck_panel_kernel();
    const float no_bias[CK_PANEL_CHANNELS] = {0};
    // All panels of a handful of rows in turn: these rows stay in the first caches, the panels in the second.
    enum { GROUP = 8 * CK_TILE_POSITIONS };
    for (size_t start = 0; start < rows; start += GROUP) {
        const size_t end = start + GROUP < rows ? start + GROUP : rows;
        for (size_t column = 0; column < columns; column += CK_PANEL_CHANNELS) {
            const size_t width = ck_panel_width(columns, column / CK_PANEL_CHANNELS);
            const size_t used = columns - column < width ? columns - column : width;
            for (size_t row = start; row < end; row += CK_TILE_POSITIONS) {
                const size_t count = end - row < CK_TILE_POSITIONS ? end - row : CK_TILE_POSITIONS;
                ck_tap tap = {.length = depth, .depth = 0};
                float *to[CK_TILE_POSITIONS], result[CK_TILE_POSITIONS * CK_PANEL_CHANNELS];
                const int whole = count == CK_TILE_POSITIONS && used == width;
                for (size_t i = 0; i < CK_TILE_POSITIONS; i++) {
                    // Rows beyond the last are computed from the last and thrown away.
                    const size_t here = row + (i < count ? i : count - 1);
                    tap.rows[i] = a + here * stride_a;
                    to[i] = whole ? c + here * stride_c + column : result + i * CK_PANEL_CHANNELS;
                }
                kernel(&tap, 1, packed + depth * column, width, no_bias, to);
                if (whole) continue;
                for (size_t i = 0; i < count; i++)
                    memcpy(c + (row + i) * stride_c + column, to[i], used * sizeof(float));
            }
        }
    }
}

CLONES void ck_multiply_transposed(const float *a, size_t stride_a, size_t rows, size_t depth, const float *packed,
                            size_t columns, float *c, size_t stride_c, float *scratch) {
    const band_function kernel = ck_band_kernel();
    const size_t panels = (columns + CK_PANEL_CHANNELS - 1) / CK_PANEL_CHANNELS;
    const size_t blocks = (rows + CK_TILE_POSITIONS - 1) / CK_TILE_POSITIONS;
    // Results as [panel][block of 8 rows][8][panel width]; then a band of A as [block][position][8], blocks apart by
    // more than a power of two, which would make them compete for one place in the cache.
    enum { APART = CK_BAND_POSITIONS * CK_TILE_POSITIONS + 16 };
    float *const sums = scratch, *const band = scratch + blocks * CK_TILE_POSITIONS * panels * CK_PANEL_CHANNELS;
    memset(sums, 0, (size_t)(band - sums) * sizeof(float));
    for (size_t start = 0; start < depth; start += CK_BAND_POSITIONS) {
        const size_t count = depth - start < CK_BAND_POSITIONS ? depth - start : CK_BAND_POSITIONS;
        for (size_t p = 0; p < count; p++) {
            const float *from = a + (start + p) * stride_a;
            float *to = band + p * CK_TILE_POSITIONS;
            size_t row = 0;
            for (; row + CK_TILE_POSITIONS <= rows; row += CK_TILE_POSITIONS, to += APART)
                memcpy(to, from + row, CK_TILE_POSITIONS * sizeof(float));
            if (row < rows) {
                for (size_t i = 0; i < CK_TILE_POSITIONS; i++) to[i] = row + i < rows ? from[row + i] : 0;
            }
        }
        float *sum = sums;
        for (size_t panel = 0; panel < panels; panel++) {
            const size_t width = ck_panel_width(columns, panel);
            const float *left[CK_BAND_POSITIONS], *right[CK_BAND_POSITIONS];
            const float *from = packed + panel * CK_PANEL_CHANNELS * depth + start * width;
            for (size_t p = 0; p < count; p++) right[p] = from + p * width;
            for (size_t block = 0; block < blocks; block++, sum += CK_TILE_POSITIONS * width) {
                const float *rows_of_a = band + block * APART;
                for (size_t p = 0; p < count; p++) left[p] = rows_of_a + p * CK_TILE_POSITIONS;
                kernel(left, right, count, CK_TILE_POSITIONS, width, sum);
            }
        }
    }
    const float *sum = sums;
    for (size_t panel = 0; panel < panels; panel++) {
        const size_t width = ck_panel_width(columns, panel), first = panel * CK_PANEL_CHANNELS;
        const size_t used = columns - first < width ? columns - first : width;
        for (size_t row = 0; row < rows; row++) {
            float *to = c + row * stride_c + first;
            if (used == CK_PANEL_CHANNELS) {
                memcpy(to, sum + row * width, CK_PANEL_CHANNELS * sizeof(float));
            } else {
                memcpy(to, sum + row * width, used * sizeof(float));
            }
        }
        sum += blocks * CK_TILE_POSITIONS * width;
    }
}
