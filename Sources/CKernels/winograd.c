#include "CWinograd.h"

#include "direct.h"

enum { GROUP = CK_WINOGRAD_GROUP, PRODUCTS = CK_WINOGRAD_PRODUCTS };

INLINE size_t all_channels(const ck_gather *g) { return g->channels[0] + (g->sources > 1 ? g->channels[1] : 0); }

size_t ck_winograd_depth(const ck_gather *g) { return (size_t)(g->step_y * g->step_x) * all_channels(g); }

INLINE size_t tile_columns(const ck_gather *g) { return (g->columns + 1) / 2; }

size_t ck_winograd_tiles(const ck_gather *g) { return (g->rows + 1) / 2 * tile_columns(g); }

// A tile as image and row and column of tiles.
INLINE position tile_at(const ck_gather *g, size_t index) {
    const size_t per_image = ck_winograd_tiles(g), rest = index % per_image;
    return (position){index / per_image, rest / tile_columns(g), rest % tile_columns(g)};
}

// Tiles [first, first + count), counted up without divisions.
INLINE void tiles_from(const ck_gather *g, size_t first, size_t count, position *tiles) {
    if (count == 0) return;
    position at = tile_at(g, first);
    for (size_t i = 0; i < count; i++) {
        tiles[i] = at;
        if (++at.x < tile_columns(g)) continue;
        at.x = 0;
        if (++at.y < (g->rows + 1) / 2) continue;
        at.y = 0;
        at.image++;
    }
}

// MARK: The kernel

// A row of `width` weights for each of four taps becomes a row for each of nine products.
CLONES static void transform_kernel(const float *const *taps, size_t width, float *to, size_t stride) {
    const float *g00 = taps[0], *g01 = taps[1], *g10 = taps[2], *g11 = taps[3];
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t i = 0; i < width; i++) {
        const float a = g00[i], b = g01[i], c = g10[i], d = g11[i];
        to[i] = a;
        to[stride + i] = a + b;
        to[2 * stride + i] = b;
        to[3 * stride + i] = a + c;
        to[4 * stride + i] = (a + b) + (c + d);
        to[5 * stride + i] = b + d;
        to[6 * stride + i] = c;
        to[7 * stride + i] = c + d;
        to[8 * stride + i] = d;
    }
}

void ck_winograd_pack(const ck_gather *g, const float *packed, size_t width, float *to) {
    const size_t step_y = (size_t)g->step_y, step_x = (size_t)g->step_x, channels = all_channels(g);
    const size_t depth = ck_winograd_depth(g), line = g->tap_columns * channels;
    for (size_t py = 0; py < step_y; py++) {
        for (size_t px = 0; px < step_x; px++) {
            size_t before = 0;
            for (size_t s = 0; s < g->sources; s++) {
                const size_t count = g->channels[s];
                // The channels of a tap are neighbours: one call for all of them.
                const float *taps[4];
                for (size_t a = 0; a < 2; a++)
                    for (size_t b = 0; b < 2; b++)
                        taps[2 * a + b] =
                            packed + ((a * step_y + py) * line + before * g->tap_columns + (b * step_x + px) * count) *
                                         width;
                const size_t row = (py * step_x + px) * channels + before;
                transform_kernel(taps, count * width, to + row * width, depth * width);
                before += count;
            }
        }
    }
}

// MARK: The input

// Differences along one direction: x0 - x1, x1, x1 - x2.
// Nine rows of input, each `channels` long, become nine rows of products' operands.
CLONES static void transform_input(const float *const *rows, size_t channels, float *to, size_t stride) {
    const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4], *r5 = rows[5];
    const float *r6 = rows[6], *r7 = rows[7], *r8 = rows[8];
    float *t0 = to, *t1 = to + stride, *t2 = t1 + stride, *t3 = t2 + stride, *t4 = t3 + stride, *t5 = t4 + stride;
    float *t6 = t5 + stride, *t7 = t6 + stride, *t8 = t7 + stride;
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t c = 0; c < channels; c++) {
        const float a0 = r0[c] - r3[c], a1 = r1[c] - r4[c], a2 = r2[c] - r5[c];
        const float b0 = r3[c], b1 = r4[c], b2 = r5[c];
        const float c0 = r3[c] - r6[c], c1 = r4[c] - r7[c], c2 = r5[c] - r8[c];
        t0[c] = a0 - a1;
        t1[c] = a1;
        t2[c] = a1 - a2;
        t3[c] = b0 - b1;
        t4[c] = b1;
        t5[c] = b1 - b2;
        t6[c] = c0 - c1;
        t7[c] = c1;
        t8[c] = c1 - c2;
    }
}

