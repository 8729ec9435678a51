// SPDX-License-Identifier: Apache-2.0

#include "prompter_rounded.h"

#include "rounding.h"

size_t prompter_rounded_size(size_t rows, size_t columns) {
  size_t steps = (columns + rounded_columns - 1) / rounded_columns;
  return (rows + rounded_rows - 1) / rounded_rows * steps * rounded_rows * rounded_columns;
}

PROMPTER_CLONES
void prompter_narrow_rows(struct prompter_rounded y, size_t row, size_t count, size_t columns,
                          const float *x) {
  narrow_columns(y, row, count, 0, columns, x);
}

PROMPTER_CLONES
void prompter_widen_rows(struct prompter_rounded y, size_t row, size_t count, size_t columns,
                         float *x) {
  widen_columns(y, row, count, 0, columns, x);
}
