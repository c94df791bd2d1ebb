#include "functions.h"

INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

// Gates of one kind lie `units` apart; the pointers are to the first of n neighbouring units.

CLONES void ck_gru_step(const float *restrict input, const float *restrict recurrent, const float *restrict bias, const float *restrict before, size_t n,
                        size_t units, float *restrict after, float *restrict saved) {
    for (size_t i = 0; i < n; i++) {
        const float hidden = recurrent[2 * units + i] + bias[2 * units + i];
        const float r = fast_sigmoid(input[i] + recurrent[i] + bias[i]);
        const float z = fast_sigmoid(input[units + i] + recurrent[units + i] + bias[units + i]);
        const float candidate = fast_tanh(input[2 * units + i] + r * hidden);
        after[i] = candidate + z * (before[i] - candidate);
        saved[i] = r;
        saved[units + i] = z;
        saved[2 * units + i] = candidate;
        saved[3 * units + i] = hidden;
    }
}

CLONES void ck_gru_step_gradient(const float *restrict saved, const float *restrict before, const float *restrict upstream, const float *restrict through,
                                 size_t n, size_t units, float *restrict input, float *restrict recurrent, float *restrict carried) {
    for (size_t i = 0; i < n; i++) {
        const float r = saved[i], z = saved[units + i], candidate = saved[2 * units + i];
        const float hidden = saved[3 * units + i];
        const float g = upstream[i] + carried[i] + through[i];
        const float of_candidate = g * (1.0f - z) * (1.0f - candidate * candidate);
        const float of_z = g * (before[i] - candidate) * z * (1.0f - z);
        const float of_r = of_candidate * hidden * r * (1.0f - r);
        input[i] = recurrent[i] = of_r;
        input[units + i] = recurrent[units + i] = of_z;
        input[2 * units + i] = of_candidate;
        recurrent[2 * units + i] = of_candidate * r;
        carried[i] = g * z;
    }
}

CLONES void ck_lstm_step(const float *restrict input, const float *restrict recurrent, const float *restrict bias, const float *restrict cell_before,
                         size_t n, size_t units, float *restrict after, float *restrict saved) {
    for (size_t i = 0; i < n; i++) {
        const float in = fast_sigmoid(input[i] + recurrent[i] + bias[i]);
        const float forget = fast_sigmoid(input[units + i] + recurrent[units + i] + bias[units + i]);
        const float candidate = fast_tanh(input[2 * units + i] + recurrent[2 * units + i] + bias[2 * units + i]);
        const float out = fast_sigmoid(input[3 * units + i] + recurrent[3 * units + i] + bias[3 * units + i]);
        const float cell = forget * cell_before[i] + in * candidate;
        after[i] = out * fast_tanh(cell);
        saved[i] = in;
        saved[units + i] = forget;
        saved[2 * units + i] = candidate;
        saved[3 * units + i] = out;
        saved[4 * units + i] = cell;
    }
}

CLONES void ck_lstm_step_gradient(const float *restrict saved, const float *restrict cell_before, const float *restrict upstream,
                                  const float *restrict through, size_t n, size_t units, float *restrict gates, float *restrict cell_gradient) {
    for (size_t i = 0; i < n; i++) {
        const float in = saved[i], forget = saved[units + i], candidate = saved[2 * units + i];
        const float out = saved[3 * units + i];
        const float squashed = fast_tanh(saved[4 * units + i]);
        const float g = upstream[i] + through[i];
        const float of_cell = cell_gradient[i] + g * out * (1.0f - squashed * squashed);
        gates[i] = of_cell * candidate * in * (1.0f - in);
        gates[units + i] = of_cell * cell_before[i] * forget * (1.0f - forget);
        gates[2 * units + i] = of_cell * in * (1.0f - candidate * candidate);
        gates[3 * units + i] = g * squashed * out * (1.0f - out);
        cell_gradient[i] = of_cell * forget;
    }
}
