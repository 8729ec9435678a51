// SPDX-License-Identifier: Apache-2.0
// Products of small matrices, inlined where they are used: those inside attention, where a library
// call for each head of each row would cost more than the product, and the tiles of large ones.

#ifndef PROMPTER_SMALL_PRODUCT_H
#define PROMPTER_SMALL_PRODUCT_H

#include <stddef.h>

#include "elements/vector.h"

// A matrix given by a pointer and two strides: value (i, j) is at p[i * row + j * step].
struct strided {
  const float *p;
  size_t row, step;
};

// What the next tiles will read, fetched while one is computed, if it is: `step` values for each
// value of the depth.
struct ahead {
  int is_fetched;  // a constant after inlining
  const float *next;
  size_t step;
};

// Sixteen columns for each of `vectors`, of `count` rows (constants after inlining): c = a b, or
// c += a b. Six sums fill the registers of AVX2, twenty-four those of AVX-512. A row's sums are
// taken in the order of the depth, whatever the two are.
PROMPTER_INLINE void product_tile(const size_t count, const size_t vectors, size_t depth,
                                  struct strided a, const float *b, size_t b_stride, float *c,
                                  size_t c_stride, int accumulate, struct ahead ahead) {
  v16 sum[24] = {0};
#pragma clang loop unroll_count(2)
  for (size_t k = 0; k < depth; k++, a.p += a.step, b += b_stride) {
    if (ahead.is_fetched) {
      __builtin_prefetch(ahead.next);
      ahead.next += ahead.step;
    }
#pragma clang loop unroll(full)
    for (size_t j = 0; j < vectors; j++) {
      v16 row = load16(b + 16 * j);
#pragma clang loop unroll(full)
      for (size_t r = 0; r < count; r++) sum[r * vectors + j] += a.p[r * a.row] * row;
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < count * vectors; i++) {
    float *target = c + i / vectors * c_stride + i % vectors * 16;
    store16(target, accumulate ? load16(target) + sum[i] : sum[i]);
  }
}

// Sixteen columns of a count of rows from 1 to 6 that is known only when it runs.
PROMPTER_INLINE void product_rows(size_t count, size_t depth, struct strided a, const float *b,
                                  size_t b_stride, float *c, size_t c_stride, int accumulate,
                                  struct ahead ahead) {
  switch (count) {
    case 6: product_tile(6, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead); break;
    case 5: product_tile(5, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead); break;
    case 4: product_tile(4, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead); break;
    case 3: product_tile(3, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead); break;
    case 2: product_tile(2, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead); break;
    default: product_tile(1, 1, depth, a, b, b_stride, c, c_stride, accumulate, ahead);
  }
}

// The columns that do not fill a vector.
PROMPTER_INLINE void product_rest(size_t rows, size_t columns, size_t depth, struct strided a,
                                  const float *b, size_t b_stride, float *c, size_t c_stride,
                                  int accumulate) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t j = 0; j < columns; j++) {
      float sum = accumulate ? c[r * c_stride + j] : 0.0f;
      for (size_t k = 0; k < depth; k++) {
        sum += a.p[r * a.row + k * a.step] * b[k * b_stride + j];
      }
      c[r * c_stride + j] = sum;
    }
  }
}

// small_product in AVX-512, whose registers are twice as many and twice as large.
void wide_product(size_t rows, size_t columns, size_t depth, struct strided a, const float *b,
                  size_t b_stride, float *c, size_t c_stride, int accumulate);

// c [rows, columns] = a [rows, depth] b [depth, columns], or c += a b. The rows of b and c are
// contiguous; a may be transposed by its strides. `is_wide`, a constant after inlining, is for
// callers that has_wide_registers.
PROMPTER_INLINE void small_product(const int is_wide, size_t rows, size_t columns, size_t depth,
                                   struct strided a, const float *b, size_t b_stride, float *c,
                                   size_t c_stride, int accumulate) {
  if (is_wide) {
    wide_product(rows, columns, depth, a, b, b_stride, c, c_stride, accumulate);
    return;
  }
  size_t whole = columns / 16 * 16;
  // As few blocks of rows as there can be, of nearly equal numbers: one row takes as long as four.
  size_t blocks = (rows + 5) / 6;
  for (size_t r = 0, count; r < rows; r += count, blocks--) {
    count = (rows - r + blocks - 1) / blocks;
    struct strided block = {a.p + r * a.row, a.row, a.step};
    float *target = c + r * c_stride;
    const struct ahead nothing = {0, NULL, 0};
    size_t j = 0;
    // The sums of one row would wait for each other, so more go on at once.
    for (; count == 1 && j + 64 <= whole; j += 64) {
      product_tile(1, 4, depth, block, b + j, b_stride, target + j, c_stride, accumulate, nothing);
    }
    for (; count == 1 && j + 32 <= whole; j += 32) {
      product_tile(1, 2, depth, block, b + j, b_stride, target + j, c_stride, accumulate, nothing);
    }
    for (; j < whole; j += 16) {
      product_rows(count, depth, block, b + j, b_stride, target + j, c_stride, accumulate, nothing);
    }
    if (whole < columns) {
      product_rest(count, columns - whole, depth, block, b + whole, b_stride, target + whole,
                   c_stride, accumulate);
    }
  }
}

