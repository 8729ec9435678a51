// SPDX-License-Identifier: Apache-2.0
// Loops over elements and rows. Every matrix is row-major; `rows` x `columns` unless said.

#ifndef PROMPTER_ELEMENTS_H
#define PROMPTER_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

/// y += x.
void prompter_add(float *y, const float *x, size_t count);
/// y = a x.
void prompter_scale(float *y, const float *x, float a, size_t count);
/// The sum of squares, in double precision.
double prompter_sum_of_squares(const float *x, size_t count);
/// Whether every value is finite.
int prompter_all_finite(const float *x, size_t count);
/// Whether x and y hold the same bits.
int prompter_same_bits(const float *x, const float *y, size_t count);

/// y[r] += bias.
void prompter_add_bias(float *y, const float *bias, size_t rows, size_t columns);
/// sums[c] += sum over r of x[r][c].
void prompter_add_column_sums(float *sums, const float *x, size_t rows, size_t columns);

/// z = x * y, element by element.
void prompter_multiply(float *z, const float *x, const float *y, size_t count);
/// y = tanh(x).
void prompter_tanh(float *y, const float *x, size_t count);
/// dx = dy (1 - y^2).
void prompter_tanh_backward(float *dx, const float *dy, const float *y, size_t count);

/// Copies `rows` rows of `columns` values between matrices with their own strides.
void prompter_copy_rows(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                        size_t columns);
/// y[r] = x[index[r]].
void prompter_gather_rows(float *y, const float *x, const int32_t *index, size_t rows,
                          size_t columns);
/// y[index[r]] = x[r] for `rows` rows of `columns` values with strides of their own.
void prompter_place_rows(float *y, size_t y_stride, const float *x, size_t x_stride,
                         const int32_t *index, size_t rows, size_t columns);
/// y += x for `rows` rows of `columns` values with strides of their own.
void prompter_add_rows(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                       size_t columns);
/// x[s] = tokens[ids[s]] + positions[place[s]] + segments[segment[s]]; a negative id -1 - i means
/// row i of `virtual_tokens`.
void prompter_embed(float *x, const float *tokens, const float *virtual_tokens,
                    const float *positions, const float *segments, const int32_t *ids,
                    const int32_t *place, const int32_t *segment, size_t slots, size_t width);
/// x[s] = tokens[ids[s]]; a negative id -1 - i means row i of `virtual_tokens`.
void prompter_embed_words(float *x, const float *tokens, const float *virtual_tokens,
                          const int32_t *ids, size_t slots, size_t width);
/// y[index[r]] += x[r] where the index is not negative.
void prompter_scatter_add_rows(float *y, const float *x, const int32_t *index, size_t rows,
                               size_t columns);
/// y[r] = mean of x[begin[r] ..< end[r]].
void prompter_mean_rows(float *y, const float *x, const int32_t *begin, const int32_t *end,
                        size_t rows, size_t columns);
/// dx[t] += dy[r] / (end[r] - begin[r]) for t in begin[r] ..< end[r].
void prompter_mean_rows_backward(float *dx, const float *dy, const int32_t *begin,
                                 const int32_t *end, size_t rows, size_t columns);

/// y = x with each value zeroed with probability `threshold` / 2^32, the others multiplied by
/// `scale`. Value c of row r is decided by (key, row_keys[r], c) alone.
void prompter_dropout(float *y, const float *x, uint32_t key, const uint32_t *row_keys,
                      uint32_t threshold, float scale, size_t rows, size_t columns);

/// The numbers of one AdamW step; those of PrompterKernels' AdamWStep.
struct prompter_adamw_step {
  float gradient_scale, rate, beta1, beta2, epsilon, weight_decay, correction1, correction2;
};

/// One step of AdamW (Loshchilov and Hutter 2019, Algorithm 2): see PrompterKernels.
void prompter_adamw(float *parameter, float *first, float *second, const float *gradient,
                    const struct prompter_adamw_step *step, size_t count);

/// The same for row row[s] of a parameter, whose moments are in row s and whose gradient is in row
/// place[s] of theirs, or `zeros` where that is negative.
void prompter_adamw_rows(float *parameter, float *first, float *second, const float *gradient,
                         const float *zeros, const int32_t *row, const int32_t *place,
                         const struct prompter_adamw_step *step, size_t slots, size_t columns);

/// The same where moments and gradient are zeros: the decay alone.
void prompter_adamw_decay(float *parameter, const struct prompter_adamw_step *step, size_t count);

#endif
