// SPDX-License-Identifier: Apache-2.0
// Activations without a bias, plain and gated (Shazeer 2020).

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

/// y = activation(x); `slope` (may be NULL) gets the derivative there.
void prompter_activate(float *y, float *slope, const float *x, enum prompter_activation kind,
                       size_t count);

/// y[r] = activation(x[r][0 ..< columns]) * x[r][columns ..< 2 columns], for x [rows, 2 columns].
/// `slope` (may be NULL), of x's shape, gets the derivatives by both halves.
void prompter_activate_gated(float *y, float *slope, const float *x, enum prompter_activation kind,
                             size_t rows, size_t columns);

/// dx[r] = slope[r] * dy[r], once for each half: the pullback of the gated activation.
void prompter_activate_gated_backward(float *dx, const float *slope, const float *dy, size_t rows,
                                      size_t columns);

#endif
