#ifndef CKERNELS_FUNCTIONS_H
#define CKERNELS_FUNCTIONS_H

#include "clones.h"

// Branch-free float32 versions of the exponential family, written so that the compiler can vectorise loops
// over them. Error at most about 2 units in the last place.

INLINE float bits_to_float(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE int32_t float_to_bits(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// e^r - 1 for |r| <= ln(2) / 2: the Taylor series up to r^8.
INLINE float expm1_reduced(float r) {
    float p = 1.0f / 40320;
    p = p * r + 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    return r + r * r * p;
}

#define LOG2_E 1.44269504088896341f
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440054690583e-4f

INLINE float fast_exp(float x) {
    float clamped = x < -104.0f ? -104.0f : x;
    clamped = clamped > 89.0f ? 89.0f : clamped;
    float n = rintf(clamped * LOG2_E);
    float r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    // 2^n in two factors, so that results near the overflow and underflow limits stay right.
    int32_t half = (int32_t)n >> 1;
    int32_t rest = (int32_t)n - half;
    float scale1 = bits_to_float((half + 127) << 23);
    float scale2 = bits_to_float((rest + 127) << 23);
    return (1.0f + expm1_reduced(r)) * scale1 * scale2;
}

// e^x - 1 without cancellation near 0; |x| is limited to 40, which is all that tanh needs.
INLINE float fast_expm1_limited(float x) {
    float clamped = x < -40.0f ? -40.0f : x;
    clamped = clamped > 40.0f ? 40.0f : clamped;
    float n = rintf(clamped * LOG2_E);
    float r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    float scale = bits_to_float(((int32_t)n + 127) << 23);
    return scale * expm1_reduced(r) + (scale - 1.0f);
}

INLINE float fast_tanh(float x) {
    float e = fast_expm1_limited(2.0f * x);
    return e / (e + 2.0f);
}

// Natural logarithm: x = m 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 artanh((m - 1) / (m + 1)).
INLINE float fast_log(float x) {
    float scaled = x < 1.17549435e-38f ? x * 8388608.0f : x;
    float shift = x < 1.17549435e-38f ? -23.0f : 0.0f;
    int32_t bits = float_to_bits(scaled);
    int32_t exponent = (bits - 0x3f3504f3) >> 23;
    float m = bits_to_float(bits - (exponent << 23));
    float f = m - 1.0f;
    float s = f / (2.0f + f);
    float z = s * s;
    float p = 1.0f / 11;
    p = p * z + 1.0f / 9;
    p = p * z + 1.0f / 7;
    p = p * z + 1.0f / 5;
    p = p * z + 1.0f / 3;
    float e = (float)exponent + shift;
    // log(1 + f) = f - s (f - 2 z p ... ) keeps the leading term exact.
    float log_m = f - s * (f - 2.0f * z * p);
    float result = e * LN2_HIGH + (log_m + e * LN2_LOW);
    result = x == 0.0f ? -INFINITY : result;
    result = x < 0.0f ? NAN : result;
    result = x == INFINITY ? INFINITY : result;
    return x != x ? x : result;
}

// log(1 + y) for 0 <= y <= 1 without loss for small y: 2 artanh(y / (2 + y)).
INLINE float fast_log1p_unit(float y) {
    float s = y / (2.0f + y);
    float z = s * s;
    float p = 1.0f / 17;
    p = p * z + 1.0f / 15;
    p = p * z + 1.0f / 13;
    p = p * z + 1.0f / 11;
    p = p * z + 1.0f / 9;
    p = p * z + 1.0f / 7;
    p = p * z + 1.0f / 5;
    p = p * z + 1.0f / 3;
    return 2.0f * s + 2.0f * s * z * p;
}

#endif
