#include <float.h>

#include "functions.h"

// Functions that are vectors over the range that numbers usually have, to 2 units in the last place, and the library's
// outside it. Which of both computes an element depends on the element alone.

// Elements that are looked at together.
#define BLOCK 256

// y[i] = expression of v = x[i]; where `usual` does not hold, y[i] = library instead.
#define UNARY_WITH_LIBRARY(name, usual, expression, library)            \
    CLONES void name(const float *x, float *y, size_t n) {              \
        for (size_t start = 0; start < n; start += BLOCK) {             \
            const size_t end = start + BLOCK < n ? start + BLOCK : n;   \
            int32_t others = 0;                                         \
            for (size_t i = start; i < end; i++) {                      \
                const float v = x[i];                                   \
                others |= !(usual);                                     \
                y[i] = (expression);                                    \
            }                                                           \
            if (!others) continue;                                      \
            for (size_t i = start; i < end; i++) {                      \
                const float v = x[i];                                   \
                if (!(usual)) y[i] = (library);                         \
            }                                                           \
        }                                                               \
    }

// sin(x + quarters pi / 2) for |x| <= 1e5. The nearest multiple of pi / 2 is taken away in double, in two parts of which
// the first times the multiple is exact (Cody & Waite 1980); Taylor series on -pi/4 ... pi/4.
INLINE float sine_of(float x, int32_t quarters) {
    const float multiple = rintf(x * 0.636619772f);
    const double reduced =
        ((double)x - (double)multiple * 1.57079632673412561417) - (double)multiple * 6.07710050650619224932e-11;
    const float r = (float)reduced, s = r * r;
    const int32_t quadrant = (int32_t)multiple + quarters;
    float sine = 2.75573192e-6f;
    sine = sine * s - 1.98412698e-4f;
    sine = sine * s + 8.33333333e-3f;
    sine = sine * s - 1.66666667e-1f;
    sine = sine * s * r + r;
    float cosine = 2.48015873e-5f;
    cosine = cosine * s - 1.38888889e-3f;
    cosine = cosine * s + 4.16666667e-2f;
    // 1 - s / 2 first, and what it lost when it was rounded.
    const float half = 0.5f * s, top = 1.0f - half;
    cosine = top + (((1.0f - top) - half) + cosine * s * s);
    // 0 keeps its sign.
    const float value = quadrant & 1 ? cosine : x == 0 ? x : sine;
    return quadrant & 2 ? -value : value;
}

UNARY_WITH_LIBRARY(ck_sine, fabsf(v) <= 1e5f, sine_of(v, 0), sinf(v))
UNARY_WITH_LIBRARY(ck_cosine, fabsf(v) <= 1e5f, sine_of(v, 1), cosf(v))

// Where the two formulas of the error function meet.
#define ERROR_FUNCTION_BORDER 1.0f

// x + x q(x^2) for |x| <= 1; q has the least largest error.
INLINE float error_function_near(float x) {
    const float s = x * x;
    float q = -9.6415160e-6f;
    q = q * s + 1.1256948e-4f;
    q = q * s - 8.4828289e-4f;
    q = q * s + 5.2209454e-3f;
    q = q * s - 2.6865400e-2f;
    q = q * s + 1.1283782e-1f;
    q = q * s - 3.7612638e-1f;
    q = q * s + 1.2837917e-1f;
    return q * x + x;
}

// 1 - erf(t) for 1 <= t <= 4, behind which it is 0 to the precision of erf: e^-p(t - 2), likewise.
INLINE float error_function_rest(float t) {
    const float u = (t < 4.0f ? t : 4.0f) - 2.0f;
    float p = -1.5998191e-6f;
    p = p * u + 1.9700985e-5f;
    p = p * u - 1.3520963e-4f;
    p = p * u + 7.3357060e-4f;
    p = p * u - 3.5711646e-3f;
    p = p * u + 1.6464617e-2f;
    p = p * u + 9.2375100e-1f;
    p = p * u + 4.4181609f;
    p = p * u + 5.3649411f;
    return t > 4.0f ? 0.0f : fast_exp(-p);
}

INLINE float error_function(float x) {
    const float near = error_function_near(x), far = copysignf(1.0f - error_function_rest(fabsf(x)), x);
    // NaN is near: no comparison holds for it.
    return fabsf(x) > ERROR_FUNCTION_BORDER ? far : near;
}

// x (1 + erf(x / sqrt(2))) / 2, without the difference of near numbers where x is far below 0.
INLINE float gelu(float x) {
    const float t = x * 0.70710678118654752f, half = 0.5f * x;
    const float rest = error_function_rest(fabsf(t));
    const float far = x < 0 ? half * rest : x - half * rest;
    return fabsf(t) > ERROR_FUNCTION_BORDER ? far : half + half * error_function_near(t);
}

// log(1 + x) = log(u) + (x - (u - 1)) / u with the rounded sum u.
INLINE float log_plus_one(float x) {
    const float u = 1.0f + x;
    const float result = fast_log(u) + (x - (u - 1.0f)) / u;
    return u > 0 && u < INFINITY && x != 0 ? result : u == 0 ? -INFINITY : u < 0 ? NAN : x;
}

