#include "functions.h"

CLONES void ck_magnitude(const float *re, const float *im, float floor, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float power = re[i] * re[i] + im[i] * im[i];
        y[i] = square_root(power < floor ? floor : power);
    }
}

CLONES void ck_magnitude_gradient(const float *re, const float *im, const float *g, float floor, float *dre,
                                  float *dim, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float power = re[i] * re[i] + im[i] * im[i];
        const float factor = power >= floor ? g[i] / square_root(power) : 0.0f;
        dre[i] = factor * re[i];
        dim[i] = factor * im[i];
    }
}
