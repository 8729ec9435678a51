// SPDX-License-Identifier: Apache-2.0

#include "prompter_rotation.h"

#include <string.h>

#include "elements/rounding.h"
#include "products/amx/amx_epilogue.h"

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
static void rotate_any(const struct prompter_rotation *by, struct prompter_rounded x, size_t rows,
                       size_t heads) {
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

#if defined(__x86_64__) && defined(__linux__)

// The same for halves of whole lines, where the CPU rounds to bfloat16 itself. All heads of a row
// are turned by the same angles.
PROMPTER_AMX static void rotate_lines(const struct prompter_rotation *by, struct prompter_rounded x,
                                      size_t rows, size_t heads) {
  size_t half = by->size / 2;
  for (size_t r = 0; r < rows; r++) {
    const float *angles = by->table + (size_t)by->places[r] * by->size;
    for (size_t i = 0; i < half; i += deep) {
      __m512 cosine[2], sine[2];
      for (size_t j = 0; j < 2; j++) {
        cosine[j] = _mm512_loadu_ps(angles + i + 16 * j);
        sine[j] = _mm512_loadu_ps(angles + half + i + 16 * j);
        if (by->is_backward) sine[j] = _mm512_sub_ps(_mm512_setzero_ps(), sine[j]);
      }
      for (size_t h = 0; h < heads; h++) {
        uint16_t *a = rounded_line(x, r, h * by->size + i);
        uint16_t *b = rounded_line(x, r, h * by->size + half + i);
        __m512 first[2], second[2];
        for (size_t j = 0; j < 2; j++) {
          __m512 p = widened_half(a, (int)j), q = widened_half(b, (int)j);
          first[j] = _mm512_fmsub_ps(p, cosine[j], _mm512_mul_ps(q, sine[j]));
          second[j] = _mm512_fmadd_ps(q, cosine[j], _mm512_mul_ps(p, sine[j]));
        }
        _mm512_store_si512(a, (__m512i)_mm512_cvtne2ps_pbh(first[1], first[0]));
        _mm512_store_si512(b, (__m512i)_mm512_cvtne2ps_pbh(second[1], second[0]));
      }
    }
  }
}

void prompter_rotate_rounded(const struct prompter_rotation *by, struct prompter_rounded x,
                             size_t rows, size_t heads) {
  int has_lines = by->size % (2 * rounded_columns) == 0 && has_bfloat16_tiles();
  (has_lines ? rotate_lines : rotate_any)(by, x, rows, heads);
}

#else

void prompter_rotate_rounded(const struct prompter_rotation *by, struct prompter_rounded x,
                             size_t rows, size_t heads) {
  rotate_any(by, x, rows, heads);
}

#endif
