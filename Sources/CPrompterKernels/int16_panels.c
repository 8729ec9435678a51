// SPDX-License-Identifier: Apache-2.0

#include "int16_panels.h"

#include <stdlib.h>
#include <string.h>

#include "int16_product.h"
#include "prompter_int16.h"
#include "prompter_mapping.h"
#include "prompter_memory.h"

// Sums go over pieces of the depth that share units. A panel of sixteen columns of one is at most
// 16 KiB, and `block` rows of it fit the second cache.
enum { lanes = 16, tile = 6, block = 96 };
enum { deepest = prompter_int16_deepest, most_pairs = deepest / 2 };

static size_t pairs_of(size_t depth) { return (depth + 1) / 2; }

// `depth` rows of B from `row` and at most sixteen columns from `column` as a panel [pair][16],
// with anything beyond its last one.
PROMPTER_INLINE void make_panel(const struct int16_panels *m, size_t row, size_t depth,
                                size_t column, float *panel, float *units) {
  float columns[lanes * deepest], made[lanes * most_pairs];
  size_t count = at_most(lanes, m->n - column), pairs = pairs_of(depth);
  for (size_t r = 0; r < depth && !m->is_transposed; r += 8) {
    const float *eight[8];
    for (size_t i = 0; i < 8; i++) eight[i] = m->rows[row + at_most(r + i, depth - 1)] + column;
    transpose_eight(eight, count, columns + r, deepest);
  }
  for (size_t c = 0; c < count; c++) {
    const float *from = m->is_transposed ? m->rows[column + c] + row : columns + c * deepest;
    units[c] = prompter_make_pairs(from, depth, made + c * pairs);
  }
  transpose(count, pairs, made, pairs, panel, lanes);
}

// For each piece of the depth the units of all columns, then their panels.
static size_t size_of(const struct int16_panels *m) {
  size_t size = 0;
  for (size_t row = 0, depth; row < m->k; row += depth) {
    depth = prompter_int16_depth(m->k, row);
    size += sixteens(m->n) * (1 + pairs_of(depth));
  }
  return size;
}

// Pages of some of the weight's rows, as many rows at a time as lie one after another.
static void let_go(const struct int16_panels *m, size_t first, size_t count) {
  size_t columns = m->is_transposed ? m->k : m->n;
  for (size_t next, end = first + count; m->is_mapped && first < end; first = next) {
    for (next = first + 1; next < end && m->rows[next] == m->rows[next - 1] + columns;) next++;
    prompter_let_go(m->rows[first], (next - first) * columns * sizeof **m->rows);
  }
}

// A large weight's pages go back on the way, so that they are never all there at once.
PROMPTER_CLONES
static void make_all(const struct int16_panels *m, float *values) {
  enum { some = 32 * lanes };
  for (size_t row = 0, depth; row < m->k; row += depth) {
    depth = prompter_int16_depth(m->k, row);
    float *units = values, *panel = values + sixteens(m->n);
    int is_last = m->is_transposed && row + depth == m->k;
    for (size_t column = 0; column < m->n; column += lanes, panel += pairs_of(depth) * lanes) {
      make_panel(m, row, depth, column, panel, units + column);
      if (is_last && column > 0 && column % some == 0) let_go(m, column - some, some);
    }
    if (!m->is_transposed) let_go(m, row, depth);
    values = panel;
  }
  let_go(m, 0, m->is_transposed ? m->n : m->k);
}

static const float *kept(struct int16_panels *m, pthread_mutex_t *lock) {
  float *values = atomic_load_explicit(&m->kept, memory_order_acquire);
  if (values != NULL) return values;
  pthread_mutex_lock(lock);
  values = atomic_load_explicit(&m->kept, memory_order_acquire);
  if (values == NULL && (values = aligned_alloc(64, size_of(m) * sizeof *values)) != NULL) {
    // Not all columns beyond the last one are written.
    memset(values, 0, size_of(m) * sizeof *values);
    make_all(m, values);
    atomic_store_explicit(&m->kept, values, memory_order_release);
  }
  pthread_mutex_unlock(lock);
  return values;
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
__attribute__((noinline)) static void multiply_block(const struct int16_panels *m,
                                                     const float *values, const float *x,
                                                     size_t rows, float *y, float *tiles,
                                                     float *row_units) {
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
      multiply_panel(m->is_plain, &factors, at_most(lanes, m->n - column), ahead, result);
    }
    values = panel;
  }
}

int int16_panels_multiply(struct int16_panels *matrix, pthread_mutex_t *lock, const float *x,
                          size_t rows, float *y) {
  if (rows == 0) return 0;
  const float *values = kept(matrix, lock);
  size_t blocks = (rows + block - 1) / block;
  size_t most = (rows + blocks * tile - 1) / (blocks * tile) * tile;  // of equal blocks
  float *tiles = prompter_allocate((most_pairs + 1) * most * sizeof *tiles);
  int status = values == NULL || tiles == NULL;
  for (size_t r = 0; r < rows && !status; r += most) {
    multiply_block(matrix, values, x + r * matrix->k, at_most(most, rows - r),
                   y + r * matrix->n, tiles, tiles + most_pairs * most);
  }
  prompter_release(tiles);
  return status;
}

void int16_panels_clear(struct int16_panels *matrix) { free(atomic_load(&matrix->kept)); }

// AVX-512 doubles float32 as well, by the library's packed products.
int int16_panels_are_fast(void) {
#if defined(__x86_64__)
  return has_avx2() && !__builtin_cpu_supports("avx512f");
#else
  return 0;
#endif
}
