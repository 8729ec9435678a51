// SPDX-License-Identifier: Apache-2.0
// Layer normalisation (Ba et al. 2016), with the residual and the bias that stand before it, and
// that by the root mean square (Zhang and Sennrich 2019), with the residual's sum.

#ifndef PROMPTER_NORM_H
#define PROMPTER_NORM_H

#include <stddef.h>

/// y[r] = normal(x[r] + bias + residual[r]) * gain + offset, where normal subtracts the mean and
/// divides by sqrt(variance + epsilon). `bias` and `residual` may be NULL. `normalized` and
/// `inverse_deviation` (both may be NULL) get what the backward pass needs.
void prompter_layer_norm(float *y, float *normalized, float *inverse_deviation, const float *x,
                         const float *bias, const float *residual, const float *gain,
                         const float *offset, float epsilon, size_t rows, size_t columns);

/// dx[r] = the gradient of the sum that was normalised. `dgain` and `doffset` (may be NULL) are
/// added to.
void prompter_layer_norm_backward(float *dx, float *dgain, float *doffset, const float *dy,
                                  const float *normalized, const float *inverse_deviation,
                                  const float *gain, size_t rows, size_t columns);

/// sum[r] = x[r] + added[r], then y[r] = normal(sum[r]) * gain + offset, for layers that normalise
/// what they read and leave the sum to go on beside them. With `added` NULL the sum is x itself and
/// `sum` is not written; `offset` may be NULL. `moments` [rows, 2] (may be NULL) gets each row's
/// mean and inverse deviation.
void prompter_layer_norm_of_sum(float *y, float *sum, float *moments, const float *x,
                                const float *added, const float *gain, const float *offset,
                                float epsilon, size_t rows, size_t columns);

/// dsum[r] = `further`[r] (may be NULL) + the gradient of the sum through y. `dgain` and `doffset`
/// (may be NULL) are added to.
void prompter_layer_norm_of_sum_backward(float *dsum, float *dgain, float *doffset,
                                         const float *dy, const float *further, const float *sum,
                                         const float *moments, const float *gain, size_t rows,
                                         size_t columns);

/// sum[r] = x[r] + added[r], then y[r] = sum[r] / sqrt(mean of its squares + epsilon) * gain. With
/// `added` NULL the sum is x itself and `sum` is not written. `inverse_root` (may be NULL) gets the
/// first factor of each row.
void prompter_rms_norm(float *y, float *sum, float *inverse_root, const float *x,
                       const float *added, const float *gain, float epsilon, size_t rows,
                       size_t columns);

/// dsum[r] = `further`[r] (may be NULL) + the gradient of the sum through y. `dgain` (may be NULL)
/// is added to.
void prompter_rms_norm_backward(float *dsum, float *dgain, const float *dy, const float *further,
                                const float *sum, const float *inverse_root, const float *gain,
                                size_t rows, size_t columns);

#endif
