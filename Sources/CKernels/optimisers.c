#include "clones.h"

CLONES void ck_adam(float *restrict parameter, float *restrict m, float *restrict v, const float *restrict gradient,
                    size_t n, float rate, float beta1, float beta2, float epsilon, float weight_decay, float correction1, float correction2,
                    float gradient_scale) {
    const float step = rate / correction1;
    const float inverse_root = 1.0f / square_root(correction2);
    const float keep = 1.0f - rate * weight_decay;
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale;
        m[i] = beta1 * m[i] + (1.0f - beta1) * g;
        v[i] = beta2 * v[i] + (1.0f - beta2) * g * g;
        parameter[i] = keep * parameter[i] - step * m[i] / (square_root(v[i]) * inverse_root + epsilon);
    }
}
