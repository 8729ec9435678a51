// SPDX-License-Identifier: Apache-2.0

#include "products/int16/int16_panels.h"

#include "products/int16/int16_product.h"
#include "prompter_int16.h"
#include "prompter_memory.h"

// Sums go over pieces of the depth that share units. A panel of sixteen columns of one is at most
// 16 KiB, and `block` rows of it fit the second cache.
enum { lanes = panel_columns, tile = 6, block = 96 };
enum { deepest = prompter_int16_deepest, most_pairs = deepest / 2 };

static size_t pairs_of(size_t depth) { return (depth + 1) / 2; }

// For each piece of the depth the units of all columns, then their panels.
static size_t size_of(const struct kept_panels *m) {
  size_t size = 0;
  for (size_t row = 0, depth; row < m->k; row += depth) {
    depth = prompter_int16_depth(m->k, row);
    size += sixteens(m->n) * (1 + pairs_of(depth));
  }
  return size;
}

static void make_all(const struct kept_panels *m, float *values) {
  for (size_t row = 0, depth; row < m->k; row += depth) {
    depth = prompter_int16_depth(m->k, row);
    float *units = values, *panels = values + sixteens(m->n);
    size_t stride = pairs_of(depth) * lanes;
    make_panels(m, row, depth, prompter_make_pairs, panels, stride, units);
    values = panels + sixteens(m->n) / lanes * stride;
  }
}

// `depth` columns of `rows` rows of x as tiles read them: [tile][pair][6 rows], and a unit for each
// row. Rows that the last tile lacks are copies of its first.
PROMPTER_CLONES
static void make_tiles(const float *x, size_t stride, size_t rows, size_t depth, float *tiles,
                       float *units) {
  size_t pairs = pairs_of(depth);
  float made[tile * most_pairs];
  for (size_t r = 0; r < rows; r += tile, tiles += pairs * tile) {
    const float *from[8];
    for (size_t i = 0; i < 8; i++) from[i] = i < tile && r + i < rows ? made + i * pairs : made;
    for (size_t i = 0; i < tile && r + i < rows; i++) {
      units[r + i] = prompter_make_pairs(x + (r + i) * stride, depth, made + i * pairs);
    }
    interleave(from, pairs, tiles);
  }
}

// y [rows, columns], at most sixteen of them.
static void multiply_panel(int is_plain, const struct pair_factors *factors, size_t columns,
                           struct ahead ahead, struct pair_result result) {
  if (columns == lanes) {
    pair_panel(is_plain, factors, ahead, result);
    return;
  }
  float edge[block * lanes];
  pair_panel(is_plain, factors, ahead,
             (struct pair_result){edge, lanes, result.row_units, result.column_units, 0});
  for (size_t r = 0; r < factors->rows; r++) {
    for (size_t j = 0; j < columns; j++) {
      float *y = result.y + r * result.stride + j, value = edge[r * lanes + j];
      *y = result.accumulate ? *y + value : value;
    }
  }
}

// The tiles of a block of rows with all panels; all of them together fetch the next panel. Not
// inlined, so that counts.sh finds it.
__attribute__((noinline)) static void multiply_block(const struct kept_panels *m,
                                                     int is_plain, const float *values,
                                                     const float *x, size_t rows, float *y,
                                                     float *tiles, float *row_units) {
  size_t steps = at_most((rows + tile - 1) / tile, 2 * lanes);
  for (size_t row = 0, depth; row < m->k; row += depth) {
    depth = prompter_int16_depth(m->k, row);
    size_t pairs = pairs_of(depth), size = pairs * lanes;
    const float *units = values, *panel = values + sixteens(m->n);
    make_tiles(x + row, m->k, rows, depth, tiles, row_units);
    for (size_t column = 0; column < m->n; column += lanes, panel += size) {
      struct pair_factors factors = {rows, pairs, tiles, panel};
      struct ahead ahead = {1, panel + size, 2 * lanes / steps};
      struct pair_result result = {y + column, m->n, row_units, units + column, row > 0};
      multiply_panel(is_plain, &factors, at_most(lanes, m->n - column), ahead, result);
    }
    values = panel;
  }
}

int int16_panels_multiply(struct kept_panels *matrix, int is_plain, const float *x, size_t rows,
                          float *y) {
  if (rows == 0) return 0;
  const float *values = kept_panels(matrix, size_of(matrix), make_all);
  size_t blocks = (rows + block - 1) / block;
  size_t most = (rows + blocks * tile - 1) / (blocks * tile) * tile;  // of equal blocks
  float *tiles = prompter_allocate((most_pairs + 1) * most * sizeof *tiles);
  int status = values == NULL || tiles == NULL;
  for (size_t r = 0; r < rows && !status; r += most) {
    multiply_block(matrix, is_plain, values, x + r * matrix->k, at_most(most, rows - r),
                   y + r * matrix->n, tiles, tiles + most_pairs * most);
  }
  prompter_release(tiles);
  return status;
}

// AVX-512 doubles float32 as well, by the library's packed products.
int int16_panels_are_fast(void) {
#if defined(__x86_64__)
  return has_avx2() && !__builtin_cpu_supports("avx512f");
#else
  return 0;
#endif
}
