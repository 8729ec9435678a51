// SPDX-License-Identifier: Apache-2.0

#include "prompter_rounded.h"

#include <string.h>

#include "elements/rounding.h"

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

void prompter_assemble_rows(struct prompter_rounded y, const struct prompter_rounded x[2],
                            const int32_t *slots, size_t count) {
  enum { line_size = rounded_columns * sizeof *y.tiles };
  size_t step = rounded_rows * rounded_columns;
  for (size_t r = 0; r < count; r++) {
    uint16_t *line = rounded_line(y, r, 0);
    const uint16_t *from = slots[r] >= 0 ? rounded_line(x[0], (size_t)slots[r], 0)
                                         : rounded_line(x[1], (size_t)(-1 - slots[r]), 0);
    for (size_t s = 0; s < y.steps; s++) memcpy(line + s * step, from + s * step, line_size);
  }
}

PROMPTER_CLONES
void prompter_add_copies(float *sums, struct prompter_rounded x, const int32_t *slots, size_t count,
                         size_t columns) {
  for (size_t r = 0; r < count; r++) {
    if (slots[r] >= 0) continue;
    float *to = sums + (size_t)(-1 - slots[r]) * columns;
    for (size_t c = 0; c < columns; c += rounded_columns) {
      const uint16_t *line = rounded_line(x, r, c);
      size_t some = at_most(rounded_columns, columns - c);
      for (size_t i = 0; i < some; i++) to[c + i] += widened(line[i]);
    }
  }
}
