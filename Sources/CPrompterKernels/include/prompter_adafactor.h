// SPDX-License-Identifier: Apache-2.0
// Adafactor (Shazeer and Stern 2018): see PrompterKernels.

#ifndef PROMPTER_ADAFACTOR_H
#define PROMPTER_ADAFACTOR_H

#include <stddef.h>

/// How the second moment takes in the gradients of one step.
struct prompter_adafactor {
  float gradient_scale;  ///< What every gradient is multiplied by first.
  float retained;        ///< The share of the old moment that stays.
  float mixed;           ///< The share of the new squares, 1 - retained without its rounding.
  float epsilon;         ///< Added to every square.
};

/// second = retained second + mixed (g^2 + epsilon) and y = g / sqrt(second).
void prompter_adafactor_direction(float *y, float *second, const float *gradient,
                                  const struct prompter_adafactor *numbers, size_t count);

/// The same with a second moment of which only the means over columns, `row_means` [rows], and over
/// rows, `column_means` [columns], are kept: its value at (r, c) is
/// row_means[r] column_means[c] / (the mean of row_means).
void prompter_adafactor_factored_direction(float *y, float *row_means, float *column_means,
                                           const float *gradient,
                                           const struct prompter_adafactor *numbers, size_t rows,
                                           size_t columns);

/// parameter = kept parameter - u with u = scale y, or, with a first moment (may be NULL),
/// u = first = beta1 first + (1 - beta1) scale y.
void prompter_adafactor_step(float *parameter, float *first, const float *y, float scale,
                             float beta1, float kept, size_t count);

#endif
