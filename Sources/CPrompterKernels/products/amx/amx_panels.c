// SPDX-License-Identifier: Apache-2.0

#include "products/amx/amx_panels.h"

#if defined(__x86_64__) && defined(__linux__)

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "products/amx/amx_sums.h"
#include "prompter_bfloat16.h"
#include "prompter_memory.h"

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

static size_t size_of(const struct kept_panels *m) { return panels_size(m->n, m->k); }

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
                values + row / 2 * panel_columns, panel_size(m->k), NULL);
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

// Sums of rows from `row` of a block and columns from `column`, at most 32 each, that are to be
// passed on. Slopes are of all rows, of which the block begins with `first`: in blocks of 32 rows
// and columns, for each of those is written and read in one sweep. A gated activation makes half as
// many columns of `n`, and its pullback twice as many; its slopes are of the larger number.
static struct waiting waiting_for(size_t n, const struct tiles_between *b, size_t first, size_t row,
                                  size_t rows, size_t column, const float *sums,
                                  uint16_t *tiles) {
  size_t kept = b->is_gated ? wide * sizeof(uint16_t) : prompter_slope_bytes(b->format, wide);
  size_t bytes = b->slopes == NULL ? 0 : kept, times = b->is_gated && b->is_backward ? 2 : 1;
  size_t place = ((first + row) / (2 * lines) * ((n + wide - 1) / wide) + column / wide) * times;
  size_t made = b->is_gated && !b->is_backward ? n / 2 : n * times;
  size_t to = b->is_gated && !b->is_backward ? column / 2 : column * times;
  size_t sixteen = (made + deep - 1) / deep * tile;
  struct waiting w = {
      .sums = sums, .rows = at_most(rows, 2 * lines), .columns = at_most(wide, n - column),
      .slope_bytes = bytes, .sixteen = sixteen,
      .slopes = b->slopes == NULL ? NULL : b->slopes + place * 2 * lines * bytes,
      .target = tiles + row / lines * sixteen + to / deep * tile + to % deep};
  if (b->bias != NULL) memcpy(w.bias, b->bias + column, w.columns * sizeof *w.bias);
  return w;
}

static enum passing passing_of(const struct tiles_between *b) {
  if (b->is_gated && b->is_backward) return passing_gated_back;
  if (b->is_gated) return (enum passing)((int)passing_gated + (int)b->kind);
  if (!b->is_backward) return (enum passing)b->kind;
  return b->format == prompter_slope_bit ? passing_bit : passing_short;
}

// Rows of the next product, from `first` on of all that the slopes are of.
PROMPTER_AMX __attribute__((noinline)) static void multiply_between(
    const struct block_factors *b, const struct tiles_between *between, enum passing passing,
    size_t first, uint16_t *tiles) {
  _Alignas(64) float sums[2][2 * lines * wide];
  struct waiting waiting = {0};
  size_t turn = 0;
  for (size_t column = 0; column < b->columns; column += wide) {
    for (size_t row = 0; row < b->rows; row += 2 * lines) {
      struct factors factors = factors_of(b, 0, steps_of(b->depth), row, column);
      float *some = sums[turn++ % 2];
      struct waiting further =
          waiting_for(b->columns, between, first, row, b->rows - row, column, some, tiles);
      // Bits of 32 rows are two lines, which need no fetching ahead.
      int is_short = between->is_gated || between->format != prompter_slope_bit;
      factors.target = is_short ? further.slopes : NULL;
      factors.target_stride = further.slope_bytes;
      multiply_tiles(&factors, some, wide, 1, &waiting, passing);
      waiting = further;
    }
  }
  pass_rows(&waiting, passing, waiting.rows);
}

static size_t padded_depth(const struct kept_panels *m) { return steps_of(m->k) * deep; }

