// SPDX-License-Identifier: Apache-2.0
// Rounding to bfloat16, and the rows of matrices of it, inlined where they are used.

#ifndef PROMPTER_ROUNDING_H
#define PROMPTER_ROUNDING_H

#include "elements/vector.h"
#include "prompter_rounded.h"

// A tile of a rounded matrix has so many rows and columns.
enum { rounded_rows = 16, rounded_columns = 32 };

// The upper half of a float32's bits, rounded; the lower half is zeros. Half a unit of what is kept
// is 0x8000: adding 0x7fff carries if more than half is cut off, and one more if it is exactly half
// and what is kept is odd. A carry out of the fraction is the next exponent, up to infinity.
PROMPTER_INLINE uint32_t rounded(float value) {
  uint32_t bits = (uint32_t)float_to_bits(value);
  uint32_t nearest = bits + 0x7fffu + (bits >> 16 & 1u);
  uint32_t quiet = bits | 0x00400000u;  // a NaN must not be carried into something else
  int is_nan = (int32_t)(bits & 0x7fffffffu) > 0x7f800000;
  return (is_nan ? quiet : nearest) & 0xffff0000u;
}

PROMPTER_INLINE uint16_t narrowed(float value) { return (uint16_t)(rounded(value) >> 16); }

PROMPTER_INLINE float widened(uint16_t half) {
  return bits_to_float((int32_t)((uint32_t)half << 16));
}

// The tile line where a row's columns from `column` to the end of their thirty-two stand.
PROMPTER_INLINE uint16_t *rounded_line(struct prompter_rounded m, size_t row, size_t column) {
  size_t tile = row / rounded_rows * m.steps + column / rounded_columns;
  return m.tiles + (tile * rounded_rows + row % rounded_rows) * rounded_columns +
         column % rounded_columns;
}

// y [count, columns] = some columns, from `column` on, of some rows. Whole tiles are copied line by
// line without asking how many values are left.
PROMPTER_INLINE void widen_columns(struct prompter_rounded m, size_t row, size_t count,
                                   size_t column, size_t columns, float *restrict y) {
  int is_whole = column % rounded_columns == 0 && columns % rounded_columns == 0;
  for (size_t r = 0; r < count; r++, y += columns) {
    for (size_t c = 0, some; c < columns; c += some) {
      const uint16_t *restrict line = rounded_line(m, row + r, column + c);
      some = rounded_columns;
      if (is_whole) {
        for (size_t i = 0; i < rounded_columns; i++) y[c + i] = widened(line[i]);
        continue;
      }
      some = at_most(rounded_columns - (column + c) % rounded_columns, columns - c);
      for (size_t i = 0; i < some; i++) y[c + i] = widened(line[i]);
    }
  }
}

// The other way round.
PROMPTER_INLINE void narrow_columns(struct prompter_rounded m, size_t row, size_t count,
                                    size_t column, size_t columns, const float *restrict x) {
  int is_whole = column % rounded_columns == 0 && columns % rounded_columns == 0;
  for (size_t r = 0; r < count; r++, x += columns) {
    for (size_t c = 0, some; c < columns; c += some) {
      uint16_t *restrict line = rounded_line(m, row + r, column + c);
      some = rounded_columns;
      if (is_whole) {
        for (size_t i = 0; i < rounded_columns; i++) line[i] = narrowed(x[c + i]);
        continue;
      }
      some = at_most(rounded_columns - (column + c) % rounded_columns, columns - c);
      for (size_t i = 0; i < some; i++) line[i] = narrowed(x[c + i]);
    }
  }
}

#endif
