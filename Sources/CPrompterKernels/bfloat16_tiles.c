// SPDX-License-Identifier: Apache-2.0

#include "bfloat16_tiles.h"

#if defined(__x86_64__) && defined(__linux__)

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bfloat16_between.h"
#include "prompter_bfloat16.h"
#include "prompter_memory.h"

// Rows of x go with all panels in blocks of at most so many values, which fit the second cache.
enum { block = 1 << 19 };

int has_bfloat16_tiles(void) {
  static atomic_int known;  // 0: not asked yet; else 1 more than the answer
  int answer = atomic_load_explicit(&known, memory_order_relaxed);
  if (answer == 0) {
    enum { ask = 0x1023, tile_data = 18 };  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    answer = 1 + (__builtin_cpu_supports("amx-bf16") && __builtin_cpu_supports("avx512bf16") &&
                  syscall(SYS_arch_prctl, ask, tile_data) == 0);
    atomic_store_explicit(&known, answer, memory_order_relaxed);
  }
  return answer - 1;
}

static size_t steps_of(const struct kept_panels *m) { return (m->k + deep - 1) / deep; }

// The floats of one panel, each of them a pair.
static size_t panel_size(const struct kept_panels *m) {
  return steps_of(m) * deep / 2 * panel_columns;
}

// Panels come in twos.
static size_t size_of(const struct kept_panels *m) {
  return (m->n + wide - 1) / wide * 2 * panel_size(m);
}

typedef uint16_t half_of_pair __attribute__((may_alias));

static float make_halves(const float *x, size_t count, float *pairs) {
  half_of_pair *halves = (half_of_pair *)pairs;
  prompter_narrow_bfloat16(halves, x, count);
  if (count % 2) halves[count] = 0;
  return 1.0f;
}

static void make_all(const struct kept_panels *m, float *values) {
  for (size_t row = 0; row < m->k; row += panel_piece) {
    make_panels(m, row, at_most(panel_piece, m->k - row), make_halves,
                values + row / 2 * panel_columns, panel_size(m), NULL);
  }
}

