#ifndef CKERNELS_DIRECT_H
#define CKERNELS_DIRECT_H

// What the convolution kernels share.

#include "CDirect.h"
#include "clones.h"

// One panel of CK_TILE_POSITIONS positions: width channels, plus the bias, at each of the places in `to`.
typedef void (*panel_function)(const ck_tap *, size_t, const float *, size_t, const float *, float *const *);
// c[m][width] += sum over positions of x[p][m] * dy[p][.].
typedef void (*band_function)(const float *const *, const float *const *, size_t, size_t, size_t, float *);
panel_function ck_panel_kernel(void);
band_function ck_band_kernel(void);

// Output position as image, row and column, stepped without divisions.
typedef struct {
    size_t image, y, x;
} position;

INLINE position position_at(const ck_gather *g, size_t index) {
    const size_t line = index / g->columns;
    return (position){line / g->rows, line % g->rows, index % g->columns};
}

INLINE void advance(const ck_gather *g, position *p) {
    if (++p->x < g->columns) return;
    p->x = 0;
    if (++p->y < g->rows) return;
    p->y = 0;
    p->image++;
}

INLINE float *output_pointer(const ck_scatter *s, const position *p) {
    const size_t y = s->first_y + p->y * s->step_y, x = s->first_x + p->x * s->step_x;
    return s->output + ((p->image * s->height + y) * s->width + x) * s->channels;
}

INLINE size_t gather_depth(const ck_gather *g) {
    size_t channels = g->channels[0] + (g->sources > 1 ? g->channels[1] : 0);
    return g->tap_rows * g->tap_columns * channels;
}

#endif
