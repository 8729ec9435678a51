// SPDX-License-Identifier: Apache-2.0
// Activations, plain and gated (Shazeer 2020).

#ifndef PROMPTER_ACTIVATION_H
#define PROMPTER_ACTIVATION_H

#include <stddef.h>

enum prompter_activation {
  /// max(0, x).
  prompter_activation_relu,
  /// x Phi(x), by the error function.
  prompter_activation_gelu,
  /// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
  prompter_activation_gelu_tanh,
  /// x / (1 + e^-x).
  prompter_activation_silu,
};

/// How derivatives are kept for the backward pass.
enum prompter_slope {
  /// As float32.
  prompter_slope_exact,
  /// As 16-bit integers from -0.5 to 1.5, which hold those of all activations: off by 1.5e-5 at
  /// most. Those of what is no number are lost.
  prompter_slope_short,
  /// As a bit, for max(0, x).
  prompter_slope_bit,
};

/// The bytes that the derivatives of a row of `columns` values take.
size_t prompter_slope_bytes(enum prompter_slope format, size_t columns);

/// y = activation(x + bias) for rows of `columns` values; `bias` [columns] may be NULL. `slopes`
/// (may be NULL) gets the derivatives there.
void prompter_activate(float *y, void *slopes, enum prompter_slope format, const float *x,
                       const float *bias, enum prompter_activation kind, size_t rows,
                       size_t columns);

/// dx = dy * slopes: the pullback where derivatives take a bit or 16; where they are exact it is
/// prompter_multiply.
void prompter_activate_backward(float *dx, const float *dy, const void *slopes,
                                enum prompter_slope format, size_t rows, size_t columns);

/// y[r] = activation(x[r][0 ..< columns]) * x[r][columns ..< 2 columns], for x [rows, 2 columns].
/// `slope` (may be NULL), of x's shape, gets the derivatives by both halves.
void prompter_activate_gated(float *y, float *slope, const float *x, enum prompter_activation kind,
                             size_t rows, size_t columns);

/// dx[r] = slope[r] * dy[r], once for each half: the pullback of the gated activation.
void prompter_activate_gated_backward(float *dx, const float *slope, const float *dy, size_t rows,
                                      size_t columns);

#endif
