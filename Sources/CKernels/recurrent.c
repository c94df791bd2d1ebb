#include "functions.h"

INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

CLONES void ck_gru_step(const float *input, const float *recurrent, const float *bias, const float *before, size_t n,
                        float *after, float *saved) {
    for (size_t i = 0; i < n; i++) {
        const float hidden = recurrent[2 * n + i] + bias[2 * n + i];
        const float r = fast_sigmoid(input[i] + recurrent[i] + bias[i]);
        const float z = fast_sigmoid(input[n + i] + recurrent[n + i] + bias[n + i]);
        const float candidate = fast_tanh(input[2 * n + i] + r * hidden);
        after[i] = candidate + z * (before[i] - candidate);
        saved[i] = r;
        saved[n + i] = z;
        saved[2 * n + i] = candidate;
        saved[3 * n + i] = hidden;
    }
}

CLONES void ck_gru_step_gradient(const float *saved, const float *before, const float *gradient, size_t n,
                                 float *input, float *recurrent, float *carried) {
    for (size_t i = 0; i < n; i++) {
        const float r = saved[i], z = saved[n + i], candidate = saved[2 * n + i], hidden = saved[3 * n + i];
        const float g = gradient[i];
        const float of_candidate = g * (1.0f - z) * (1.0f - candidate * candidate);
        const float of_z = g * (before[i] - candidate) * z * (1.0f - z);
        const float of_r = of_candidate * hidden * r * (1.0f - r);
        input[i] = recurrent[i] = of_r;
        input[n + i] = recurrent[n + i] = of_z;
        input[2 * n + i] = of_candidate;
        recurrent[2 * n + i] = of_candidate * r;
        carried[i] = g * z;
    }
}

CLONES void ck_lstm_step(const float *input, const float *recurrent, const float *bias, const float *cell_before,
                         size_t n, float *after, float *saved) {
    for (size_t i = 0; i < n; i++) {
        const float in = fast_sigmoid(input[i] + recurrent[i] + bias[i]);
        const float forget = fast_sigmoid(input[n + i] + recurrent[n + i] + bias[n + i]);
        const float candidate = fast_tanh(input[2 * n + i] + recurrent[2 * n + i] + bias[2 * n + i]);
        const float out = fast_sigmoid(input[3 * n + i] + recurrent[3 * n + i] + bias[3 * n + i]);
        const float cell = forget * cell_before[i] + in * candidate;
        after[i] = out * fast_tanh(cell);
        saved[i] = in;
        saved[n + i] = forget;
        saved[2 * n + i] = candidate;
        saved[3 * n + i] = out;
        saved[4 * n + i] = cell;
    }
}

CLONES void ck_lstm_step_gradient(const float *saved, const float *cell_before, const float *gradient, size_t n,
                                  float *gates, float *cell_gradient) {
    for (size_t i = 0; i < n; i++) {
        const float in = saved[i], forget = saved[n + i], candidate = saved[2 * n + i], out = saved[3 * n + i];
        const float squashed = fast_tanh(saved[4 * n + i]);
        const float g = gradient[i];
        const float of_cell = cell_gradient[i] + g * out * (1.0f - squashed * squashed);
        gates[i] = of_cell * candidate * in * (1.0f - in);
        gates[n + i] = of_cell * cell_before[i] * forget * (1.0f - forget);
        gates[2 * n + i] = of_cell * in * (1.0f - candidate * candidate);
        gates[3 * n + i] = g * squashed * out * (1.0f - out);
        cell_gradient[i] = of_cell * forget;
    }
}