// Rows of x as tiles, [sixteen rows][step][16][32], with zeros beyond the last row and column.
PROMPTER_AMX static void make_tiles(const float *x, size_t rows, size_t k, uint16_t *tiles) {
  size_t steps = (k + deep - 1) / deep;
  for (size_t r = 0; r < (rows + lines - 1) / lines * lines; r++) {
    uint16_t *line = tiles + r / lines * steps * tile + r % lines * deep;
    const float *from = x + r * k;
    for (size_t c = 0; c < k; c += deep, line += tile) {
      size_t left = r < rows ? k - c : 0;
      __mmask16 first = (__mmask16)((1u << at_most(left, 16)) - 1);
      __mmask16 second = left <= 16 ? 0 : (__mmask16)((1u << at_most(left - 16, 16)) - 1);
      __m512 low = _mm512_maskz_loadu_ps(first, from + c);
      __m512 high = _mm512_maskz_loadu_ps(second, from + c + 16);
      _mm512_store_si512(line, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

// What one pass over the depth reads: tiles of sixteen or thirty-two rows and two panels. `next`,
// `fetched` lines a step, is what the following passes will read. `target` is where each row of
// sums goes: it is fetched as well, for its lines are far apart and rarely in a cache.
struct factors {
  const uint16_t *rows, *further;  // NULL: there are no more than sixteen
  const float *panel, *second;
  size_t steps;
  const char *next;
  size_t fetched;
  const char *target;  // NULL: nowhere
  size_t target_stride;
};

// The tiles of sums are 0 to 3, two for each sixteen rows; 4 and 5 hold rows, 6 and 7 columns. Tiles
// leave the vectors' units idle: meanwhile those pass on what waits, `passed` rows a step.
PROMPTER_AMX_INLINE void add_up(const struct factors *f, const int has_further, const int passes,
                                struct waiting *waiting, enum passing passing) {
  const char *next = f->next, *target = f->target;
  size_t passed = (waiting->rows + f->steps - 1) / f->steps;
  // All rows' lines within half of the steps.
  size_t left = target == NULL ? 0 : 2 * lines, each = (4 * lines + f->steps - 1) / f->steps;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (size_t step = 0; step < f->steps; step++) {
    _tile_loadd(4, f->rows + step * tile, 64);
    _tile_loadd(6, f->panel + step * (tile / 2), 64);
    if (has_further) _tile_loadd(5, f->further + step * tile, 64);
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

// Sums of rows from `row` of a block and columns from `column`, at most 32 each, that are to be
// passed on. Slopes are of all rows, of which the block begins with `first`.
static struct waiting waiting_for(size_t n, const struct tiles_between *b, size_t first, size_t row,
                                  size_t rows, size_t column, const float *sums,
                                  uint16_t *tiles) {
  size_t bytes = b->slopes == NULL ? 0 : prompter_slope_bytes(b->format, n);
  size_t sixteen = (n + deep - 1) / deep * tile;
  struct waiting w = {
      .sums = sums, .rows = at_most(rows, 2 * lines), .column = column,
      .columns = at_most(wide, n - column), .slope_bytes = bytes, .sixteen = sixteen,
      .slopes = b->slopes == NULL ? NULL : b->slopes + (first + row) * bytes,
      .target = tiles + row / lines * sixteen + column / deep * tile};
  if (b->bias != NULL) memcpy(w.bias, b->bias + column, w.columns * sizeof *w.bias);
  return w;
}

// Where the slopes of the first row's columns are; NULL: nowhere.
static const char *slopes_of(const struct waiting *w, enum prompter_slope format) {
  if (w->slopes == NULL) return NULL;
  return w->slopes + (format == prompter_slope_bit ? w->column / 8 : w->column * 2);
}

static const struct {
  uint8_t palette, first, unused[14];
  uint16_t bytes[16];
  uint8_t lines[16];
} shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64},
           {lines, lines, lines, lines, lines, lines, lines, lines}};

static enum passing passing_of(const struct tiles_between *b) {
  if (!b->is_backward) return (enum passing)b->kind;
  return b->format == prompter_slope_bit ? passing_bit : passing_short;
}

// Tiles of a block of rows with all panels, two at a time; all of it together fetches the next two.
struct block_factors {
  const struct kept_panels *m;
  const float *values;
  const uint16_t *tiles;
  size_t rows;
};

PROMPTER_AMX_INLINE struct factors factors_of(const struct block_factors *b, size_t row,
                                              size_t column) {
  size_t steps = steps_of(b->m), size = panel_size(b->m), sixteen = steps * tile;
  size_t passes = (b->rows + 2 * lines - 1) / (2 * lines), of_two = 2 * size / lines;  // of 64 bytes
  size_t fetched = (of_two + passes * steps - 1) / (passes * steps);
  const uint16_t *own = b->tiles + row / lines * sixteen;
  const float *panel = b->values + column / panel_columns * size;
  return (struct factors){
      .rows = own, .further = b->rows - row > lines ? own + sixteen : NULL,
      .panel = panel, .second = panel + size, .steps = steps, .fetched = fetched,
      .next = (const char *)(panel + 2 * size) + row / (2 * lines) * steps * fetched * 64};
}

// y [rows, n]. Not inlined, so that profiles name it.
PROMPTER_AMX __attribute__((noinline)) static void multiply_tiled(const struct block_factors *b,
                                                                  float *y) {
  _Alignas(64) float sums[2 * lines * wide];
  struct waiting none = {0};
  size_t n = b->m->n;
  for (size_t column = 0; column < n; column += wide) {
    for (size_t row = 0; row < b->rows; row += 2 * lines) {
      struct factors factors = factors_of(b, row, column);
      float *target = y + row * n + column;
      factors.target = (const char *)target;
      factors.target_stride = n * sizeof *y;
      if (n - column >= wide) {
        multiply_tiles(&factors, target, n, 0, &none, passing_bit);
        continue;
      }
      multiply_tiles(&factors, sums, wide, 0, &none, passing_bit);
      for (size_t r = 0; r < at_most(b->rows - row, 2 * lines); r++) {
        memcpy(target + r * n, sums + r * wide, (n - column) * sizeof *y);
      }
    }
  }
}

// Rows of the next product, from `first` on of all that the slopes are of.
PROMPTER_AMX __attribute__((noinline)) static void multiply_between(
    const struct block_factors *b, const struct tiles_between *between, size_t first,
    uint16_t *tiles) {
  _Alignas(64) float sums[2][2 * lines * wide];
  struct waiting waiting = {0};
  enum passing passing = passing_of(between);
  size_t turn = 0;
  for (size_t column = 0; column < b->m->n; column += wide) {
    for (size_t row = 0; row < b->rows; row += 2 * lines) {
      struct factors factors = factors_of(b, row, column);
      float *some = sums[turn++ % 2];
      struct waiting further =
          waiting_for(b->m->n, between, first, row, b->rows - row, column, some, tiles);
      factors.target = slopes_of(&further, between->format);
      factors.target_stride = further.slope_bytes;
      multiply_tiles(&factors, some, wide, 1, &waiting, passing);
      waiting = further;
    }
  }
  pass_rows(&waiting, passing, waiting.rows);
}

// Rows of x go with all panels in equal blocks, whose values of one depth fit the second cache.
static size_t rows_of_block(size_t rows, size_t deepest) {
  size_t limit = block / deepest + 1, blocks = (rows + limit - 1) / limit;
  return (rows + blocks * 2 * lines - 1) / (blocks * 2 * lines) * 2 * lines;
}

static size_t padded_depth(const struct kept_panels *m) { return steps_of(m) * deep; }

PROMPTER_AMX static void run(struct kept_panels *const m[2], const float *const values[2],
                             const struct tiles_between *between, const float *x, size_t rows,
                             size_t most, uint16_t *tiles, float *y) {
  uint16_t *further = tiles + most * padded_depth(m[0]);
  _tile_loadconfig(&shape);
  for (size_t r = 0; r < rows; r += most) {
    size_t count = at_most(most, rows - r);
    make_tiles(x + r * m[0]->k, count, m[0]->k, tiles);
    struct block_factors first = {m[0], values[0], tiles, count};
    if (between == NULL) {
      multiply_tiled(&first, y + r * m[0]->n);
      continue;
    }
    struct block_factors second = {m[1], values[1], further, count};
    multiply_between(&first, between, r, further);
    multiply_tiled(&second, y + r * m[1]->n);
  }
  _tile_release();
}

int bfloat16_tiles_multiply(struct kept_panels *matrix, const float *x, size_t rows, float *y) {
  return bfloat16_tiles_chain(matrix, NULL, NULL, x, rows, y);
}

int bfloat16_tiles_chain(struct kept_panels *first, struct kept_panels *second,
                         const struct tiles_between *between, const float *x, size_t rows,
                         float *y) {
  if (rows == 0) return 0;
  struct kept_panels *const both[2] = {first, second};
  size_t depth = padded_depth(first), further = second == NULL ? 0 : padded_depth(second);
  size_t most = rows_of_block(rows, depth > further ? depth : further);
  const float *values[2] = {
      kept_panels(first, size_of(first), make_all),
      second == NULL ? NULL : kept_panels(second, size_of(second), make_all)};
  uint16_t *tiles = prompter_allocate(most * (depth + further) * sizeof *tiles);
  int status = values[0] == NULL || (second != NULL && values[1] == NULL) || tiles == NULL;
  if (!status) run(both, values, between, x, rows, most, tiles, y);
  prompter_release(tiles);
  return status;
}

#else

int has_bfloat16_tiles(void) { return 0; }

// Never called: there are no tiles.
int bfloat16_tiles_multiply(struct kept_panels *matrix, const float *x, size_t rows, float *y) {
  return bfloat16_tiles_chain(matrix, NULL, NULL, x, rows, y);
}

int bfloat16_tiles_chain(struct kept_panels *first, struct kept_panels *second,
                         const struct tiles_between *between, const float *x, size_t rows,
                         float *y) {
  (void)first, (void)second, (void)between, (void)x, (void)rows, (void)y;
  return 1;
}

#endif