// Five operands along one direction serve two phases: x0 - x1, x1, x1 - x2, x2, x2 - x3.
INLINE void five(float x0, float x1, float x2, float x3, float *t, size_t stride) {
    t[0] = x0 - x1;
    t[stride] = x1;
    t[2 * stride] = x1 - x2;
    t[3 * stride] = x2;
    t[4 * stride] = x2 - x3;
}

// Sixteen rows of input become the 25 rows of operands that four phases share.
CLONES static void transform_shared_input(const float *const *rows, size_t channels, float *to, size_t stride) {
    const float *r[16];
    for (int i = 0; i < 16; i++) r[i] = rows[i];
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t c = 0; c < channels; c++) {
        float *t = to + c;
        five(r[0][c] - r[4][c], r[1][c] - r[5][c], r[2][c] - r[6][c], r[3][c] - r[7][c], t, stride);
        five(r[4][c], r[5][c], r[6][c], r[7][c], t + 5 * stride, stride);
        five(r[4][c] - r[8][c], r[5][c] - r[9][c], r[6][c] - r[10][c], r[7][c] - r[11][c], t + 10 * stride, stride);
        five(r[8][c], r[9][c], r[10][c], r[11][c], t + 15 * stride, stride);
        five(r[8][c] - r[12][c], r[9][c] - r[13][c], r[10][c] - r[14][c], r[11][c] - r[15][c], t + 20 * stride, stride);
    }
}

// One of three rows of products: 0 and 2 are differences of two lines of input, 1 is a line itself.
CLONES static void transform_input_row(const float *const *rows, size_t product_row, size_t channels, float *to,
                                       size_t stride) {
    float *t0 = to, *t1 = to + stride, *t2 = t1 + stride;
    if (product_row == 1) {
        const float *r3 = rows[3], *r4 = rows[4], *r5 = rows[5];
#pragma clang loop vectorize(assume_safety) interleave_count(1)
        for (size_t c = 0; c < channels; c++) {
            const float b1 = r4[c];
            t0[c] = r3[c] - b1;
            t1[c] = b1;
            t2[c] = b1 - r5[c];
        }
        return;
    }
    const float *const *high = rows + 3 * (product_row / 2), *const *low = high + 3;
    const float *h0 = high[0], *h1 = high[1], *h2 = high[2], *l0 = low[0], *l1 = low[1], *l2 = low[2];
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t c = 0; c < channels; c++) {
        const float a0 = h0[c] - l0[c], a1 = h1[c] - l1[c], a2 = h2[c] - l2[c];
        t0[c] = a0 - a1;
        t1[c] = a1;
        t2[c] = a1 - a2;
    }
}

// Pointers to side x side pixels from (y0, x0) on, a step apart; zeros outside the image.
INLINE void pixel_rows(const ck_gather *g, size_t s, size_t image, ptrdiff_t y0, ptrdiff_t x0, const ptrdiff_t side,
                       const float **rows) {
    const ptrdiff_t channels = (ptrdiff_t)g->channels[s], width = (ptrdiff_t)g->width, height = (ptrdiff_t)g->height;
    const ptrdiff_t far = side - 1;
    const float *first = g->source[s] + (((ptrdiff_t)image * height + y0) * width + x0) * channels;
    const ptrdiff_t line = g->step_y * width * channels, pixel = g->step_x * channels;
    if (y0 >= 0 && x0 >= 0 && y0 + far * g->step_y < height && x0 + far * g->step_x < width) {
        for (ptrdiff_t a = 0; a < side; a++)
            for (ptrdiff_t b = 0; b < side; b++) rows[side * a + b] = first + a * line + b * pixel;
        return;
    }
    for (ptrdiff_t a = 0; a < side; a++) {
        const ptrdiff_t y = y0 + a * g->step_y;
        for (ptrdiff_t b = 0; b < side; b++) {
            const ptrdiff_t x = x0 + b * g->step_x;
            const int inside = y >= 0 && y < height && x >= 0 && x < width;
            rows[side * a + b] = inside ? first + a * line + b * pixel : g->zeros;
        }
    }
}

