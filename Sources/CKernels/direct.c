#include "direct.h"

#include "CKernels.h"
#include "transpose.h"

// Ones in the lanes below n when read from lane_masks + 16 - n.
static const int32_t lane_masks[32] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

#if defined(__x86_64__)
#define SET(name) name##_avx512
#define TARGET __attribute__((target("avx512f")))
#define VECTOR vector16
#define MASK mask16
#define LANES 16
#define TILE_ROWS 8
#define TILE_VECTORS 2
typedef float vector16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t mask16 __attribute__((vector_size(64), aligned(4)));
#include "direct_tile.h"
#undef SET
#undef TARGET
#undef VECTOR
#undef MASK
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

#define SET(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR vector8
#define MASK mask8
#define LANES 8
#define TILE_ROWS 4
#define TILE_VECTORS 2
typedef float vector8 __attribute__((vector_size(32), aligned(4)));
typedef int32_t mask8 __attribute__((vector_size(32), aligned(4)));
#include "direct_tile.h"
#undef SET
#undef TARGET
#undef VECTOR
#undef MASK
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS
#endif

#define SET(name) name##_portable
#define TARGET
#define VECTOR vector4
#define MASK mask4
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 2
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
typedef int32_t mask4 __attribute__((vector_size(16), aligned(4)));
#include "direct_tile.h"

typedef void (*dots_function)(const ck_tap *, size_t, const float *, float *);
typedef void (*weighted_function)(const float *const *, const float *, size_t, size_t, float *);

#if defined(__x86_64__)
#define CHOOSE(name)                                                                              \
    name##_function ck_##name##_kernel(void) {                                                    \
        if (__builtin_cpu_supports("avx512f")) return name##_avx512;                              \
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return name##_avx2;  \
        return name##_portable;                                                                   \
    }
#else
#define CHOOSE(name) \
    name##_function ck_##name##_kernel(void) { return name##_portable; }
#endif
CHOOSE(panel)
CHOOSE(band)
static CHOOSE(dots)
static CHOOSE(weighted)

size_t ck_panel_width(size_t out_channels, size_t panel) {
    return out_channels - panel * CK_PANEL_CHANNELS <= CK_PANEL_CHANNELS / 2 ? CK_PANEL_CHANNELS / 2
                                                                            : CK_PANEL_CHANNELS;
}

// The taps of neighbours on one line that lie inside the image from left to right: equal steps in memory.
INLINE size_t line_taps(const ck_gather *g, size_t image, ptrdiff_t y0, ptrdiff_t x0, ck_tap *taps) {
    size_t used = 0, depth = 0;
    for (size_t t = 0; t < g->tap_rows; t++) {
        const ptrdiff_t y = y0 + g->tap_y[t];
        for (size_t s = 0; s < g->sources; s++) {
            const size_t channels = g->channels[s], length = g->tap_columns * channels;
            if (y >= 0 && y < (ptrdiff_t)g->height) {
                const float *first =
                    g->source[s] + ((image * g->height + (size_t)y) * g->width + (size_t)x0) * channels;
                const ptrdiff_t step = g->step_x * (ptrdiff_t)channels;
                ck_tap *tap = taps + used++;
                for (int i = 0; i < CK_TILE_POSITIONS; i++, first += step) tap->rows[i] = first;
                tap->length = length;
                tap->depth = depth;
            }
            depth += length;
        }
    }
    return used;
}

