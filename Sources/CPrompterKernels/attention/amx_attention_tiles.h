// SPDX-License-Identifier: Apache-2.0
// Small matrices in bfloat16 as both factors of products in tiles. All of them stand as rounded
// matrices do, [sixteen][step][16][32]: rows of a first factor, sixteen at a time, with 32 values
// of the depth in each line; columns of a second, sixteen at a time, whose lines are the depth in
// pairs.

#ifndef PROMPTER_AMX_ATTENTION_TILES_H
#define PROMPTER_AMX_ATTENTION_TILES_H

#include "elements/rounding.h"
#include "products/amx/amx_sums.h"
#include "products/amx/amx_transpose.h"

#if defined(__x86_64__) && defined(__linux__)

PROMPTER_INLINE size_t in_tiles(size_t count, size_t of) { return (count + of - 1) / of; }

// Rows as columns of a second factor, for products that add up over what runs along the rows.
PROMPTER_AMX __attribute__((noinline)) static void turn_rows(struct prompter_rounded rows,
                                                             size_t sixteens, uint16_t *columns) {
  for (size_t i = 0; i < sixteens * rows.steps; i++) {
    __m512i pairs[lines];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < lines; r++) pairs[r] = _mm512_load_si512(rows.tiles + i * tile + r * deep);
    turn_over(pairs);
    store_tile(pairs, columns + i * tile);
  }
}

static const uint16_t first_pairs[deep] = {0,  32, 1,  33, 2,  34, 3,  35, 4,  36, 5,
                                           37, 6,  38, 7,  39, 8,  40, 9,  41, 10, 42,
                                           11, 43, 12, 44, 13, 45, 14, 46, 15, 47};

// Pairs of 32 rows, a column's in each: the first sixteen columns of a step, or the others.
PROMPTER_AMX_INLINE void pair_up(struct prompter_rounded rows, size_t row, size_t step, int half,
                                 __m512i pairs[lines]) {
  __m512i turn = _mm512_add_epi16(_mm512_loadu_si512(first_pairs), _mm512_set1_epi16(half ? 16 : 0));
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i++) {
    const uint16_t *line =
        rows.tiles + ((row / lines + i / 8) * rows.steps + step) * tile + i % 8 * 2 * deep;
    pairs[i] = _mm512_permutex2var_epi16(_mm512_load_si512(line), turn,
                                         _mm512_load_si512(line + deep));
  }
}

// `thirty_twos` of rows, and the first `sixteens` of their columns.
PROMPTER_AMX_INLINE void pair_rows(struct prompter_rounded rows, size_t thirty_twos, size_t sixteens,
                                   const int turns, uint16_t *target) {
  for (size_t step = 0; step < thirty_twos; step++) {
    for (size_t c = 0; c < sixteens; c++) {
      __m512i pairs[lines];
      pair_up(rows, step * deep, c / 2, c % 2, pairs);
      if (turns) turn_over(pairs);
      store_tile(pairs, target + (c * thirty_twos + step) * tile);
    }
  }
}

// Rows as the depth of a second factor.
PROMPTER_AMX __attribute__((noinline)) static void make_depth(struct prompter_rounded rows,
                                                              size_t thirty_twos, size_t sixteens,
                                                              uint16_t *columns) {
  pair_rows(rows, thirty_twos, sixteens, 0, columns);
}

// Columns as rows of a first factor, whose depth the rows are.
PROMPTER_AMX __attribute__((noinline)) static void make_transpose(struct prompter_rounded rows,
                                                                  size_t thirty_twos, size_t sixteens,
                                                                  uint16_t *tiles) {
  pair_rows(rows, thirty_twos, sixteens, 1, tiles);
}

