// SPDX-License-Identifier: Apache-2.0
// Products with a frozen weight by AMX: tiles of bfloat16 pairs, summed in float32.
//
// A tile of sums takes one pair of the depth after another, whatever rows stand beside it, so a
// row's bits depend on nothing but the row and the weight.

#ifndef PROMPTER_AMX_PANELS_H
#define PROMPTER_AMX_PANELS_H

#include "products/kept_panels.h"
#include "prompter_activation.h"

// Whether this CPU has tiles of bfloat16 and the system lets this process use them, which Linux
// does when it is asked.
int has_bfloat16_tiles(void);

// The products of rows `x` [rows, k] into `y` [rows, n], which has room for whole thirty-twos of
// rows; 0 on success. The first one makes the pairs.
int bfloat16_tiles_multiply(struct kept_panels *matrix, const float *x, size_t rows, float *y);

// The same of rows that stand in tiles already, as a prompter_rounded has them.
int bfloat16_tiles_multiply_rounded(struct kept_panels *matrix, const uint16_t *tiles, size_t rows,
                                    float *y);

// The products of rows `x`, `bias` [n] added unless it is NULL, rounded into the tiles of a
// prompter_rounded [rows, n].
int bfloat16_tiles_round_product(struct kept_panels *matrix, const float *x, const float *bias,
                                 size_t rows, uint16_t *y);

// What becomes of the first of two products before the second takes it: an activation, or its
// pullback. As in prompter_perceptron.h; `format` is not exact.
struct tiles_between {
  const float *bias;
  enum prompter_activation kind;
  enum prompter_slope format;
  char *slopes;  // written, or read where `is_backward`; NULL: not wanted
  int is_backward;
  int is_gated;  // as in prompter_perceptron.h
};

// Both products, the first one's n being the second one's k. What stands between is rounded as it
// comes and never stored as float32.
int bfloat16_tiles_chain(struct kept_panels *first, struct kept_panels *second,
                         const struct tiles_between *between, const float *x, size_t rows,
                         float *y);

#endif