// x^p for normal x > 0 and |p| <= 1e4: 2^(p log2 x) in double.
INLINE float power_of(float x, float p) {
    const int32_t bits = float_to_bits(x);
    const int32_t exponent = (bits - 0x3f3504f3) >> 23;
    const double m = bits_to_float(bits - (exponent << 23));
    // log m = 2 artanh s.
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double series = 1.0 / 15;
    series = series * z + 1.0 / 13;
    series = series * z + 1.0 / 11;
    series = series * z + 1.0 / 9;
    series = series * z + 1.0 / 7;
    series = series * z + 1.0 / 5;
    series = series * z + 1.0 / 3;
    series = series * z + 1.0;
    double logarithm = (double)p * ((double)exponent + 2.88539008177792681472 * s * series);
    // Beyond these the result is 0 or infinite in float.
    logarithm = logarithm < -200.0 ? -200.0 : logarithm;
    logarithm = logarithm > 200.0 ? 200.0 : logarithm;
    const double whole = rint(logarithm), f = (logarithm - whole) * 0.69314718055994530942;
    double e = 1.0 / 362880;
    e = e * f + 1.0 / 40320;
    e = e * f + 1.0 / 5040;
    e = e * f + 1.0 / 720;
    e = e * f + 1.0 / 120;
    e = e * f + 1.0 / 24;
    e = e * f + 1.0 / 6;
    e = e * f + 0.5;
    e = e * f + 1.0;
    e = e * f + 1.0;
    const int64_t scale_bits = ((int64_t)(int32_t)whole + 1023) << 52;
    double scale;
    memcpy(&scale, &scale_bits, sizeof scale);
    return (float)(e * scale);
}

#define UNARY(name, expression)                              \
    CLONES void name(const float *x, float *y, size_t n) {   \
        for (size_t i = 0; i < n; i++) {                     \
            const float v = x[i];                            \
            y[i] = (expression);                             \
        }                                                    \
    }

UNARY(ck_error_function, error_function(v))
UNARY(ck_gelu, gelu(v))
UNARY(ck_logarithm_plus_one, log_plus_one(v))

CLONES void ck_gelu_gradient(const float *x, const float *dy, float *dx, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i], t = v * 0.70710678118654752f;
        const float rest = 0.5f * error_function_rest(fabsf(t));
        const float far = v < 0 ? rest : 1.0f - rest;
        const float distribution =
            fabsf(t) > ERROR_FUNCTION_BORDER ? far : 0.5f + 0.5f * error_function_near(t);
        dx[i] = dy[i] * (distribution + v * (0.39894228040143268f * fast_exp(-0.5f * v * v)));
    }
}

CLONES void ck_silu_gradient(const float *x, const float *dy, float *dx, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i], s = 1.0f / (1.0f + fast_exp(-v));
        dx[i] = dy[i] * (s + v * s * (1.0f - s));
    }
}

CLONES void ck_elu(const float *x, float alpha, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i], below = v > 0 ? 0 : v;
        // Near 0 the difference of two parts would lose digits of the argument.
        const float grown = below > -0.3f ? expm1_reduced(below) : fast_expm1_limited(below);
        y[i] = v < 0 ? alpha * grown : v;
    }
}

// x^p for the strides of operands: `library` where x is not a normal positive number or p is large.
#define POWERS(x_of, p_of)                                                                               \
    for (size_t start = 0; start < n; start += BLOCK) {                                                  \
        const size_t end = start + BLOCK < n ? start + BLOCK : n;                                        \
        int32_t others = 0;                                                                              \
        for (size_t i = start; i < end; i++) {                                                           \
            const float v = (x_of), p = (p_of);                                                          \
            others |= !(v >= FLT_MIN && v <= FLT_MAX && fabsf(p) <= 1e4f);                               \
            y[i] = power_of(v, p);                                                                       \
        }                                                                                                \
        if (!others) continue;                                                                           \
        for (size_t i = start; i < end; i++) {                                                           \
            const float v = (x_of), p = (p_of);                                                          \
            if (!(v >= FLT_MIN && v <= FLT_MAX && fabsf(p) <= 1e4f)) y[i] = powf(v, p);                  \
        }                                                                                                \
    }

CLONES void ck_power(const float *x, float exponent, float *y, size_t n) {
    if (exponent == 2) {
        for (size_t i = 0; i < n; i++) y[i] = x[i] * x[i];
    } else if (exponent == 3) {
        for (size_t i = 0; i < n; i++) y[i] = x[i] * x[i] * x[i];
    } else {
        POWERS(x[i], exponent)
    }
}

CLONES void ck_raise(const float *a, size_t stride_a, const float *b, size_t stride_b, float *y, size_t n) {
    if (stride_a == 1 && stride_b == 1) {
        POWERS(a[i], b[i])
    } else if (stride_a == 1) {
        POWERS(a[i], *b)
    } else if (stride_b == 1) {
        POWERS(*a, b[i])
    } else {
        POWERS(*a, *b)
    }
}
