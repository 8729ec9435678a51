// SPDX-License-Identifier: Apache-2.0
// What is computed from logits, `rows` x `columns`, row-major.

#ifndef PROMPTER_LOSS_H
#define PROMPTER_LOSS_H

#include <stddef.h>
#include <stdint.h>

/// Sum over rows of the cross-entropy in nats plus `z_loss` (log Z)^2, where log Z is the logarithm
/// of the softmax's denominator. Rows whose label is negative count for nothing. `gradient` (may be
/// NULL) gets the sum's derivative times `gradient_scale`.
double prompter_cross_entropy(float *gradient, const float *logits, const int32_t *labels,
                              float gradient_scale, double z_loss, size_t rows, size_t columns);

/// y[r] = softmax(x[r]).
void prompter_softmax(float *y, const float *x, size_t rows, size_t columns);

#endif
