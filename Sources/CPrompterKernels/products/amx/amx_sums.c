// SPDX-License-Identifier: Apache-2.0

#include "products/amx/amx_sums.h"

#if defined(__x86_64__) && defined(__linux__)

#include <string.h>

static void copy(const float *from, size_t stride, size_t rows, size_t columns, float *to,
                 size_t target_stride) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(to + r * target_stride, from + r * stride, columns * sizeof *to);
  }
}

// At most 32 rows and columns of c.
PROMPTER_AMX_INLINE void multiply_some(struct factors *f, size_t rows, size_t columns, float *c,
                                       size_t stride, int accumulate) {
  _Alignas(64) float sums[2 * lines * wide];
  struct waiting none = {0};
  if (rows >= 2 * lines && columns >= wide) {
    f->target = (const char *)c;
    f->target_stride = stride * sizeof *c;
    if (accumulate) f->begun = c;
    f->begun_stride = stride;
    multiply_tiles(f, c, stride, 0, &none, passing_bit);
    return;
  }
  rows = at_most(rows, 2 * lines);
  columns = at_most(columns, wide);
  if (accumulate) {
    memset(sums, 0, sizeof sums);
    copy(c, stride, rows, columns, sums, wide);
    f->begun = sums;
    f->begun_stride = wide;
  }
  multiply_tiles(f, sums, wide, 0, &none, passing_bit);
  copy(sums, wide, rows, columns, c, stride);
}

// Some steps of a block's product.
PROMPTER_AMX_INLINE void add_piece(const struct block_factors *b, size_t first, size_t steps, float *c,
                                   int accumulate) {
  for (size_t column = 0; column < b->columns; column += wide) {
    for (size_t row = 0; row < b->rows; row += 2 * lines) {
      struct factors factors = factors_of(b, first, steps, row, column);
      multiply_some(&factors, b->rows - row, b->columns - column, c + row * b->columns + column,
                    b->columns, accumulate);
    }
  }
}

PROMPTER_AMX void bfloat16_sums(const struct block_factors *b, float *c, int accumulate) {
  size_t steps = steps_of(b->depth), most = b->depth > deepest ? piece : steps;
  for (size_t step = 0; step < steps; step += most) {
    add_piece(b, step, at_most(most, steps - step), c, accumulate || step > 0);
  }
}

#endif
