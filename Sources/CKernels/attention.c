#include "functions.h"

CLONES void ck_masked_softmax(float *scores, const float *mask, size_t mask_stride, float scale, size_t rows,
                              size_t columns, int causal, size_t first_row) {
    for (size_t r = 0; r < rows; r++, scores += columns) {
        // A causal row sees the columns up to its own number.
        const size_t open = causal && first_row + r + 1 < columns ? first_row + r + 1 : columns;
        const float *added = mask ? mask + r * mask_stride : 0;
        float largest = -INFINITY;
        if (added) {
            for (size_t c = 0; c < open; c++) scores[c] = scores[c] * scale + added[c];
        } else {
            for (size_t c = 0; c < open; c++) scores[c] *= scale;
        }
        {
            float acc[16];
            for (int l = 0; l < 16; l++) acc[l] = -INFINITY;
            size_t c = 0;
            for (; c + 16 <= open; c += 16)
                for (int l = 0; l < 16; l++) acc[l] = scores[c + (size_t)l] > acc[l] ? scores[c + (size_t)l] : acc[l];
            for (; c < open; c++) acc[0] = scores[c] > acc[0] ? scores[c] : acc[0];
            for (int l = 0; l < 16; l++) largest = acc[l] > largest ? acc[l] : largest;
        }
        if (largest == -INFINITY) {
            // Nothing may be looked at: no weight anywhere.
            memset(scores, 0, columns * sizeof(float));
            continue;
        }
        float acc[16] = {0};
        size_t c = 0;
        for (; c + 16 <= open; c += 16)
            for (int l = 0; l < 16; l++) {
                const float e = fast_exp(scores[c + (size_t)l] - largest);
                scores[c + (size_t)l] = e;
                acc[l] += e;
            }
        for (; c < open; c++) {
            scores[c] = fast_exp(scores[c] - largest);
            acc[0] += scores[c];
        }
        float total = 0;
        for (int l = 0; l < 16; l++) total += acc[l];
        const float inverse = 1.0f / total;
        for (size_t i = 0; i < open; i++) scores[i] *= inverse;
        if (open < columns) memset(scores + open, 0, (columns - open) * sizeof(float));
    }
}

CLONES void ck_softmax_scores_gradient(const float *weights, float *gradient, float scale, size_t rows,
                                       size_t columns) {
    for (size_t r = 0; r < rows; r++, weights += columns, gradient += columns) {
        float acc[16] = {0};
        size_t c = 0;
        for (; c + 16 <= columns; c += 16)
            for (int l = 0; l < 16; l++) acc[l] += weights[c + (size_t)l] * gradient[c + (size_t)l];
        for (; c < columns; c++) acc[0] += weights[c] * gradient[c];
        float total = 0;
        for (int l = 0; l < 16; l++) total += acc[l];
        for (size_t i = 0; i < columns; i++) gradient[i] = weights[i] * (gradient[i] - total) * scale;
    }
}
