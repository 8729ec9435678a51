// SPDX-License-Identifier: Apache-2.0

#include "products/float32/float32_panels.h"

#include <stdlib.h>
#include <string.h>

#include "products/small_product.h"
#include "prompter_memory.h"

// A panel of so many rows of B is 16 KiB: half of the first cache, the other half is for rows of x.
// Deeper sums are cut into equal pieces, always at the same places. Rows of x go with all panels in
// blocks that fit the second cache: small ones where panels are kept, larger ones where each block
// makes them anew.
enum { lanes = 16, deepest = 256, tile = 6, group = 4, block = 72, large_block = 432 };

static size_t piece(size_t k) {
  size_t pieces = (k + deepest - 1) / deepest;
  return (k + pieces - 1) / pieces;
}

// `count` panels, of rows [row, row + depth) of B and its columns from `column`, with anything
// beyond its last one. Several at a time, for the lines of a row that they need are neighbours.
PROMPTER_INLINE void make_panels(const struct panels *p, size_t row, size_t depth, size_t column,
                                 size_t count, float *panels) {
  size_t columns = at_most(count * lanes, p->n - column), whole = columns / lanes * lanes;
  size_t size = depth * lanes;
  // What lies beyond the last column is of no use but must not be slow to multiply.
  if (whole < columns) memset(panels + whole * depth, 0, size * sizeof *panels);
  if (p->is_transposed) {
    for (size_t c = 0; c < columns; c += lanes) {
      transpose(at_most(lanes, columns - c), depth, p->weight + (column + c) * p->k + row, p->k,
                panels + c * depth, lanes);
    }
    return;
  }
  for (size_t r = 0; r < depth; r++) {
    const float *from = p->weight + (row + r) * p->n + column;
    float *to = panels + r * lanes;
    for (size_t c = 0; c < whole; c += lanes, to += size) store16(to, load16(from + c));
    memcpy(to, from + whole, (columns - whole) * sizeof *to);
  }
}

PROMPTER_CLONES
static void make_all(const struct panels *p, float *values) {
  for (size_t row = 0, depth; row < p->k; row += depth) {
    depth = at_most(piece(p->k), p->k - row);
    size_t count = (p->n + lanes - 1) / lanes;
    make_panels(p, row, depth, 0, count, values);
    values += count * depth * lanes;
  }
}

// The panels, if they are kept. Those of a weight as it stands are copied again each time, which
// costs hundreds of rows next to nothing.
static const float *kept(struct panels *p, pthread_mutex_t *lock) {
  if (!p->is_transposed) return NULL;
  float *values = atomic_load_explicit(&p->kept, memory_order_acquire);
  if (values != NULL || atomic_fetch_add_explicit(&p->uses, 1, memory_order_relaxed) == 0) {
    return values;
  }
  pthread_mutex_lock(lock);
  values = atomic_load_explicit(&p->kept, memory_order_acquire);
  if (values == NULL) {
    values = aligned_alloc(64, sixteens(p->n) * p->k * sizeof *values);
    if (values != NULL) make_all(p, values);
    atomic_store_explicit(&p->kept, values, memory_order_release);
  }
  pthread_mutex_unlock(lock);
  return values;
}

// `depth` columns of `rows` rows of x as tiles read them: [tile][column][6 rows]. Rows that the
// last tile lacks are copies of its first.
PROMPTER_INLINE void make_tiles(const float *x, size_t stride, size_t rows, size_t depth,
                                float *tiles) {
  for (size_t r = 0; r < rows; r += tile, tiles += depth * tile) {
    const float *from[8];
    for (size_t i = 0; i < 8; i++) from[i] = x + (i < tile && r + i < rows ? r + i : r) * stride;
    interleave(from, depth, tiles);
  }
}