// Sixteen or thirty-two rows and columns of sums.
PROMPTER_AMX_INLINE void sum_tiles(const uint16_t *rows, const uint16_t *columns, size_t steps,
                                   float *y, size_t stride, int accumulates, const int two_rows,
                                   const int two_columns) {
  size_t bytes = stride * sizeof *y;
  float *below = y + lines * stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  if (accumulates) {
    _tile_loadd(0, y, bytes);
    if (two_columns) _tile_loadd(1, y + lines, bytes);
    if (two_rows) _tile_loadd(2, below, bytes);
    if (two_rows && two_columns) _tile_loadd(3, below + lines, bytes);
  }
  for (size_t step = 0; step < steps; step++, rows += tile, columns += tile) {
    _tile_loadd(4, rows, 64);
    _tile_loadd(6, columns, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (two_columns) {
      _tile_loadd(7, columns + steps * tile, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (two_rows) {
      _tile_loadd(5, rows + steps * tile, 64);
      _tile_dpbf16ps(2, 5, 6);
      if (two_columns) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, y, bytes);
  if (two_columns) _tile_stored(1, y + lines, bytes);
  if (two_rows) _tile_stored(2, below, bytes);
  if (two_rows && two_columns) _tile_stored(3, below + lines, bytes);
}

// y [16 rows, stride] = or += first factor times second, of as many steps both.
PROMPTER_AMX __attribute__((noinline)) static void sum_blocks(const uint16_t *rows, size_t row_tiles,
                                                              const uint16_t *columns,
                                                              size_t column_tiles, size_t steps,
                                                              float *y, size_t stride,
                                                              int accumulates) {
  for (size_t r = 0; r < row_tiles; r += 2) {
    for (size_t c = 0; c < column_tiles; c += 2) {
      const uint16_t *row = rows + r * steps * tile, *column = columns + c * steps * tile;
      float *to = y + r * lines * stride + c * lines;
      if (r + 1 < row_tiles) {
        if (c + 1 < column_tiles) {
          sum_tiles(row, column, steps, to, stride, accumulates, 1, 1);
        } else {
          sum_tiles(row, column, steps, to, stride, accumulates, 1, 0);
        }
      } else if (c + 1 < column_tiles) {
        sum_tiles(row, column, steps, to, stride, accumulates, 0, 1);
      } else {
        sum_tiles(row, column, steps, to, stride, accumulates, 0, 0);
      }
    }
  }
}

// Some rows of a matrix, and whole lines of their columns.
struct part {
  struct prompter_rounded of;
  size_t first, count;    // rows
  size_t column, steps;
};

// Values [count, stride] rounded into the rows of a part, times a factor each unless that is NULL.
PROMPTER_AMX_INLINE void round_rows(const float *x, size_t stride, const float *factors,
                                    struct part y) {
  for (size_t r = 0; r < y.count; r++, x += stride) {
    uint16_t *line = rounded_line(y.of, y.first + r, y.column);
    __m512 factor = _mm512_set1_ps(factors == NULL ? 1.0f : factors[r]);
    for (size_t s = 0; s < y.steps; s++) {
      __m512 low = _mm512_loadu_ps(x + s * deep), high = _mm512_loadu_ps(x + s * deep + 16);
      if (factors != NULL) {
        low = _mm512_mul_ps(low, factor);
        high = _mm512_mul_ps(high, factor);
      }
      _mm512_store_si512(line + s * tile, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

PROMPTER_AMX_INLINE void clear_rows(struct prompter_rounded y, size_t first, size_t end) {
  for (size_t r = first; r < end; r++) {
    uint16_t *line = rounded_line(y, r, 0);
    for (size_t s = 0; s < y.steps; s++) _mm512_store_si512(line + s * tile, _mm512_setzero_si512());
  }
}

// A part as rows of `y`, which has no more columns, from `row` on.
PROMPTER_AMX_INLINE void copy_rows(struct part x, struct prompter_rounded y, size_t row) {
  for (size_t r = 0; r < x.count; r++) {
    const uint16_t *from = rounded_line(x.of, x.first + r, x.column);
    uint16_t *line = rounded_line(y, row + r, 0);
    for (size_t s = 0; s < x.steps; s++) {
      _mm512_store_si512(line + s * tile, _mm512_load_si512(from + s * tile));
    }
  }
}

// Asks for what is read soon, or written.
PROMPTER_AMX_INLINE void fetch_rows(struct part x, const int writes) {
  if (x.of.tiles == NULL) return;
  for (size_t r = 0; r < x.count; r++) {
    const uint16_t *line = rounded_line(x.of, x.first + r, x.column);
    for (size_t s = 0; s < x.steps; s++) {
      if (writes) {
        __builtin_prefetch(line + s * tile, 1, 3);
      } else {
        __builtin_prefetch(line + s * tile, 0, 2);
      }
    }
  }
}

#endif

#endif