// The operands of a tile for one phase: to[product][.][depth] with `stride` floats between products. product_row: one
// row of products, or 3 for all.
INLINE void transform_tile(const ck_gather *g, position tile, size_t product_row, float *to, size_t stride) {
    for (ptrdiff_t py = 0; py < g->step_y; py++) {
        for (ptrdiff_t px = 0; px < g->step_x; px++) {
            const ptrdiff_t y0 = 2 * (ptrdiff_t)tile.y * g->step_y + g->tap_y[0] + py;
            const ptrdiff_t x0 = 2 * (ptrdiff_t)tile.x * g->step_x + g->tap_x + px;
            for (size_t s = 0; s < g->sources; s++) {
                const float *rows[9];
                pixel_rows(g, s, tile.image, y0, x0, 3, rows);
                if (product_row < 3)
                    transform_input_row(rows, product_row, g->channels[s], to, stride);
                else
                    transform_input(rows, g->channels[s], to, stride);
                to += g->channels[s];
            }
        }
    }
}

INLINE void transform_shared_tile(const ck_gather *g, position tile, float *to, size_t stride) {
    for (size_t s = 0; s < g->sources; s++) {
        const float *rows[16];
        pixel_rows(g, s, tile.image, 2 * (ptrdiff_t)tile.y + g->tap_y[0], 2 * (ptrdiff_t)tile.x + g->tap_x, 4, rows);
        transform_shared_input(rows, g->channels[s], to, stride);
        to += g->channels[s];
    }
}

// Asks for the input that only one tile reads, while other tiles are being computed: the transformation of a group
// would otherwise wait for memory with nothing else to do.
static void prefetch_tile(const ck_gather *g, position tile) {
    const size_t height = 2 * (size_t)g->step_y, width = 2 * (size_t)g->step_x;
    for (size_t s = 0; s < g->sources; s++) {
        const size_t bytes = width * g->channels[s] * sizeof(float);
        for (size_t y = tile.y * height; y < (tile.y + 1) * height && y < g->height; y++) {
            const float *line =
                g->source[s] + ((tile.image * g->height + y) * g->width + tile.x * width) * g->channels[s];
            for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch((const char *)line + at, 0, 2);
        }
    }
}

// MARK: The output

// Four rows of results from nine of products.
CLONES static void transform_output(const float *const *products, size_t columns, const float *bias,
                                    float *const *to) {
    const float *m0 = products[0], *m1 = products[1], *m2 = products[2], *m3 = products[3], *m4 = products[4];
    const float *m5 = products[5], *m6 = products[6], *m7 = products[7], *m8 = products[8];
    float *y0 = to[0], *y1 = to[1], *y2 = to[2], *y3 = to[3];
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t c = 0; c < columns; c++) {
        const float a0 = m0[c] + m3[c], a1 = m1[c] + m4[c], a2 = m2[c] + m5[c];
        const float b0 = m3[c] - m6[c], b1 = m4[c] - m7[c], b2 = m5[c] - m8[c];
        y0[c] = bias[c] + (a0 + a1);
        y1[c] = bias[c] + (a1 - a2);
        y2[c] = bias[c] + (b0 + b1);
        y3[c] = bias[c] + (b1 - b2);
    }
}

// Nine products of a group of tiles with one panel of the kernel: products[product][tile][width].
INLINE void multiply_panel(panel_function kernel, const float *const *operands, size_t tiles, size_t depth,
                           const float *weights, size_t width, float *products) {
    const float zeros[CK_PANEL_CHANNELS] = {0};
    for (size_t product = 0; product < PRODUCTS; product++) {
        for (size_t tile = 0; tile < tiles; tile += CK_TILE_POSITIONS) {
            ck_tap tap = {.length = depth, .depth = 0};
            float *to[CK_TILE_POSITIONS];
            for (size_t i = 0; i < CK_TILE_POSITIONS; i++) {
                tap.rows[i] = operands[product] + (tile + i) * depth;
                to[i] = products + (product * GROUP + tile + i) * width;
            }
            kernel(&tap, 1, weights + product * depth * width, width, zeros, to);
        }
    }
}

size_t ck_winograd_scratch(size_t depth, size_t phases) {
    return GROUP * ((phases > 1 ? 25 : PRODUCTS) * depth + PRODUCTS * CK_PANEL_CHANNELS);
}

