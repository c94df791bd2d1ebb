#include <float.h>

#include "functions.h"

#define UNARY(name, expression)                              \
    CLONES void name(const float *x, float *y, size_t n) {   \
        for (size_t i = 0; i < n; i++) {                     \
            const float v = x[i];                            \
            y[i] = (expression);                             \
        }                                                    \
    }

UNARY(ck_negate, -v)
UNARY(ck_absolute, fabsf(v))
UNARY(ck_sign, v > 0 ? 1.0f : (v < 0 ? -1.0f : v))
UNARY(ck_square, v *v)
UNARY(ck_square_root, square_root(v))
UNARY(ck_reciprocal, 1.0f / v)
UNARY(ck_exponential, fast_exp(v))
UNARY(ck_logarithm, fast_log(v))
UNARY(ck_tanh, fast_tanh(v))
UNARY(ck_sigmoid, 1.0f / (1.0f + fast_exp(-v)))
// max(v, 0) + log(1 + e^-|v|) never overflows.
UNARY(ck_softplus, (v > 0 ? v : 0) + fast_log1p_unit(fast_exp(-fabsf(v))))
UNARY(ck_reciprocal_square_root, 1.0f / square_root(v))
UNARY(ck_silu, v / (1.0f + fast_exp(-v)))

CLONES void ck_gelu_tanh(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i];
        y[i] = 0.5f * v * (1.0f + fast_tanh(0.79788456080286536f * (v + 0.044715f * v * v * v)));
    }
}

CLONES void ck_select(const uint8_t *mask, const float *a, const float *b, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = mask[i] ? a[i] : b[i];
}

CLONES void ck_leaky_relu(const float *x, float slope, float *y, size_t n) {
    // A slope of 0 makes 0 of minus infinity, too.
    const float lowest = slope == 0 ? -FLT_MAX : -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const float v = x[i] < lowest ? lowest : x[i];
        y[i] = v > 0 ? v : slope * v;
    }
}

CLONES void ck_affine(const float *x, float scale, float shift, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] * scale + shift;
}

CLONES void ck_clamp(const float *x, float low, float high, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i] < low ? low : x[i];
        y[i] = v > high ? high : v;
    }
}

CLONES void ck_leaky_relu_gradient(const float *x, const float *dy, float slope, float *dx, size_t n) {
    for (size_t i = 0; i < n; i++) dx[i] = x[i] > 0 ? dy[i] : slope * dy[i];
}

CLONES void ck_clamp_gradient(const float *x, const float *dy, float low, float high, float *dx, size_t n) {
    for (size_t i = 0; i < n; i++) dx[i] = (x[i] >= low && x[i] <= high) ? dy[i] : 0.0f;
}

#define BINARY(name, expression)                                                                               \
    CLONES void name(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n) {   \
        if (stride_a == 1 && stride_b == 1) {                                                                  \
            for (size_t i = 0; i < n; i++) {                                                                   \
                const float p = a[i], q = b[i];                                                                \
                y[i] = (expression);                                                                           \
            }                                                                                                  \
        } else if (stride_a == 1) {                                                                            \
            const float q = *b;                                                                                \
            for (size_t i = 0; i < n; i++) {                                                                   \
                const float p = a[i];                                                                          \
                y[i] = (expression);                                                                           \
            }                                                                                                  \
        } else if (stride_b == 1) {                                                                            \
            const float p = *a;                                                                                \
            for (size_t i = 0; i < n; i++) {                                                                   \
                const float q = b[i];                                                                          \
                y[i] = (expression);                                                                           \
            }                                                                                                  \
        } else {                                                                                               \
            const float p = *a, q = *b;                                                                        \
            const float value = (expression);                                                                  \
            for (size_t i = 0; i < n; i++) y[i] = value;                                                       \
        }                                                                                                      \
    }

BINARY(ck_add, p + q)
BINARY(ck_subtract, p - q)
BINARY(ck_multiply, p *q)
BINARY(ck_divide, p / q)
BINARY(ck_maximum, p > q || p != p ? p : q)
BINARY(ck_minimum, p < q || p != p ? p : q)
BINARY(ck_equal, p == q ? 1.0f : 0.0f)
BINARY(ck_lead, p < q ? 0.0f : (p == q ? 0.5f : 1.0f))

CLONES void ck_accumulate(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

// The i-th of the numbers that RandomStream draws behind `state`, mixed as in SplitMix64.
INLINE uint64_t random_bits(uint64_t state, uint64_t i) {
    uint64_t z = state + (i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

CLONES void ck_random_factors(uint64_t state, uint64_t first, uint64_t threshold, float scale, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = random_bits(state, first + i) >> 11 < threshold ? 0.0f : scale;
}
