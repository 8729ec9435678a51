// SPDX-License-Identifier: Apache-2.0
// Products of tiles of rows with panels, in AMX: what products with frozen weights and with others
// have in common.

#ifndef PROMPTER_AMX_SUMS_H
#define PROMPTER_AMX_SUMS_H

#include "products/amx/amx_epilogue.h"

#if defined(__x86_64__) && defined(__linux__)

static const struct {
  uint8_t palette, first, unused[14];
  uint16_t bytes[16];
  uint8_t lines[16];
} tile_shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64},
           {lines, lines, lines, lines, lines, lines, lines, lines}};

PROMPTER_INLINE size_t steps_of(size_t depth) { return (depth + deep - 1) / deep; }

// The floats of one panel, each of them a pair.
PROMPTER_INLINE size_t panel_size(size_t depth) {
  return steps_of(depth) * deep / 2 * panel_columns;
}

// The floats of all panels of `columns`: panels come in twos.
PROMPTER_INLINE size_t panels_size(size_t columns, size_t depth) {
  return (columns + wide - 1) / wide * 2 * panel_size(depth);
}

// A product deeper than `deepest` is added up in pieces of `piece` steps, so that a block of rows
// and a pair of panels fit the second cache.
enum { deepest = 4096, piece = 64 };

// Rows go with all panels in equal blocks, of at most so many values that they fit the second
// cache.
PROMPTER_INLINE size_t rows_of_block(size_t rows, size_t depth) {
  size_t limit = ((size_t)1 << 19) / at_most(depth, deepest) + 1, blocks = (rows + limit - 1) / limit;
  return (rows + blocks * 2 * lines - 1) / (blocks * 2 * lines) * 2 * lines;
}

// What one pass over the depth reads: tiles of sixteen or thirty-two rows and two panels. `next`,
// `fetched` lines a step, is what the following passes will read. `target` is where each row of
// sums goes: it is fetched as well, for its lines are far apart and rarely in a cache. Sums begin
// with what stands in `begun`.
struct factors {
  const uint16_t *rows, *further;  // NULL: there are no more than sixteen
  const float *panel, *second;
  size_t steps;
  const char *next;
  size_t fetched;
  const char *target;  // NULL: nowhere
  size_t target_stride;
  const float *begun;  // NULL: zeros
  size_t begun_stride;
};

PROMPTER_AMX_INLINE void begin_sums(const struct factors *f, const int has_further) {
  if (f->begun == NULL) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    return;
  }
  size_t stride = f->begun_stride * sizeof *f->begun;
  const float *further = f->begun + lines * f->begun_stride;
  _tile_loadd(0, f->begun, stride);
  _tile_loadd(1, f->begun + panel_columns, stride);
  if (!has_further) return;
  _tile_loadd(2, further, stride);
  _tile_loadd(3, further + panel_columns, stride);
}

// The tiles of sums are 0 to 3, two for each sixteen rows; 4 and 5 hold rows, 6 and 7 columns. Rows
// are loaded so that they leave the first cache to the columns, which the next rows meet as well.
// Tiles leave the vectors' units idle: meanwhile those pass on what waits, `passed` rows a step.
PROMPTER_AMX_INLINE void add_up(const struct factors *f, const int has_further, const int passes,
                                struct waiting *waiting, enum passing passing) {
  const char *next = f->next, *target = f->target;
  size_t passed = (waiting->rows + f->steps - 1) / f->steps;
  // All rows' lines within half of the steps.
  size_t left = target == NULL ? 0 : 2 * lines, each = (4 * lines + f->steps - 1) / f->steps;
  begin_sums(f, has_further);
  for (size_t step = 0; step < f->steps; step++) {
    _tile_stream_loadd(4, f->rows + step * tile, 64);
    _tile_loadd(6, f->panel + step * (tile / 2), 64);
    if (has_further) _tile_stream_loadd(5, f->further + step * tile, 64);
    _tile_loadd(7, f->second + step * (tile / 2), 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if (has_further) {
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
    for (size_t i = 0; i < f->fetched; i++, next += 64) _mm_prefetch(next, _MM_HINT_T1);
    for (size_t i = 0; i < at_most(each, left); i++, target += f->target_stride) {
      __builtin_prefetch(target, 1, 3);
      if (!passes) __builtin_prefetch(target + 64, 1, 3);
    }
    left -= at_most(each, left);
    if (passes && waiting->next < waiting->rows) pass_rows(waiting, passing, passed);
  }
}

PROMPTER_AMX_INLINE void store_sums(float *y, size_t stride, const int has_further) {
  _tile_stored(0, y, stride * sizeof *y);
  _tile_stored(1, y + panel_columns, stride * sizeof *y);
  if (!has_further) return;
  _tile_stored(2, y + lines * stride, stride * sizeof *y);
  _tile_stored(3, y + lines * stride + panel_columns, stride * sizeof *y);
}

// Sixteen or thirty-two rows of thirty-two columns into y.
PROMPTER_AMX_INLINE void multiply_tiles(const struct factors *f, float *y, size_t stride,
                                        const int passes, struct waiting *waiting,
                                        enum passing passing) {
  if (f->further != NULL) {
    add_up(f, 1, passes, waiting, passing);
    store_sums(y, stride, 1);
  } else {
    add_up(f, 0, passes, waiting, passing);
    store_sums(y, stride, 0);
  }
}

// Tiles of a block of rows with all panels, two at a time; all of it together fetches the next two.
struct block_factors {
  size_t columns, depth;
  const float *panels;
  const uint16_t *tiles;
  size_t rows;
};

// Some of the depth's steps for 32 rows and columns.
PROMPTER_AMX_INLINE struct factors factors_of(const struct block_factors *b, size_t first, size_t steps,
                                              size_t row, size_t column) {
  size_t whole = steps_of(b->depth), size = panel_size(b->depth);
  size_t passes = (b->rows + 2 * lines - 1) / (2 * lines), fetched = (2 * lines + passes - 1) / passes;
  const uint16_t *own = b->tiles + (row / lines * whole + first) * tile;
  const float *panel = b->panels + column / panel_columns * size + first * (tile / 2);
  // The same steps of the next two panels, which lie one after another only if they are all steps.
  size_t next = row / (2 * lines) * steps * fetched * 16;
  if (next >= steps * (tile / 2)) next += size - steps * (tile / 2);
  return (struct factors){
      .rows = own, .further = b->rows - row > lines ? own + whole * tile : NULL,
      .panel = panel, .second = panel + size, .steps = steps, .fetched = fetched,
      .next = (const char *)(panel + 2 * size + next)};
}

// c [rows, columns] = or, if it accumulates, += a block's tiles times its panels.
void bfloat16_sums(const struct block_factors *b, float *c, int accumulate);

#endif

#endif