// The taps of up to CK_TILE_POSITIONS positions; missing positions read zeros. Returns the number of taps.
CLONES static size_t tile_taps(const ck_gather *g, position at, size_t count, ck_tap *taps) {
    if (count == CK_TILE_POSITIONS && at.x + CK_TILE_POSITIONS <= g->columns) {
        const ptrdiff_t left = (ptrdiff_t)at.x * g->step_x + g->tap_x;
        const ptrdiff_t right = left + (CK_TILE_POSITIONS - 1) * g->step_x + (ptrdiff_t)g->tap_columns;
        if (left >= 0 && right <= (ptrdiff_t)g->width)
            return line_taps(g, at.image, (ptrdiff_t)at.y * g->step_y, left, taps);
    }
    ptrdiff_t x0[CK_TILE_POSITIONS], y0[CK_TILE_POSITIONS];
    size_t image[CK_TILE_POSITIONS];
    int inside = 1;
    for (size_t i = 0; i < count; i++) {
        x0[i] = (ptrdiff_t)at.x * g->step_x + g->tap_x;
        y0[i] = (ptrdiff_t)at.y * g->step_y;
        image[i] = at.image;
        inside &= x0[i] >= 0 && x0[i] + (ptrdiff_t)g->tap_columns <= (ptrdiff_t)g->width;
        advance(g, &at);
    }
    // Tap columns are neighbours in memory: one run of them where all lie inside the image.
    const size_t runs = inside ? 1 : g->tap_columns, run_columns = inside ? g->tap_columns : 1;
    size_t used = 0, depth = 0;
    for (size_t t = 0; t < g->tap_rows; t++) {
        for (size_t s = 0; s < g->sources; s++) {
            const size_t channels = g->channels[s];
            for (size_t r = 0; r < runs; r++, depth += run_columns * channels) {
                ck_tap *tap = taps + used;
                int any = 0;
                for (size_t i = 0; i < CK_TILE_POSITIONS; i++) {
                    tap->rows[i] = g->zeros;
                    if (i >= count) continue;
                    const ptrdiff_t y = y0[i] + g->tap_y[t], x = x0[i] + (ptrdiff_t)r;
                    if (y < 0 || y >= (ptrdiff_t)g->height) continue;
                    if (!inside && (x < 0 || x >= (ptrdiff_t)g->width)) continue;
                    any = 1;
                    tap->rows[i] =
                        g->source[s] + ((image[i] * g->height + (size_t)y) * g->width + (size_t)x) * channels;
                }
                tap->length = run_columns * channels;
                tap->depth = depth;
                used += (size_t)any;
            }
        }
    }
    return used;
}

// Where `count` positions from `at` on are written; moves `at` behind them.
INLINE void output_pointers(const ck_gather *g, const ck_scatter *s, position *at, size_t count, float **to) {
    for (size_t i = 0; i < count;) {
        size_t line = g->columns - at->x;
        if (line > count - i) line = count - i;
        float *first = output_pointer(s, at);
        for (size_t k = 0; k < line; k++) to[i++] = first + k * s->step_x * s->channels;
        at->x += line;
        if (at->x < g->columns) continue;
        at->x = 0;
        if (++at->y < g->rows) continue;
        at->y = 0;
        at->image++;
    }
}

void ck_convolve(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count, size_t out_channels,
                 const float *packed, const float *bias, size_t first_panel, size_t panels, ck_tap *taps) {
    const panel_function kernel = ck_panel_kernel();
    const size_t depth = gather_depth(gather);
    const size_t room = gather->tap_rows * gather->tap_columns * gather->sources;
    // All panels of a handful of tiles in turn: a panel stays in the second-level cache between tiles.
    enum { GROUP = 16 };
    float *outputs[GROUP * CK_TILE_POSITIONS];
    size_t used[GROUP];
    position at = position_at(gather, first);
    for (size_t start = 0; start < count; start += GROUP * CK_TILE_POSITIONS) {
        const size_t here = count - start < GROUP * CK_TILE_POSITIONS ? count - start : GROUP * CK_TILE_POSITIONS;
        for (size_t tile = 0; tile * CK_TILE_POSITIONS < here; tile++) {
            const size_t from = tile * CK_TILE_POSITIONS;
            const size_t positions = here - from < CK_TILE_POSITIONS ? here - from : CK_TILE_POSITIONS;
            used[tile] = tile_taps(gather, at, positions, taps + tile * room);
            output_pointers(gather, scatter, &at, positions, outputs + from);
        }
        for (size_t panel = first_panel; panel < first_panel + panels; panel++) {
            const size_t channel = panel * CK_PANEL_CHANNELS, width = ck_panel_width(out_channels, panel);
            const size_t columns = out_channels - channel < width ? out_channels - channel : width;
            float panel_bias[CK_PANEL_CHANNELS] = {0};
            if (bias) memcpy(panel_bias, bias + channel, columns * sizeof(float));
            for (size_t tile = 0; tile * CK_TILE_POSITIONS < here; tile++) {
                const size_t from = tile * CK_TILE_POSITIONS;
                const size_t positions = here - from < CK_TILE_POSITIONS ? here - from : CK_TILE_POSITIONS;
                float *to[CK_TILE_POSITIONS];
                if (columns == width && positions == CK_TILE_POSITIONS) {
                    for (size_t i = 0; i < CK_TILE_POSITIONS; i++) to[i] = outputs[from + i] + channel;
                    kernel(taps + tile * room, used[tile], packed + depth * channel, width, panel_bias, to);
                    continue;
                }
                float result[CK_TILE_POSITIONS * CK_PANEL_CHANNELS];
                for (size_t i = 0; i < CK_TILE_POSITIONS; i++) to[i] = result + i * width;
                kernel(taps + tile * room, used[tile], packed + depth * channel, width, panel_bias, to);
                for (size_t i = 0; i < positions; i++)
                    memcpy(outputs[from + i] + channel, result + i * width, columns * sizeof(float));
            }
        }
    }
}

