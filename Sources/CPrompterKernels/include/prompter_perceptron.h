// SPDX-License-Identifier: Apache-2.0
// Two frozen weights with an activation between them. A few rows at a time go through both, so that
// what stands between never leaves the second cache.

#ifndef PROMPTER_PERCEPTRON_H
#define PROMPTER_PERCEPTRON_H

#include "prompter_activation.h"
#include "prompter_products.h"

struct prompter_perceptron {
  struct prompter_matrix *inner, *outer;  // [hidden, inputs] and [outputs, hidden]
  size_t inputs, hidden, outputs;
  const float *bias;  // [hidden], before the activation; NULL for none
  enum prompter_activation kind;
  enum prompter_slope format;
  // Whether the activation is gated: activation(a) * b. The inner weight, and the bias, then have
  // 2 * hidden rows: sixteen of a, the sixteen of b, and so on; `hidden` is a multiple of 32.
  // Slopes of both halves are kept in bfloat16. Only for weights in tiles.
  int is_gated;
};

/// Whether gated perceptrons of weights in bfloat16 can be computed: whether those are in tiles.
int prompter_perceptron_gates(void);

/// The bytes that a gated perceptron's slopes of so many rows take.
size_t prompter_gated_slope_bytes(size_t rows, size_t hidden);

/// y [rows, outputs] = activation(x inner^T + bias) outer^T for x [rows, inputs], and the
/// activation's derivatives into `slopes`, unless that is NULL, in an order of its own: there is
/// room for them in whole thirty-twos of rows and columns. x and y have the room that products ask
/// for. Returns 0 on success.
int prompter_perceptron_multiply(const struct prompter_perceptron *p, const float *x, size_t rows,
                                 float *y, void *slopes);

/// dx [rows, inputs] = (dy outer * slopes) inner, the pullback, likewise.
int prompter_perceptron_pullback(const struct prompter_perceptron *p, const float *dy, size_t rows,
                                 const void *slopes, float *dx);

#endif
