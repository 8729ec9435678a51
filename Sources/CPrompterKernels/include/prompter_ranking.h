// SPDX-License-Identifier: Apache-2.0
// What choosing tokens by their logits needs.

#ifndef PROMPTER_RANKING_H
#define PROMPTER_RANKING_H

#include <stddef.h>
#include <stdint.h>

/// sums[r] = log sum over c of e^x[r][c].
void prompter_log_sums(float *sums, const float *x, size_t rows, size_t columns);

/// The indices of the `count` largest values of each row, largest first; of equal ones the first
/// comes first. `count` is at most `columns`.
void prompter_largest(int32_t *indices, const float *x, size_t count, size_t rows, size_t columns);

#endif