void ck_convolve_narrow(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count,
                        size_t out_channels, const float *weights, const float *bias, ck_tap *taps) {
    const dots_function kernel = ck_dots_kernel();
    const size_t depth = gather_depth(gather);
    position at = position_at(gather, first);
    for (size_t start = 0; start < count; start += CK_TILE_POSITIONS) {
        const size_t positions = count - start < CK_TILE_POSITIONS ? count - start : CK_TILE_POSITIONS;
        const size_t used = tile_taps(gather, at, positions, taps);
        float *to[CK_TILE_POSITIONS];
        output_pointers(gather, scatter, &at, positions, to);
        for (size_t o = 0; o < out_channels; o++) {
            float sums[CK_TILE_POSITIONS];
            kernel(taps, used, weights + o * depth, sums);
            for (size_t i = 0; i < positions; i++) to[i][o] = sums[i] + (bias ? bias[o] : 0.0f);
        }
    }
}

void ck_pack_transposed(const float *weights, size_t stride_out, size_t depth, size_t columns, float *packed,
                        size_t width) {
    if (columns < width) memset(packed, 0, depth * width * sizeof(float));
    ck_transpose(weights, stride_out, packed, width, columns, depth);
}

CLONES void ck_pack_rows(const float *weights, size_t stride_depth, size_t depth, size_t columns, float *packed,
                         size_t width) {
    if (columns == CK_PANEL_CHANNELS) {
        for (size_t k = 0; k < depth; k++)
            for (size_t j = 0; j < CK_PANEL_CHANNELS; j++)
                packed[k * CK_PANEL_CHANNELS + j] = weights[k * stride_depth + j];
        return;
    }
    for (size_t k = 0; k < depth; k++) {
        for (size_t j = 0; j < columns; j++) packed[k * width + j] = weights[k * stride_depth + j];
        for (size_t j = columns; j < width; j++) packed[k * width + j] = 0;
    }
}

// A band of output positions: for one tap row, pointers to the taps of those that have any inside the image, and to
// their rows of the gradient.
typedef struct {
    const float *taps[CK_BAND_POSITIONS];
    const float *gradient[CK_BAND_POSITIONS];
} band_rows;

// Position `at` and `count - 1` more; gradient row i is packed + i * width. Where only some of the columns lie inside,
// a copy with zeros is made in patches.
static size_t gather_band(const ck_gather *g, position at, size_t count, size_t tap_row, size_t first_column,
                          size_t columns, const float *packed, size_t width, band_rows *rows, float *patches) {
    const size_t channels = g->channels[0], depth = columns * channels;
    size_t used = 0;
    for (size_t i = 0; i < count;) {
        // One line of positions at a time.
        size_t line = g->columns - at.x;
        if (line > count - i) line = count - i;
        const ptrdiff_t y = (ptrdiff_t)at.y * g->step_y + g->tap_y[tap_row];
        if (y >= 0 && y < (ptrdiff_t)g->height) {
            const float *source = g->source[0] + (at.image * g->height + (size_t)y) * g->width * channels;
            ptrdiff_t x = (ptrdiff_t)at.x * g->step_x + g->tap_x + (ptrdiff_t)first_column;
            for (size_t k = 0; k < line; k++, x += g->step_x) {
                const float *taps = source + x * (ptrdiff_t)channels;
                if (x < 0 || x + (ptrdiff_t)columns > (ptrdiff_t)g->width) {
                    if (columns == 1) continue;
                    float *patch = patches + used * depth;
                    for (size_t c = 0; c < columns; c++) {
                        const ptrdiff_t column = x + (ptrdiff_t)c;
                        if (column < 0 || column >= (ptrdiff_t)g->width)
                            memset(patch + c * channels, 0, channels * sizeof(float));
                        else
                            memcpy(patch + c * channels, source + (size_t)column * channels, channels * sizeof(float));
                    }
                    taps = patch;
                }
                rows->taps[used] = taps;
                rows->gradient[used++] = packed + (i + k) * width;
            }
        }
        i += line;
        at.x += line;
        if (at.x == g->columns) {
            at.x = 0;
            if (++at.y == g->rows) {
                at.y = 0;
                at.image++;
            }
        }
    }
    return used;
}

