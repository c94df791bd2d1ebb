#ifndef CKERNELS_H
#define CKERNELS_H

// The inner loops of the tensor library. Every function is compiled for several instruction sets and the
// machine picks one at load time, so that a portable binary runs at the speed of a native one.
// All pointers are to float32 data without overlap unless stated; n counts elements.

#include <stddef.h>
#include <stdint.h>

#include "CDirect.h"
#include "CWinograd.h"

// Elementwise with one operand: y[i] = f(x[i]); y may equal x.
void ck_negate(const float *x, float *y, size_t n);
void ck_absolute(const float *x, float *y, size_t n);
void ck_sign(const float *x, float *y, size_t n);
void ck_square(const float *x, float *y, size_t n);
void ck_square_root(const float *x, float *y, size_t n);
void ck_reciprocal(const float *x, float *y, size_t n);
void ck_exponential(const float *x, float *y, size_t n);
void ck_logarithm(const float *x, float *y, size_t n);
void ck_tanh(const float *x, float *y, size_t n);
void ck_sigmoid(const float *x, float *y, size_t n);
void ck_softplus(const float *x, float *y, size_t n);
void ck_reciprocal_square_root(const float *x, float *y, size_t n);
void ck_silu(const float *x, float *y, size_t n);
void ck_logarithm_plus_one(const float *x, float *y, size_t n);
void ck_sine(const float *x, float *y, size_t n);
void ck_cosine(const float *x, float *y, size_t n);
void ck_error_function(const float *x, float *y, size_t n);
// x Phi(x), Phi the distribution of the standard normal, exactly and by its approximation with tanh.
void ck_gelu(const float *x, float *y, size_t n);
void ck_gelu_tanh(const float *x, float *y, size_t n);
// dy times the slope: Phi(x) + x phi(x); s + x s (1 - s) with s = 1 / (1 + e^-x).
void ck_gelu_gradient(const float *x, const float *dy, float *dx, size_t n);
void ck_silu_gradient(const float *x, const float *dy, float *dx, size_t n);

// Elementwise with a parameter.
// x where x > 0, alpha (e^x - 1) elsewhere.
void ck_elu(const float *x, float alpha, float *y, size_t n);
// a where the mask is not 0, b elsewhere.
void ck_select(const uint8_t *mask, const float *a, const float *b, float *y, size_t n);
void ck_leaky_relu(const float *x, float slope, float *y, size_t n);
void ck_affine(const float *x, float scale, float shift, float *y, size_t n);
void ck_clamp(const float *x, float low, float high, float *y, size_t n);
void ck_power(const float *x, float exponent, float *y, size_t n);
// dx = dy where x > 0, slope * dy elsewhere.
void ck_leaky_relu_gradient(const float *x, const float *dy, float slope, float *dx, size_t n);
// dx = dy where low <= x <= high, 0 elsewhere.
void ck_clamp_gradient(const float *x, const float *dy, float low, float high, float *dx, size_t n);

