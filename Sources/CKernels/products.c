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
