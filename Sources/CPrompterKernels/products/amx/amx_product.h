// SPDX-License-Identifier: Apache-2.0
// Products of two matrices that change, by AMX: tiles of bfloat16 pairs, summed in float32.

#ifndef PROMPTER_AMX_PRODUCT_H
#define PROMPTER_AMX_PRODUCT_H

#include <stddef.h>

// c [m, n] = or, if it accumulates, += op(a) [m, k] op(b) [k, n], as prompter_product does it, on a
// CPU that has_bfloat16_tiles; 0 on success. A row's bits depend on nothing but the row and b.
int bfloat16_tiles_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k,
                           const float *a, const float *b, float *c, int accumulate);

#endif