void ck_winograd_convolve(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count,
                          size_t phases, size_t out_channels, const float *transformed, size_t phase_stride,
                          const float *bias, size_t first_panel, size_t panels, float *scratch) {
    const panel_function kernel = ck_panel_kernel();
    const size_t depth = ck_winograd_depth(gather), side = phases > 1 ? 5 : 3;
    float *products = scratch, *operands = scratch + GROUP * PRODUCTS * CK_PANEL_CHANNELS;
    // Outputs beyond an odd edge go here.
    float beyond[CK_PANEL_CHANNELS];
    position tiles[GROUP], next[GROUP];
    float *outputs[GROUP][4];
    for (size_t start = 0; start < count; start += GROUP) {
        const size_t here = count - start < GROUP ? count - start : GROUP;
        const size_t left = count - start - here, coming = left < GROUP ? left : GROUP;
        size_t asked = 0;
        tiles_from(gather, first + start, here, tiles);
        tiles_from(gather, first + start + here, coming, next);
        for (size_t i = 0; i < here; i++) {
            if (phases > 1)
                transform_shared_tile(gather, tiles[i], operands + i * depth, GROUP * depth);
            else
                transform_tile(gather, tiles[i], 3, operands + i * depth, GROUP * depth);
            for (size_t o = 0; o < 4; o++) {
                const position at = {tiles[i].image, 2 * tiles[i].y + o / 2, 2 * tiles[i].x + o % 2};
                outputs[i][o] = at.y < gather->rows && at.x < gather->columns ? output_pointer(scatter, &at) : NULL;
            }
        }
        for (size_t panel = first_panel; panel < first_panel + panels; panel++) {
            const size_t channel = panel * CK_PANEL_CHANNELS, width = ck_panel_width(out_channels, panel);
            const size_t columns = out_channels - channel < width ? out_channels - channel : width;
            float panel_bias[CK_PANEL_CHANNELS] = {0};
            if (bias) memcpy(panel_bias, bias + channel, columns * sizeof(float));
            for (size_t phase = 0; phase < phases; phase++) {
                const float *phase_operands[PRODUCTS];
                const size_t origin = phase / 2 * 2 * side + phase % 2 * 2;
                for (size_t p = 0; p < PRODUCTS; p++)
                    phase_operands[p] = operands + (origin + p / 3 * side + p % 3) * GROUP * depth;
                const float *weights = transformed + phase * phase_stride + PRODUCTS * depth * channel;
                multiply_panel(kernel, phase_operands, here, depth, weights, width, products);
                // Spread over what there is to do, so that the memory is never asked for much at once.
                for (size_t n = 0; n < (GROUP + panels * phases - 1) / (panels * phases) && asked < coming; n++)
                    prefetch_tile(gather, next[asked++]);
                const size_t offset =
                    (phase / 2 * scatter->width + phase % 2) * scatter->channels + channel;
                for (size_t i = 0; i < here; i++) {
                    float *to[4];
                    const float *from[PRODUCTS];
                    for (size_t o = 0; o < 4; o++) to[o] = outputs[i][o] ? outputs[i][o] + offset : beyond;
                    for (size_t p = 0; p < PRODUCTS; p++) from[p] = products + (p * GROUP + i) * width;
                    transform_output(from, columns, panel_bias, to);
                }
            }
        }
    }
}

// MARK: The gradient of the kernel

// One row of products from the gradient at the four outputs of a tile, of `channels` channels.
CLONES static void transform_gradient_row(const float *const *rows, size_t product_row, size_t channels, float *to,
                                          size_t stride) {
    const float *g00 = rows[0], *g01 = rows[1], *g10 = rows[2], *g11 = rows[3];
    float *t0 = to, *t1 = to + stride, *t2 = t1 + stride;
    if (product_row == 1) {
#pragma clang loop vectorize(assume_safety) interleave_count(1)
        for (size_t c = 0; c < channels; c++) {
            const float left = g00[c] + g10[c], right = g01[c] + g11[c];
            t0[c] = left;
            t1[c] = left + right;
            t2[c] = right;
        }
        return;
    }
    const float *left = product_row == 0 ? g00 : g10, *right = product_row == 0 ? g01 : g11;
#pragma clang loop vectorize(assume_safety) interleave_count(1)
    for (size_t c = 0; c < channels; c++) {
        t0[c] = left[c];
        t1[c] = left[c] + right[c];
        t2[c] = right[c];
    }
}

// The operands of a tile's gradient, all channels of all sources: to[product][.][width].
static void transform_gradient(const ck_gather *g, position tile, const ck_upstream *upstream, size_t product_row,
                               const float *zeros, float *to, size_t stride) {
    for (size_t s = 0; s < upstream->sources; s++) {
        const size_t channels = upstream->channels[s];
        const float *rows[4];
        for (size_t o = 0; o < 4; o++) {
            const size_t y = 2 * tile.y + o / 2, x = 2 * tile.x + o % 2;
            rows[o] = y < g->rows && x < g->columns
                          ? upstream->source[s] + ((tile.image * g->rows + y) * g->columns + x) * channels
                          : zeros;
        }
        transform_gradient_row(rows, product_row, channels, to, stride);
        to += channels;
    }
}