// y [rows, count of 16] = tiles panel, or y += that. The first `fetching` tiles fetch what is
// ahead.
PROMPTER_INLINE void multiply_panel(const float *panel, size_t depth, const float *tiles,
                                    size_t rows, float *y, size_t stride, size_t count,
                                    int accumulate, struct ahead ahead, size_t fetching) {
  for (size_t r = 0; r < rows; r += tile) {
    size_t some = at_most(tile, rows - r);
    struct strided a = {tiles + r * depth, 1, tile};
    float *c = y + r * stride;
    if (count == lanes) {
      product_rows(some, depth, a, panel, lanes, c, stride, accumulate, ahead);
    } else {
      float edge[tile * lanes] = {0};
      for (size_t i = 0; accumulate && i < some; i++) {
        memcpy(edge + i * lanes, c + i * stride, count * sizeof *c);
      }
      product_rows(some, depth, a, panel, lanes, edge, lanes, accumulate, ahead);
      for (size_t i = 0; i < some; i++) {
        memcpy(c + i * stride, edge + i * lanes, count * sizeof *c);
      }
    }
    ahead.next += depth * ahead.step;
    if (r / tile + 1 == fetching) ahead.step = 0;
  }
}

// With all panels, as they are kept. The next panel is fetched by all tiles, or by sixteen of them.
PROMPTER_CLONES
static void multiply_kept(const struct panels *p, const float *panel, const float *x, size_t rows,
                          float *y, float *tiles) {
  size_t fetching = at_most((rows + tile - 1) / tile, lanes);
  for (size_t row = 0, depth; row < p->k; row += depth) {
    depth = at_most(piece(p->k), p->k - row);
    make_tiles(x + row, p->k, rows, depth, tiles);
    for (size_t column = 0; column < p->n; column += lanes, panel += depth * lanes) {
      multiply_panel(panel, depth, tiles, rows, y + column, p->n, at_most(lanes, p->n - column),
                     row > 0, (struct ahead){1, panel + depth * lanes, lanes / fetching}, fetching);
    }
  }
}

// With panels that are made in `panels`, some at a time. The first tile that reads one fetches the
// columns that will take its place.
PROMPTER_CLONES
static void multiply_made(const struct panels *p, float *panels, const float *x, size_t rows,
                          float *y, float *tiles) {
  for (size_t row = 0, depth; row < p->k; row += depth) {
    depth = at_most(piece(p->k), p->k - row);
    make_tiles(x + row, p->k, rows, depth, tiles);
    for (size_t column = 0; column < p->n; column += lanes) {
      size_t place = column % (group * lanes);
      if (place == 0) make_panels(p, row, depth, column, group, panels);
      const float *next = p->weight + row * p->n + column + group * lanes;
      multiply_panel(panels + place * depth, depth, tiles, rows, y + column, p->n,
                     at_most(lanes, p->n - column), row > 0,
                     (struct ahead){1, next, p->is_transposed ? 0 : p->n}, 1);
    }
  }
}

int panels_multiply(struct panels *panels, pthread_mutex_t *lock, const float *x, size_t rows,
                    float *y) {
  const float *values = kept(panels, lock);
  size_t limit = values == NULL ? large_block : block, blocks = (rows + limit - 1) / limit;
  size_t most = (rows + blocks * tile - 1) / (blocks * tile) * tile;  // of equal blocks
  size_t room = most * deepest;
  size_t scratch = values == NULL ? group * lanes * deepest : 0;
  float *tiles = prompter_allocate((room + scratch) * sizeof *tiles);
  if (tiles == NULL) return 1;
  for (size_t r = 0; r < rows; r += most) {
    const float *from = x + r * panels->k;
    float *to = y + r * panels->n;
    size_t some = at_most(most, rows - r);
    if (values == NULL) {
      multiply_made(panels, tiles + room, from, some, to, tiles);
    } else {
      multiply_kept(panels, values, from, some, to, tiles);
    }
  }
  prompter_release(tiles);
  return 0;
}

void panels_clear(struct panels *panels) { free(atomic_load(&panels->kept)); }