typedef float v8 __attribute__((vector_size(32)));
typedef float v8_unaligned __attribute__((vector_size(32), aligned(4)));

// Eight vectors of eight values, transposed.
PROMPTER_INLINE void transpose_registers(v8 a[8], v8 b[8]) {
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r += 2) {
    b[r] = __builtin_shufflevector(a[r], a[r + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    b[r + 1] = __builtin_shufflevector(a[r], a[r + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r += 4) {
#pragma clang loop unroll(full)
    for (int s = 0; s < 2; s++) {
      v8 low = b[r + s], high = b[r + s + 2];
      a[r + s] = __builtin_shufflevector(low, high, 0, 1, 8, 9, 4, 5, 12, 13);
      a[r + s + 2] = __builtin_shufflevector(low, high, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 4; r++) {
    b[r] = __builtin_shufflevector(a[r], a[r + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    b[r + 4] = __builtin_shufflevector(a[r], a[r + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Eight columns from `column` of eight rows, transposed in registers.
PROMPTER_INLINE void transpose_rows(const float *const x[8], size_t column, float *y,
                                    size_t y_stride) {
  v8 a[8], b[8];
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r++) a[r] = *(const v8_unaligned *)(x[r] + column);
  transpose_registers(a, b);
  // In order, for rows of y may overlap: what one writes too much the next one mends.
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r++) *(v8_unaligned *)(y + r * y_stride) = b[r];
}

// The columns of up to eight rows (the last ones may be the same), transposed: y [columns, 8].
PROMPTER_INLINE void transpose_eight(const float *const x[8], size_t columns, float *y,
                                     size_t y_stride) {
  size_t whole = columns / 8 * 8;
  for (size_t c = 0; c < whole; c += 8) transpose_rows(x, c, y + c * y_stride, y_stride);
  for (size_t c = whole; c < columns; c++) {
    for (size_t i = 0; i < 8; i++) y[c * y_stride + i] = x[i][c];
  }
}

// y [columns, rows] = the transpose of x [rows, columns], where y has room for a whole number of
// eights of its columns: those beyond `rows` are spoilt.
PROMPTER_INLINE void transpose(size_t rows, size_t columns, const float *x, size_t x_stride,
                               float *y, size_t y_stride) {
  for (size_t r = 0; r < rows; r += 8) {
    const float *from[8];
    for (size_t i = 0; i < 8; i++) from[i] = x + (r + i < rows ? r + i : rows - 1) * x_stride;
    transpose_eight(from, columns, y + r, y_stride);
  }
}

// y [rows] = x [rows, columns] q, where y has room for a whole number of eights; `columns` is one.
// Sums are taken in eights: in another order than product_tile takes them.
PROMPTER_INLINE void row_dots(size_t rows, size_t columns, const float *x, size_t x_stride,
                              const float *q, float *y) {
  for (size_t r = 0; r < rows; r += 8) {
    const float *from[8];
    for (size_t i = 0; i < 8; i++) from[i] = x + (r + i < rows ? r + i : rows - 1) * x_stride;
    v8 sums[8] = {0};
    for (size_t c = 0; c < columns; c += 8) {
      v8 factor = *(const v8_unaligned *)(q + c);
#pragma clang loop unroll(full)
      for (size_t i = 0; i < 8; i++) sums[i] += *(const v8_unaligned *)(from[i] + c) * factor;
    }
    v8 total = {0}, turned[8];
    transpose_registers(sums, turned);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 8; i++) total += turned[i];
    *(v8_unaligned *)(y + r) = total;
  }
}

// `depth` values of six rows side by side: y [depth, 6]. The rows are the first six of eight, of
// which the others are read as well.
PROMPTER_INLINE void interleave(const float *const rows[8], size_t depth, float *y) {
  size_t k = 0;
  // Eight columns are written as eight rows of eight values, of which each but the last leaves six.
  for (; k + 8 <= depth && (k + 8) * 6 + 2 <= depth * 6; k += 8) {
    transpose_rows(rows, k, y + k * 6, 6);
  }
  for (; k < depth; k++) {
    for (size_t i = 0; i < 6; i++) y[k * 6 + i] = rows[i][k];
  }
}

#endif