static void prefetch_gradient(const ck_gather *g, position tile, const ck_upstream *upstream) {
    for (size_t s = 0; s < upstream->sources; s++) {
        const size_t bytes = 2 * upstream->channels[s] * sizeof(float);
        for (size_t y = 2 * tile.y; y < 2 * tile.y + 2 && y < g->rows; y++) {
            const float *line =
                upstream->source[s] + ((tile.image * g->rows + y) * g->columns + 2 * tile.x) * upstream->channels[s];
            for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch((const char *)line + at, 0, 2);
        }
    }
}

void ck_winograd_gradient(const ck_gather *gather, size_t first, size_t count, const ck_upstream *upstream,
                          size_t product_row, float *result, float *scratch) {
    const band_function kernel = ck_band_kernel();
    const size_t depth = ck_winograd_depth(gather);
    const size_t channels = upstream->channels[0] + (upstream->sources > 1 ? upstream->channels[1] : 0);
    // Rows of the gradient are as long as all panels together; what lies behind the channels stays zero.
    const size_t last = (channels - 1) / CK_PANEL_CHANNELS;
    const size_t length = last * CK_PANEL_CHANNELS + ck_panel_width(channels, last);
    float *operands = scratch, *gradients = scratch + 3 * GROUP * depth, *zeros = gradients + 3 * GROUP * length;
    const size_t widest = upstream->sources > 1 && upstream->channels[1] > upstream->channels[0]
                              ? upstream->channels[1]
                              : upstream->channels[0];
    position tiles[GROUP], next[GROUP];
    memset(gradients, 0, (3 * GROUP * length + widest) * sizeof(float));
    memset(result, 0, 3 * depth * length * sizeof(float));
    for (size_t start = 0; start < count; start += GROUP) {
        const size_t here = count - start < GROUP ? count - start : GROUP;
        const size_t left = count - start - here, coming = left < GROUP ? left : GROUP;
        size_t asked = 0;
        tiles_from(gather, first + start, here, tiles);
        tiles_from(gather, first + start + here, coming, next);
        for (size_t i = 0; i < here; i++) {
            transform_tile(gather, tiles[i], product_row, operands + i * depth, GROUP * depth);
            transform_gradient(gather, tiles[i], upstream, product_row, zeros, gradients + i * length, GROUP * length);
        }
        float *to = result;
        for (size_t panel = 0; panel <= last; panel++) {
            const size_t width = ck_panel_width(channels, panel);
            for (size_t product = 0; product < 3; product++, to += depth * width) {
                const float *x[GROUP], *g[GROUP];
                for (size_t i = 0; i < here; i++) {
                    x[i] = operands + (product * GROUP + i) * depth;
                    g[i] = gradients + (product * GROUP + i) * length + panel * CK_PANEL_CHANNELS;
                }
                for (size_t n = 0; n < GROUP / (3 * (last + 1)) + 1 && asked < coming; n++, asked++) {
                    prefetch_tile(gather, next[asked]);
                    prefetch_gradient(gather, next[asked], upstream);
                }
                kernel(x, g, here, depth, width, to);
            }
        }
    }
}

void ck_winograd_gradient_finish(const ck_gather *g, const float *const *product_rows, size_t width, float *to) {
    const size_t channels = g->channels[0], line = g->tap_columns * channels, depth = ck_winograd_depth(g);
    const float zeros[CK_PANEL_CHANNELS] = {0};
    for (ptrdiff_t py = 0; py < g->step_y; py++) {
        for (ptrdiff_t px = 0; px < g->step_x; px++) {
            for (size_t c = 0; c < channels; c++) {
                float *taps[4];
                const float *from[PRODUCTS];
                for (ptrdiff_t o = 0; o < 4; o++) {
                    const size_t row = (size_t)(o / 2 * g->step_y + py), column = (size_t)(o % 2 * g->step_x + px);
                    taps[o] = to + (row * line + column * channels + c) * width;
                }
                const size_t row = (size_t)(py * g->step_x + px) * channels + c;
                for (size_t p = 0; p < PRODUCTS; p++)
                    from[p] = product_rows[p / 3] + (p % 3 * depth + row) * width;
                transform_output(from, width, zeros, taps);
            }
        }
    }
}
