#ifndef CWINOGRAD_H
#define CWINOGRAD_H

// Convolutions with 9 products where the definition has 16 (Winograd 1980; Lavin & Gray 2015). A kernel of 4 x 4 taps
// with stride 2 is the sum of four kernels of 2 x 2 on every other row and column, and its adjoint is four kernels of
// 2 x 2, one for every other output row and column; for 2 x 2 outputs, one dimension is
//   y0 = x0 w0 + x1 w1 = (x0 - x1) w0 + x1 (w0 + w1)
//   y1 = x1 w0 + x2 w1 = x1 (w0 + w1) - (x1 - x2) w1
// which is exact in its factors, so the rounding error stays that of the direct sum.

#include "CDirect.h"

// Gathers here have 2 * step taps in each direction, neighbours in both, step 1 or 2.

// Products of one 2 x 2 tile.
#define CK_WINOGRAD_PRODUCTS 9
// Tiles that are transformed at once.
#define CK_WINOGRAD_GROUP 32

// Rows of one transformed matrix: input channels of all sources times step_y * step_x.
size_t ck_winograd_depth(const ck_gather *gather);

// Output tiles of 2 x 2 positions in one image.
size_t ck_winograd_tiles(const ck_gather *gather);

// The transformed kernel of one panel: to[product][depth][width] from packed direct weights of that panel.
void ck_winograd_pack(const ck_gather *gather, const float *packed, size_t width, float *to);

// Computes the tiles [first, first + count) of the batch for `panels` panels from first_panel on.
// phases: 1 for a convolution; 4 for its adjoint of step 1, whose gather and scatter are those of the phase of the
// first output, and whose other phases start one output and one input later in x, in y, and in both.
// transformed: for each phase all panels of the kernel, phase_stride apart; panel p at p * 32 * 9 * depth.
// scratch: ck_winograd_scratch(depth, phases) floats.
void ck_winograd_convolve(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count,
                          size_t phases, size_t out_channels, const float *transformed, size_t phase_stride,
                          const float *bias, size_t first_panel, size_t panels, float *scratch);
size_t ck_winograd_scratch(size_t depth, size_t phases);

// A third of the gradient of the kernel over tiles [first, first + count) of the batch, between the transformations:
// result[panel][product][depth][width] for the three products of `product_row` and all panels of the upstream.
// The depth must be a multiple of 8. scratch: 3 * CK_WINOGRAD_GROUP * (depth + all panels' widths) + 128 floats.
void ck_winograd_gradient(const ck_gather *gather, size_t first, size_t count, const ck_upstream *upstream,
                          size_t product_row, float *result, float *scratch);

// The gradient of one panel: to[tap row][(tap column, channel)][width] from the three rows of products.
void ck_winograd_gradient_finish(const ck_gather *gather, const float *const *product_rows, size_t width, float *to);

#endif
