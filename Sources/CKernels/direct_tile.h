// Register tiles for one instruction set. Included by direct.c once a set, with
// SET(name): the function's name with the set's suffix; TARGET: its attributes; VECTOR: a vector type of LANES
// floats; TILE_ROWS: positions that fit the registers beside TILE_VECTORS vectors.

// TILE_ROWS positions x vectors of LANES channels over all taps, with the bias added.
INLINE void SET(tile)(const int vectors, const ck_tap *taps, size_t tap_count, size_t lane, const float *packed,
                      const size_t width, const float *bias, float *const *to, size_t j0) {
    VECTOR acc[TILE_ROWS][TILE_VECTORS];
    for (int i = 0; i < TILE_ROWS; i++)
        for (int j = 0; j < vectors; j++) acc[i][j] = (VECTOR){0};
    for (size_t t = 0; t < tap_count; t++) {
        const float *rows[TILE_ROWS];
        for (int i = 0; i < TILE_ROWS; i++) rows[i] = taps[t].rows[lane + (size_t)i];
        const float *b = packed + taps[t].depth * width;
        const size_t length = taps[t].length;
        for (size_t k = 0; k < length; k++, b += width) {
            VECTOR v[TILE_VECTORS];
            for (int j = 0; j < vectors; j++) v[j] = *(const VECTOR *)(b + LANES * j);
            for (int i = 0; i < TILE_ROWS; i++)
                for (int j = 0; j < vectors; j++) acc[i][j] += rows[i][k] * v[j];
        }
    }
    VECTOR b[TILE_VECTORS];
    for (int j = 0; j < vectors; j++) b[j] = *(const VECTOR *)(bias + j0 + LANES * j);
    for (int i = 0; i < TILE_ROWS; i++)
        for (int j = 0; j < vectors; j++) *(VECTOR *)(to[i] + j0 + LANES * j) = acc[i][j] + b[j];
}

// One panel of CK_TILE_POSITIONS positions: width channels at each of the places in `to`.
TARGET static void SET(panel)(const ck_tap *taps, size_t tap_count, const float *packed, size_t width,
                              const float *bias, float *const *to) {
    for (size_t lane = 0; lane < CK_TILE_POSITIONS; lane += TILE_ROWS) {
        if (width == 16) {
            for (size_t j = 0; j < 16; j += LANES * TILE_VECTORS)
                SET(tile)(16 / LANES < TILE_VECTORS ? 16 / LANES : TILE_VECTORS, taps, tap_count, lane, packed + j, 16,
                          bias, to + lane, j);
        } else {
            for (size_t j = 0; j < 32; j += LANES * TILE_VECTORS)
                SET(tile)(TILE_VECTORS, taps, tap_count, lane, packed + j, 32, bias, to + lane, j);
        }
    }
}

// c[i][width] += sum over positions of x[p][m + i] * dy[p][j ...], for TILE_ROWS values of m.
INLINE void SET(outer)(const int vectors, const float *const *x, const float *const *dy, size_t count, size_t m,
                       size_t j0, const size_t width, float *c) {
    VECTOR acc[TILE_ROWS][TILE_VECTORS];
    for (int i = 0; i < TILE_ROWS; i++)
        for (int j = 0; j < vectors; j++) acc[i][j] = *(const VECTOR *)(c + (size_t)i * width + LANES * j);
    for (size_t p = 0; p < count; p++) {
        const float *row = x[p] + m, *gradient = dy[p] + j0;
        VECTOR v[TILE_VECTORS];
        for (int j = 0; j < vectors; j++) v[j] = *(const VECTOR *)(gradient + LANES * j);
        for (int i = 0; i < TILE_ROWS; i++)
            for (int j = 0; j < vectors; j++) acc[i][j] += row[i] * v[j];
    }
    for (int i = 0; i < TILE_ROWS; i++)
        for (int j = 0; j < vectors; j++) *(VECTOR *)(c + (size_t)i * width + LANES * j) = acc[i][j];
}

// c[m][width] += sum over positions of x[p][m] * dy[p][.], for m below the depth rounded up to TILE_ROWS.
TARGET static void SET(band)(const float *const *x, const float *const *dy, size_t count, size_t depth, size_t width,
                             float *c) {
    for (size_t m = 0; m < depth; m += TILE_ROWS) {
        if (width == 16) {
            for (size_t j = 0; j < 16; j += LANES * TILE_VECTORS)
                SET(outer)(16 / LANES < TILE_VECTORS ? 16 / LANES : TILE_VECTORS, x, dy, count, m, j, 16,
                           c + m * 16 + j);
        } else {
            for (size_t j = 0; j < 32; j += LANES * TILE_VECTORS)
                SET(outer)(TILE_VECTORS, x, dy, count, m, j, 32, c + m * 32 + j);
        }
    }
}

// x[0 ..< n], zeros behind it. Reads up to LANES - 1 floats behind, which tensors have room for.
TARGET INLINE VECTOR SET(head)(const float *x, size_t n) {
    const MASK mask = *(const MASK *)(lane_masks + 16 - n);
    return (VECTOR)(*(const MASK *)x & mask);
}

// sums[position] = inner product of all taps with the weights, for CK_TILE_POSITIONS positions.
TARGET static void SET(dots)(const ck_tap *taps, size_t tap_count, const float *weights, float *sums) {
    VECTOR acc[CK_TILE_POSITIONS];
    for (int i = 0; i < CK_TILE_POSITIONS; i++) acc[i] = (VECTOR){0};
    for (size_t t = 0; t < tap_count; t++) {
        const float *w = weights + taps[t].depth;
        const size_t length = taps[t].length;
        size_t k = 0;
        for (; k + LANES <= length; k += LANES) {
            const VECTOR v = *(const VECTOR *)(w + k);
            for (int i = 0; i < CK_TILE_POSITIONS; i++) acc[i] += *(const VECTOR *)(taps[t].rows[i] + k) * v;
        }
        if (k < length) {
            const VECTOR v = SET(head)(w + k, length - k);
            for (int i = 0; i < CK_TILE_POSITIONS; i++) acc[i] += SET(head)(taps[t].rows[i] + k, length - k) * v;
        }
    }
    float lanes[CK_TILE_POSITIONS][LANES];
    for (int i = 0; i < CK_TILE_POSITIONS; i++) *(VECTOR *)lanes[i] = acc[i];
    sum_rows_8(&lanes[0][0], LANES, sums);
}

// result[m] += sum over positions of factors[p] * x[p][m], for m < depth.
TARGET static void SET(weighted)(const float *const *x, const float *factors, size_t count, size_t depth,
                                 float *result) {
    size_t m = 0;
    for (; m + 4 * LANES <= depth; m += 4 * LANES) {
        VECTOR acc[4] = {{0}, {0}, {0}, {0}};
        for (size_t p = 0; p < count; p++)
            for (int j = 0; j < 4; j++) acc[j] += factors[p] * *(const VECTOR *)(x[p] + m + j * LANES);
        for (int j = 0; j < 4; j++) *(VECTOR *)(result + m + j * LANES) += acc[j];
    }
    for (; m < depth; m += LANES) {
        const size_t rest = depth - m < LANES ? depth - m : LANES;
        VECTOR even = {0}, odd = {0};
        size_t p = 0;
        for (; p + 2 <= count; p += 2) {
            even += factors[p] * SET(head)(x[p] + m, rest);
            odd += factors[p + 1] * SET(head)(x[p + 1] + m, rest);
        }
        if (p < count) even += factors[p] * SET(head)(x[p] + m, rest);
        even += odd;
        for (size_t l = 0; l < rest; l++) result[m + l] += even[l];
    }
}
