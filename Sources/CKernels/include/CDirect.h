#ifndef CDIRECT_H
#define CDIRECT_H

// Convolutions without a patch matrix: register tiles of output positions x output channels that read the
// input where it lies. All data are float32, images are [batch, height, width, channels].

#include <stddef.h>
#include <stdint.h>

// Output positions that a tile computes at once.
#define CK_TILE_POSITIONS 8
// Output channels in one panel of packed weights; the last panel is half as wide when that is enough.
#define CK_PANEL_CHANNELS 32

// Where the taps of an output position lie. Position (y, x) reads input rows y * step_y + tap_y[t] and, from column
// x * step_x + tap_x on, tap_columns columns; 0 outside the image. Two sources stand for their concatenation along
// the channels; their size in rows and columns is the same.
typedef struct {
    const float *source[2];
    size_t channels[2];
    size_t sources;
    size_t height, width;
    size_t rows, columns;
    ptrdiff_t step_y, step_x;
    size_t tap_rows;
    const ptrdiff_t *tap_y;
    size_t tap_columns;
    ptrdiff_t tap_x;
    // At least tap_columns * max(channels) zeros.
    const float *zeros;
} ck_gather;

// Where results go: position (y, x) is written at row first_y + y * step_y, column first_x + x * step_x.
typedef struct {
    float *output;
    size_t height, width, channels;
    size_t first_y, first_x, step_y, step_x;
} ck_scatter;

// The taps of the positions of one tile, in the order of the packed weights; taps outside the image for all of them
// are left out.
typedef struct {
    const float *rows[CK_TILE_POSITIONS];
    size_t length;
    // The first row of the packed weights that this tap meets.
    size_t depth;
} ck_tap;

// Packed weights are panels of [depth][panel width], depth = (tap row, source, tap column, channel).
// Computes positions [first, first + count) of the batch (image-major) for `panels` panels from `first_panel` on.
// taps: room for (count + 7) / 8 times tap_rows * tap_columns * sources entries. bias: one value a channel or null.
void ck_convolve(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count, size_t out_channels,
                 const float *packed, const float *bias, size_t first_panel, size_t panels, ck_tap *taps);

// The same for few output channels: inner products along the input channels. weights: [out_channels][depth].
void ck_convolve_narrow(const ck_gather *gather, const ck_scatter *scatter, size_t first, size_t count,
                        size_t out_channels, const float *weights, const float *bias, ck_tap *taps);

// Columns of one panel: 16 or 32.
size_t ck_panel_width(size_t out_channels, size_t panel);

// packed[k][j] = weights[j * stride_out + k] for k < depth, j < columns; 0 for columns <= j < width.
void ck_pack_transposed(const float *weights, size_t stride_out, size_t depth, size_t columns, float *packed,
                        size_t width);
// packed[k][j] = weights[k * stride_depth + j].
void ck_pack_rows(const float *weights, size_t stride_depth, size_t depth, size_t columns, float *packed,
                  size_t width);

// c[rows][columns] = a[rows][depth] * b, with b packed in panels of [depth][panel width].
void ck_multiply_panels(const float *a, size_t stride_a, size_t rows, size_t depth, const float *packed, size_t columns,
                 float *c, size_t stride_c);

// Output positions that a weight gradient takes at once.
#define CK_BAND_POSITIONS 128

// c[rows][columns] = transpose of a[depth][rows] * b, with b packed in panels of [depth][panel width].
// scratch: (rows rounded up to 8) * (columns rounded up to 32 + CK_BAND_POSITIONS + 2) floats.
void ck_multiply_transposed(const float *a, size_t stride_a, size_t rows, size_t depth, const float *packed,
                            size_t columns, float *c, size_t stride_c, float *scratch);

// The gradient at the output positions [batch, rows, columns, channels]; two sources stand for their concatenation
// along the channels.
typedef struct {
    const float *source[2];
    size_t channels[2];
    size_t sources;
} ck_upstream;

// Rows that a block of `depth` rows takes in the result of ck_weight_gradient.
size_t ck_weight_gradient_rows(size_t depth);

// The gradient of a convolution's weights over some images: result[tap row][column group][(column, channel)][width] =
// sum over positions of source 0 at the tap * upstream[position, first_channel ..< first_channel + channels].
// A column group is `columns` tap columns (a divisor of tap_columns); its rows are padded to
// ck_weight_gradient_rows(columns * channels of the source). channels <= width, width 16 or 32.
// scratch: CK_BAND_POSITIONS * (width + columns * channels of the source) + 16 floats.
void ck_weight_gradient(const ck_gather *gather, size_t first_image, size_t images, const ck_upstream *upstream,
                        size_t first_channel, size_t channels, size_t width, size_t columns, float *result,
                        float *scratch);

// The same for one gradient channel: result[tap row][(column, channel)].
// scratch: CK_BAND_POSITIONS * (1 + tap_columns * channels of the source) + 16 floats.
void ck_weight_gradient_narrow(const ck_gather *gather, size_t first_image, size_t images,
                               const ck_upstream *upstream, size_t channel, float *result, float *scratch);

#endif