PROMPTER_AMX static void run(struct kept_panels *const m[2], const float *const values[2],
                             const struct tiles_between *between, const float *x, size_t rows,
                             size_t most, uint16_t *tiles, float *y) {
  uint16_t *further = tiles + most * padded_depth(m[0]);
  _tile_loadconfig(&tile_shape);
  for (size_t r = 0; r < rows; r += most) {
    size_t count = at_most(most, rows - r);
    make_tiles(x + r * m[0]->k, count, m[0]->k, tiles);
    struct block_factors first = {m[0]->n, m[0]->k, values[0], tiles, count};
    if (between == NULL) {
      bfloat16_sums(&first, y + r * m[0]->n, 0);
      continue;
    }
    struct block_factors second = {m[1]->n, m[1]->k, values[1], further, count};
    multiply_between(&first, between, passing_of(between), r, further);
    bfloat16_sums(&second, y + r * m[1]->n, 0);
  }
  _tile_release();
}

int bfloat16_tiles_multiply(struct kept_panels *matrix, const float *x, size_t rows, float *y) {
  return bfloat16_tiles_chain(matrix, NULL, NULL, x, rows, y);
}

PROMPTER_AMX static void multiply_rounded(const struct block_factors *factors, float *y) {
  _tile_loadconfig(&tile_shape);
  size_t most = rows_of_block(factors->rows, factors->depth), steps = steps_of(factors->depth);
  for (size_t r = 0; r < factors->rows; r += most) {
    struct block_factors some = *factors;
    some.tiles += r / lines * steps * tile;
    some.rows = at_most(most, factors->rows - r);
    bfloat16_sums(&some, y + r * factors->columns, 0);
  }
  _tile_release();
}

int bfloat16_tiles_multiply_rounded(struct kept_panels *matrix, const uint16_t *tiles, size_t rows,
                                    float *y) {
  const float *values = kept_panels(matrix, size_of(matrix), make_all);
  if (values == NULL) return 1;
  struct block_factors factors = {matrix->n, matrix->k, values, tiles, rows};
  multiply_rounded(&factors, y);
  return 0;
}

PROMPTER_AMX static void round_product(const struct block_factors *factors, const float *x,
                                       const float *bias, size_t most, uint16_t *tiles,
                                       uint16_t *y) {
  _tile_loadconfig(&tile_shape);
  struct tiles_between between = {.bias = bias};
  for (size_t r = 0; r < factors->rows; r += most) {
    struct block_factors some = *factors;
    some.tiles = tiles;
    some.rows = at_most(most, factors->rows - r);
    make_tiles(x + r * some.depth, some.rows, some.depth, tiles);
    multiply_between(&some, &between, passing_sum, r,
                     y + r / lines * steps_of(some.columns) * tile);
  }
  _tile_release();
}

int bfloat16_tiles_round_product(struct kept_panels *matrix, const float *x, const float *bias,
                                 size_t rows, uint16_t *y) {
  if (rows == 0) return 0;
  size_t depth = padded_depth(matrix), most = rows_of_block(rows, depth);
  const float *values = kept_panels(matrix, size_of(matrix), make_all);
  uint16_t *tiles = prompter_allocate(most * depth * sizeof *tiles);
  int status = values == NULL || tiles == NULL;
  struct block_factors factors = {matrix->n, matrix->k, values, NULL, rows};
  if (!status) round_product(&factors, x, bias, most, tiles, y);
  prompter_release(tiles);
  return status;
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

int bfloat16_tiles_multiply_rounded(struct kept_panels *matrix, const uint16_t *tiles, size_t rows,
                                    float *y) {
  (void)matrix, (void)tiles, (void)rows, (void)y;
  return 1;
}

int bfloat16_tiles_round_product(struct kept_panels *matrix, const float *x, const float *bias,
                                 size_t rows, uint16_t *y) {
  (void)matrix, (void)x, (void)bias, (void)rows, (void)y;
  return 1;
}

int bfloat16_tiles_chain(struct kept_panels *first, struct kept_panels *second,
                         const struct tiles_between *between, const float *x, size_t rows,
                         float *y) {
  (void)first, (void)second, (void)between, (void)x, (void)rows, (void)y;
  return 1;
}

#endif
