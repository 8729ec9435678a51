// SPDX-License-Identifier: Apache-2.0
// Products with a frozen weight by AMX: tiles of bfloat16 pairs, summed in float32.
//
// A tile of sums takes one pair of the depth after another, whatever rows stand beside it, so a
// row's bits depend on nothing but the row and the weight.

#ifndef PROMPTER_BFLOAT16_TILES_H
#define PROMPTER_BFLOAT16_TILES_H

#include "kept_panels.h"

// Whether this CPU has tiles of bfloat16 and the system lets this process use them, which Linux
// does when it is asked.
int has_bfloat16_tiles(void);

// The products of rows `x` [rows, k] into `y` [rows, n], which has room for whole thirty-twos of
// rows; 0 on success. The first one makes the pairs, under the lock.
int bfloat16_tiles_multiply(struct kept_panels *matrix, pthread_mutex_t *lock, const float *x,
                            size_t rows, float *y);

#endif
