// SPDX-License-Identifier: Apache-2.0

#include "products/small_product.h"

#if defined(__x86_64__) && defined(__linux__)

#define PROMPTER_WIDE_INLINE PROMPTER_WIDE __attribute__((always_inline)) static inline

// So many rows share a tile at most, of up to 48 columns.
enum { tallest = 8 };

// What all tiles of a block of rows share.
struct block {
  size_t depth;
  struct strided a;
  const float *b;
  size_t b_stride;
  float *c;
  size_t c_stride;
  int accumulate;
};

// A tile of `count` rows; both numbers are constants after inlining.
PROMPTER_WIDE_INLINE void tile(const size_t count, const size_t vectors, const struct block *f,
                               size_t column) {
  const struct ahead nothing = {0, NULL, 0};
  product_tile(count, vectors, f->depth, f->a, f->b + column, f->b_stride, f->c + column,
               f->c_stride, f->accumulate, nothing);
}

// Sixteen columns for each of `vectors`, of a count of rows that is known only when it runs.
PROMPTER_WIDE_INLINE void tile_rows(size_t count, const size_t vectors, const struct block *f,
                                    size_t column) {
  switch (count) {
    case 8: tile(8, vectors, f, column); break;
    case 7: tile(7, vectors, f, column); break;
    case 6: tile(6, vectors, f, column); break;
    case 5: tile(5, vectors, f, column); break;
    case 4: tile(4, vectors, f, column); break;
    case 3: tile(3, vectors, f, column); break;
    case 2: tile(2, vectors, f, column); break;
    default: tile(1, vectors, f, column);
  }
}

PROMPTER_WIDE_INLINE void multiply(size_t count, size_t columns, const struct block *f) {
  size_t whole = columns / 16 * 16, j = 0;
  // The sums of one row would wait for each other, so more go on at once.
  for (; count == 1 && j + 64 <= whole; j += 64) tile(1, 4, f, j);
  for (; j + 48 <= whole && whole - j != 64; j += 48) tile_rows(count, 3, f, j);
  for (; j + 32 <= whole; j += 32) tile_rows(count, 2, f, j);
  for (; j < whole; j += 16) tile_rows(count, 1, f, j);
  if (j < columns) {
    product_rest(count, columns - j, f->depth, f->a, f->b + j, f->b_stride, f->c + j, f->c_stride,
                 f->accumulate);
  }
}

PROMPTER_WIDE
void wide_product(size_t rows, size_t columns, size_t depth, struct strided a, const float *b,
                  size_t b_stride, float *c, size_t c_stride, int accumulate) {
  // As few blocks of rows as there can be, of nearly equal numbers: one row takes as long as four.
  size_t blocks = (rows + tallest - 1) / tallest;
  for (size_t r = 0, count; r < rows; r += count, blocks--) {
    count = (rows - r + blocks - 1) / blocks;
    struct block block = {depth, {a.p + r * a.row, a.row, a.step}, b, b_stride,
                          c + r * c_stride, c_stride, accumulate};
    multiply(count, columns, &block);
  }
}

#else

// Never called: there are no such registers.
void wide_product(size_t rows, size_t columns, size_t depth, struct strided a, const float *b,
                  size_t b_stride, float *c, size_t c_stride, int accumulate) {
  (void)rows, (void)columns, (void)depth, (void)a, (void)b, (void)b_stride, (void)c;
  (void)c_stride, (void)accumulate;
}

#endif
