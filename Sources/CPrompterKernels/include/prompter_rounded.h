// SPDX-License-Identifier: Apache-2.0
// Matrices in bfloat16, for what stands between products with rounded factors and attention.

#ifndef PROMPTER_ROUNDED_H
#define PROMPTER_ROUNDED_H

#include <stddef.h>
#include <stdint.h>

/// A matrix [rows, columns] of bfloat16 in tiles of 16 rows and 32 columns, [sixteen rows][`steps`
/// tiles][16][32]: what products by AMX read as it is, and where the lines of a head of 32 values,
/// one for each row, stand one after another. Columns beyond the last one are zeros, rows are
/// anything.
struct prompter_rounded {
  uint16_t *tiles;
  size_t steps;
};

/// The values that the tiles of a matrix have room for.
size_t prompter_rounded_size(size_t rows, size_t columns);

/// Rounds `count` rows x [count, columns] into the matrix's rows from `row` on.
void prompter_narrow_rows(struct prompter_rounded y, size_t row, size_t count, size_t columns,
                          const float *x);

/// x [count, columns] = the matrix's rows from `row` on.
void prompter_widen_rows(struct prompter_rounded y, size_t row, size_t count, size_t columns,
                         float *x);

/// Rows of others, of as many columns: y[s] = x[0][slots[s]] or, for -1 - i, x[1][i].
void prompter_assemble_rows(struct prompter_rounded y, const struct prompter_rounded x[2],
                            const int32_t *slots, size_t count);

/// sums[i] += x[s] for slots[s] = -1 - i: the second one's part of the pullback. `sums` has
/// `columns`.
void prompter_add_copies(float *sums, struct prompter_rounded x, const int32_t *slots, size_t count,
                         size_t columns);

#endif
