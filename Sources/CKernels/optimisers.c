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

CLONES void ck_adam_general(float *restrict parameter, float *restrict m, float *restrict v, float *restrict largest,
                            const float *restrict gradient, size_t n, float rate, float beta1, float rest1, float beta2,
                            float rest2, float epsilon, float coupled_decay, float decoupled_decay, float correction1,
                            float correction2, float gradient_scale) {
    const float step = rate / correction1;
    const float inverse_root = 1.0f / square_root(correction2);
    const float keep = 1.0f - rate * decoupled_decay;
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + coupled_decay * parameter[i];
        m[i] = beta1 * m[i] + rest1 * g;
        v[i] = beta2 * v[i] + rest2 * g * g;
        float second = v[i];
        if (largest) second = largest[i] = largest[i] > second ? largest[i] : second;
        parameter[i] = keep * parameter[i] - step * m[i] / (square_root(second) * inverse_root + epsilon);
    }
}

CLONES void ck_momentum_step(float *restrict parameter, float *restrict velocity, const float *restrict gradient, size_t n,
                             float rate, float momentum, float weight, int nesterov, float weight_decay,
                             float gradient_scale) {
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + weight_decay * parameter[i];
        velocity[i] = momentum * velocity[i] + weight * g;
        parameter[i] -= rate * (nesterov ? g + momentum * velocity[i] : velocity[i]);
    }
}

CLONES void ck_gradient_step(float *restrict parameter, const float *restrict gradient, size_t n, float rate,
                             float weight_decay, float gradient_scale) {
    for (size_t i = 0; i < n; i++)
        parameter[i] -= rate * (gradient[i] * gradient_scale + weight_decay * parameter[i]);
}

CLONES void ck_root_mean_square_step(float *restrict parameter, float *restrict square, float *restrict mean,
                                     float *restrict velocity, const float *restrict gradient, size_t n, float rate,
                                     float alpha, float rest, float epsilon, float momentum, float weight_decay,
                                     float gradient_scale) {
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + weight_decay * parameter[i];
        square[i] = alpha * square[i] + rest * g * g;
        float spread = square[i];
        if (mean) {
            mean[i] = alpha * mean[i] + rest * g;
            spread -= mean[i] * mean[i];
            spread = spread > 0 ? spread : 0;
        }
        float move = g / (square_root(spread) + epsilon);
        if (velocity) move = velocity[i] = momentum * velocity[i] + move;
        parameter[i] -= rate * move;
    }
}