// Elementwise with two operands; a stride is 1 or 0 (0 repeats the first element).
void ck_add(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_subtract(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_multiply(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_divide(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_maximum(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_minimum(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
void ck_equal(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
// 1 where a > b or they cannot be compared, 1/2 where they are equal, 0 where a < b.
void ck_lead(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
// a^b.
void ck_raise(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n);
// 0 where draw first + i of the random stream, of 53 bits, is below the threshold, elsewhere the scale.
void ck_random_factors(uint64_t state, uint64_t first, uint64_t threshold, float scale, float *y, size_t n);
// y += x.
void ck_accumulate(const float *x, float *y, size_t n);

// Sum in double precision, in an order that depends on n alone.
double ck_sum(const float *x, size_t n);
// Sum of |a - b| and of (a - b)^2 are what losses need; products for inner products.
double ck_dot(const float *a, const float *b, size_t n);
// sums[c] += sum over rows of x[row, c].
void ck_column_sum(const float *x, size_t rows, size_t columns, double *sums);

// Over each row of [rows, columns].
// y = e^x / sum e^x.
void ck_softmax(const float *x, float *y, size_t rows, size_t columns);
// dx = y (dy - sum y dy).
void ck_softmax_gradient(const float *y, const float *dy, float *dx, size_t rows, size_t columns);
// y[row] = log sum e^x.
void ck_log_sum_exp(const float *x, float *y, size_t rows, size_t columns);
// y = x - offset[row].
void ck_subtract_rows(const float *x, const float *offset, float *y, size_t rows, size_t columns);
// y[i] = sum of x[0 ... i], or of x[i ...] if reversed.
void ck_cumulative_sum(const float *x, float *y, size_t rows, size_t columns, int reversed);
// y[row] = the largest or smallest element; NaN if there is one.
void ck_row_maximum(const float *x, float *y, size_t rows, size_t columns);
void ck_row_minimum(const float *x, float *y, size_t rows, size_t columns);

// Batch normalisation over rows of [rows, channels].
// sums[c] += sum (x - pivot[c]); squares[c] += sum (x - pivot[c])^2.
void ck_moments(const float *x, const float *pivot, size_t rows, size_t channels, double *sums, double *squares);
// The activation behind a normalisation is a leaky ReLU; slope 1 is none.
// y = activation(x * factor[c] + offset[c]).
void ck_scale_shift(const float *x, const float *factor, const float *offset, float slope, float *y, size_t rows,
                    size_t channels);
// With g = dy * activation'(x * factor[c] + offset[c]):
// sum_dy[c] += sum g; sum_dy_x[c] += sum g * (x - mean[c]).
void ck_normalise_gradient_sums(const float *x, const float *dy, const float *factor, const float *offset,
                                float slope, const float *mean, size_t rows, size_t channels, double *sum_dy,
                                double *sum_dy_x);
// dx = factor[c] * g + b[c] * x + d[c].
void ck_normalise_gradient(const float *x, const float *dy, const float *factor, const float *offset, float slope,
                           const float *b, const float *d, float *dx, size_t rows, size_t channels);

// Copies.
// y[r, :] = x[r, :] + bias[:], rows of `columns` elements, with row strides in elements.
void ck_copy_rows_bias(const float *x, size_t stride_x, const float *bias, float *y, size_t stride_y, size_t rows,
                       size_t columns);
// y[c, r] = x[r, c].
void ck_transpose(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows, size_t columns);

// Rows row0 ..< row0 + rows of the patch matrix of a batch of images [height, width, channels]. Row r stands for
// position (r / out_width % out_height, r % out_width) of image r / (out_height * out_width); its element (tap, c)
// is input[oy * step_y + dy[tap row], ox * step_x + dx_first + tap column * dx_step, c], 0 outside the image.
void ck_patches(const float *input, size_t height, size_t width, size_t channels, size_t row0, size_t rows,
                size_t out_height, size_t out_width, ptrdiff_t step_y, ptrdiff_t step_x, size_t tap_rows,
                const ptrdiff_t *dy, size_t tap_columns, ptrdiff_t dx_first, ptrdiff_t dx_step, float *patches);

// Layer normalisation: y = (x - mean of the row) / sqrt(variance of the row + epsilon) * scale[c] + shift[c].
// statistics: mean and 1 / sqrt(variance + epsilon) of each row.
void ck_normalise_rows(const float *x, const float *scale, const float *shift, float epsilon, float *y,
                       float *statistics, size_t rows, size_t columns);
// Its gradient; adds sum dy * normalised x and sum dy of each column to two arrays. scratch: 2 * columns floats.
void ck_normalise_rows_gradient(const float *x, const float *scale, const float *statistics, const float *dy,
                                float *dx, size_t rows, size_t columns, float *scratch, double *sum_dy_x,
                                double *sum_dy);

// One step of n neighbouring units of one sequence of a gated recurrent unit. Pointers are to the first of them; gates
// lie `units` floats apart, in the order r, z, n: r, z = sigmoid(input + recurrent + bias);
// candidate = tanh(input + r * (recurrent + bias)); after = (1 - z) * candidate + z * before.
// saved: r, z, candidate, recurrent + bias of the candidate. No array may overlap another one.
void ck_gru_step(const float *input, const float *recurrent, const float *bias, const float *before, size_t n,
                 size_t units, float *after, float *saved);
// Its gradient for d after = upstream + carried + through: d input and d recurrent; carried becomes what reaches
// `before` other than through the gates.
void ck_gru_step_gradient(const float *saved, const float *before, const float *upstream, const float *through,
                          size_t n, size_t units, float *input, float *recurrent, float *carried);
// The same for long short-term memory; gates in the order i, f, g, o: cell = f * cell before + i * g;
// after = o * tanh(cell). saved: i, f, g, o, cell.
void ck_lstm_step(const float *input, const float *recurrent, const float *bias, const float *cell_before, size_t n,
                  size_t units, float *after, float *saved);
// Its gradient for d after = upstream + through: d gates; cell_gradient holds d cell before and gets d cell_before.
void ck_lstm_step_gradient(const float *saved, const float *cell_before, const float *upstream, const float *through,
                           size_t n, size_t units, float *gates, float *cell_gradient);

// In place: the softmax of each row of scale * scores + mask; rows of the mask are mask_stride apart (0: one for
// all), or there is none. causal: row r sees columns 0 ... first_row + r. A row that sees nothing becomes zeros.
void ck_masked_softmax(float *scores, const float *mask, size_t mask_stride, float scale, size_t rows, size_t columns,
                       int causal, size_t first_row);
// In place: from the gradient of the softmax's weights to that of the scores before their scale.
void ck_softmax_scores_gradient(const float *weights, float *gradient, float scale, size_t rows, size_t columns);

// y = sqrt(max(re^2 + im^2, floor)), and its gradient: 0 below the floor.
void ck_magnitude(const float *re, const float *im, float floor, float *y, size_t n);
void ck_magnitude_gradient(const float *re, const float *im, const float *g, float floor, float *dre, float *dim,
                           size_t n);

// y[r, c] = sum over terms t of row r (starts[r] <= t < starts[r + 1]) of weights[t] * x[indices[t], c], for rows
// first ..< first + rows; both matrices have `inner` columns.
void ck_sparse_rows(const float *x, size_t inner, const ptrdiff_t *starts, const ptrdiff_t *indices,
                    const float *weights, size_t first, size_t rows, float *y);

// How a pooling window moves along one axis.
typedef struct {
    size_t outputs, kernel, stride, padding, dilation;
} ck_window;
// For each output of an image [height, width, channels], in row-major order, where the image has the first maximum
// of the window: the index of the element. A NaN is larger than everything. The image has at most 2^31 elements.
void ck_window_maxima(const float *x, size_t height, size_t width, size_t channels, ck_window wy, ck_window wx,
                      int32_t *places);

// A convolution in which each channel sees itself alone: position (row, column) of rows x columns reads, of an image
// [height, width, channels], rows row * step_y + tap_y[a] and columns column * step_x + tap_x + b * tap_step_x.
typedef struct {
    size_t height, width, channels, rows, columns;
    ptrdiff_t step_y, step_x;
    size_t tap_rows;
    const ptrdiff_t *tap_y;
    size_t tap_columns;
    ptrdiff_t tap_x, tap_step_x;
} ck_depthwise_taps;
// Positions begin ..< end of a row, `step` floats apart in the output, which starts with the row's first position.
// weights: [tap row][tap column][channels].
void ck_depthwise(const ck_depthwise_taps *taps, const float *image, const float *weights, const float *bias,
                  size_t row, size_t begin, size_t end, float *output, size_t step);
// Adds the gradient of the weights over positions begin ..< end of a row; upstream: [rows][columns][channels].
// scratch: as many floats as there are weights.
void ck_depthwise_weight_gradient(const ck_depthwise_taps *taps, const float *image, const float *upstream,
                                  size_t row, size_t begin, size_t end, float *scratch, float *gradient);

// One step of Adam(W) on n parameters (Kingma & Ba 2015; Loshchilov & Hutter 2019, decoupled weight decay):
// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= rate * (m / correction1) / (sqrt(v / correction2) + epsilon).
void ck_adam(float *parameter, float *m, float *v, const float *gradient, size_t n, float rate, float beta1,
             float beta2, float epsilon, float weight_decay, float correction1, float correction2, float gradient_scale);

// The same with decay that joins the gradient (coupled) or not, with rest = 1 - beta given, and with the largest second
// moment so far in place of the newest where `largest` is not null (AMSGrad, Reddi et al. 2018).
void ck_adam_general(float *parameter, float *m, float *v, float *largest, const float *gradient, size_t n, float rate,
                     float beta1, float rest1, float beta2, float rest2, float epsilon, float coupled_decay,
                     float decoupled_decay, float correction1, float correction2, float gradient_scale);
// velocity = momentum velocity + weight g; p -= rate (nesterov ? g + momentum velocity : velocity), g with decay.
void ck_momentum_step(float *parameter, float *velocity, const float *gradient, size_t n, float rate, float momentum,
                      float weight, int nesterov, float weight_decay, float gradient_scale);
// p -= rate (g + weight_decay p).
void ck_gradient_step(float *parameter, const float *gradient, size_t n, float rate, float weight_decay,
                      float gradient_scale);
// square = alpha square + rest g^2; p -= rate g / (sqrt(square - mean^2) + epsilon), through a velocity if there is
// one; `mean` (centred) and `velocity` may be null.
void ck_root_mean_square_step(float *parameter, float *square, float *mean, float *velocity, const float *gradient,
                              size_t n, float rate, float alpha, float rest, float epsilon, float momentum,
                              float weight_decay, float gradient_scale);

// A flag of the calling thread: whether it is running a piece of a parallel loop.
int ck_inside_parallel(void);
void ck_set_inside_parallel(int inside);
// Tells the core that this thread only waits.
void ck_pause(void);
// A clock that never goes back.
uint64_t ck_nanoseconds(void);

#endif
