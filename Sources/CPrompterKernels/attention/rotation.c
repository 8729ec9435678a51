// SPDX-License-Identifier: Apache-2.0

#include "prompter_rotation.h"

#include <string.h>

#include "elements/rounding.h"

// Some pairs: (a, b) turned by their angles or, `sign` being -1, back.
PROMPTER_INLINE void turn(float *restrict a, float *restrict b, const float *restrict cosine,
                          const float *restrict sine, float sign, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float first = a[i], second = b[i], share = sign * sine[i];
    a[i] = first * cosine[i] - second * share;
    b[i] = second * cosine[i] + first * share;
  }
}

PROMPTER_CLONES
void prompter_rotate(const struct prompter_rotation *by, float *y, const float *x, size_t rows,
                     size_t columns, size_t heads) {
  size_t half = by->size / 2;
  float sign = by->is_backward ? -1.0f : 1.0f;
  memcpy(y, x, rows * columns * sizeof *y);
  for (size_t r = 0; r < rows; r++) {
    const float *angles = by->table + (size_t)by->places[r] * by->size;
    for (size_t h = 0; h < heads; h++) {
      float *head = y + r * columns + h * by->size;
      turn(head, head + half, angles, angles + half, sign, half);
    }
  }
}

// As many of a head's pairs as a tile has columns at a time: their lines are whole if halves are.
PROMPTER_INLINE void rotate_rounded(const struct prompter_rotation *by, struct prompter_rounded x,
                                    size_t row, size_t column, float sign, const size_t count,
                                    const float *angles) {
  size_t half = by->size / 2;
  float a[rounded_columns], b[rounded_columns];
  widen_columns(x, row, 1, column, count, a);
  widen_columns(x, row, 1, column + half, count, b);
  turn(a, b, angles, angles + half, sign, count);
  narrow_columns(x, row, 1, column, count, a);
  narrow_columns(x, row, 1, column + half, count, b);
}

PROMPTER_CLONES
void prompter_rotate_rounded(const struct prompter_rotation *by, struct prompter_rounded x,
                             size_t rows, size_t heads) {
  size_t half = by->size / 2;
  float sign = by->is_backward ? -1.0f : 1.0f;
  for (size_t r = 0; r < rows; r++) {
    const float *angles = by->table + (size_t)by->places[r] * by->size;
    for (size_t h = 0; h < heads; h++) {
      for (size_t i = 0; i < half; i += rounded_columns) {
        size_t column = h * by->size + i;
        if (half - i >= rounded_columns) {
          rotate_rounded(by, x, r, column, sign, rounded_columns, angles + i);
        } else {
          rotate_rounded(by, x, r, column, sign, half - i, angles + i);
        }
      }
    }
  }
}