// Rows [position][width] of channels [first_channel, first_channel + channels) of the concatenated upstream, zeros
// behind them.
CLONES static void upstream_rows(const ck_upstream *upstream, size_t first, size_t count, size_t first_channel,
                                 size_t channels, float *packed, size_t width) {
    if (channels < width) memset(packed, 0, count * width * sizeof(float));
    size_t before = 0;
    for (size_t s = 0; s < upstream->sources; s++) {
        const size_t all = upstream->channels[s];
        const size_t low = first_channel > before ? first_channel - before : 0;
        const size_t high = first_channel + channels < before + all ? first_channel + channels - before : all;
        if (first_channel + channels > before && low < high) {
            const float *from = upstream->source[s] + first * all + low;
            float *to = packed + (before + low - first_channel);
            const size_t run = high - low;
            if (run == 32) {
                for (size_t p = 0; p < count; p++)
                    for (size_t c = 0; c < 32; c++) to[p * width + c] = from[p * all + c];
            } else if (run == 16) {
                for (size_t p = 0; p < count; p++)
                    for (size_t c = 0; c < 16; c++) to[p * width + c] = from[p * all + c];
            } else {
                for (size_t p = 0; p < count; p++)
                    for (size_t c = 0; c < run; c++) to[p * width + c] = from[p * all + c];
            }
        }
        before += all;
    }
}

size_t ck_weight_gradient_rows(size_t depth) { return (depth + 7) / 8 * 8; }

void ck_weight_gradient(const ck_gather *gather, size_t first_image, size_t images, const ck_upstream *upstream,
                        size_t first_channel, size_t channels, size_t width, size_t columns, float *result,
                        float *scratch) {
    const band_function kernel = ck_band_kernel();
    const size_t depth = columns * gather->channels[0], groups = gather->tap_columns / columns;
    const size_t block = ck_weight_gradient_rows(depth) * width;
    const size_t area = gather->rows * gather->columns;
    float *packed = scratch, *patches = scratch + CK_BAND_POSITIONS * width;
    band_rows rows;
    memset(result, 0, gather->tap_rows * groups * block * sizeof(float));
    for (size_t first = first_image * area, end = first + images * area; first < end; first += CK_BAND_POSITIONS) {
        const size_t count = end - first < CK_BAND_POSITIONS ? end - first : CK_BAND_POSITIONS;
        const position at = position_at(gather, first);
        upstream_rows(upstream, first, count, first_channel, channels, packed, width);
        float *to = result;
        for (size_t t = 0; t < gather->tap_rows; t++) {
            for (size_t group = 0; group < groups; group++, to += block) {
                const size_t used = gather_band(gather, at, count, t, group * columns, columns, packed, width, &rows,
                                                patches);
                if (used > 0) kernel(rows.taps, rows.gradient, used, depth, width, to);
            }
        }
    }
}

void ck_weight_gradient_narrow(const ck_gather *gather, size_t first_image, size_t images,
                               const ck_upstream *upstream, size_t channel, float *result, float *scratch) {
    const weighted_function kernel = ck_weighted_kernel();
    const size_t depth = gather->tap_columns * gather->channels[0], area = gather->rows * gather->columns;
    band_rows rows;
    float factors[CK_BAND_POSITIONS];
    memset(result, 0, gather->tap_rows * depth * sizeof(float));
    for (size_t first = first_image * area, end = first + images * area; first < end; first += CK_BAND_POSITIONS) {
        const size_t count = end - first < CK_BAND_POSITIONS ? end - first : CK_BAND_POSITIONS;
        const position at = position_at(gather, first);
        upstream_rows(upstream, first, count, channel, 1, scratch, 1);
        for (size_t t = 0; t < gather->tap_rows; t++) {
            const size_t used = gather_band(gather, at, count, t, 0, gather->tap_columns, scratch, 1, &rows,
                                            scratch + CK_BAND_POSITIONS);
            for (size_t p = 0; p < used; p++) factors[p] = *rows.gradient[p];
            kernel(rows.taps, factors, used, depth, result + t * depth);
        }
    }
}
