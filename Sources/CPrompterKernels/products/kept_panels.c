// SPDX-License-Identifier: Apache-2.0

#include "products/kept_panels.h"

#include <stdlib.h>
#include <string.h>

#include "prompter_elements.h"
#include "products/small_product.h"
#include "prompter_mapping.h"

const float *kept_panels(struct kept_panels *panels, size_t size,
                         void (*make)(const struct kept_panels *panels, float *values)) {
  float *values = atomic_load_explicit(&panels->kept, memory_order_acquire);
  if (values != NULL) return values;
  pthread_mutex_lock(panels->lock);
  values = atomic_load_explicit(&panels->kept, memory_order_acquire);
  if (values == NULL) {
    size_t bytes = (size * sizeof *values + 63) / 64 * 64;
    if ((values = aligned_alloc(64, bytes)) != NULL) {
      // Not all columns beyond the last one are written, nor all pairs.
      memset(values, 0, bytes);
      make(panels, values);
      atomic_store_explicit(&panels->kept, values, memory_order_release);
    }
  }
  pthread_mutex_unlock(panels->lock);
  return values;
}

// One panel [pair][16], and what `make` returns for each of its columns.
PROMPTER_CLONES
static void make_panel(const struct kept_panels *m, size_t row, size_t depth, size_t column,
                       make_pairs *make, float *pairs, float *units) {
  float columns[panel_columns * panel_piece], made[panel_columns * panel_piece / 2];
  size_t count = at_most(panel_columns, m->n - column), height = (depth + 1) / 2;
  for (size_t r = 0; r < depth && !m->is_transposed; r += 8) {
    const float *eight[8];
    for (size_t i = 0; i < 8; i++) eight[i] = m->rows[row + at_most(r + i, depth - 1)] + column;
    transpose_eight(eight, count, columns + r, panel_piece);
  }
  for (size_t c = 0; c < count; c++) {
    const float *from = m->is_transposed ? m->rows[column + c] + row : columns + c * panel_piece;
    // Rounding may make a number of what is none.
    if (!prompter_all_finite(from, depth)) atomic_store(m->is_spoilt, 1);
    units[c] = make(from, depth, made + c * height);
  }
  transpose(count, height, made, height, pairs, panel_columns);
}

// Pages of some of the weight's rows, as many rows at a time as lie one after another.
static void let_go(const struct kept_panels *m, size_t first, size_t count) {
  size_t columns = m->is_transposed ? m->k : m->n;
  for (size_t next, end = first + count; m->is_mapped && first < end; first = next) {
    for (next = first + 1; next < end && m->rows[next] == m->rows[next - 1] + columns;) next++;
    prompter_let_go(m->rows[first], (next - first) * columns * sizeof **m->rows);
  }
}

void make_panels(const struct kept_panels *m, size_t row, size_t depth, make_pairs *make,
                 float *pairs, size_t stride, float *units) {
  enum { some = 32 * panel_columns };
  int is_last = m->is_transposed && row + depth == m->k;
  for (size_t column = 0; column < m->n; column += panel_columns, pairs += stride) {
    float unused[panel_columns];
    make_panel(m, row, depth, column, make, pairs, units != NULL ? units + column : unused);
    if (is_last && column > 0 && column % some == 0) let_go(m, column - some, some);
  }
  if (!m->is_transposed) let_go(m, row, depth);
  if (row + depth == m->k) let_go(m, 0, m->is_transposed ? m->n : m->k);
}

void kept_panels_clear(struct kept_panels *panels) { free(atomic_load(&panels->kept)); }
