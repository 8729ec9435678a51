// SPDX-License-Identifier: Apache-2.0

#include "bfloat16_tiles.h"

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prompter_bfloat16.h"
#include "prompter_memory.h"
#include "vector.h"

#define PROMPTER_AMX \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512bf16")))
#define PROMPTER_AMX_INLINE PROMPTER_AMX __attribute__((always_inline)) static inline

// A tile is sixteen lines of 64 bytes: of x, sixteen rows of 32 values; of a panel, sixteen pairs
// of sixteen columns; of sums, sixteen rows of sixteen. Two tiles of rows and two of columns share
// each step, so each of them serves twice. Rows of x go with all panels in blocks of at most
// `block` values, which fit the second cache.
enum { lines = 16, deep = 32, tile = lines * deep, wide = 2 * panel_columns, block = 1 << 19 };

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
// `fetched` lines a step, is what the following passes will read.
struct factors {
  const uint16_t *rows, *further;  // NULL: there are no more than sixteen
  const float *panel, *second;
  size_t steps;
  const char *next;
  size_t fetched;
};

// The tiles of sums are 0 to 3, two for each sixteen rows; 4 and 5 hold rows, 6 and 7 columns.
PROMPTER_AMX_INLINE void add_up(const struct factors *f, const int has_further) {
  const char *next = f->next;
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
  }
}

PROMPTER_AMX_INLINE void store_sums(float *y, size_t stride, const int has_further) {
  _tile_stored(0, y, stride * sizeof *y);
  _tile_stored(1, y + panel_columns, stride * sizeof *y);
  if (!has_further) return;
  _tile_stored(2, y + lines * stride, stride * sizeof *y);
  _tile_stored(3, y + lines * stride + panel_columns, stride * sizeof *y);
}

// y [sixteen or thirty-two rows, columns], at most thirty-two of them.
PROMPTER_AMX static void multiply_tiles(const struct factors *f, float *y, size_t stride,
                                        size_t columns) {
  float edge[2 * lines * wide];
  int is_whole = columns == wide;
  float *target = is_whole ? y : edge;
  size_t target_stride = is_whole ? stride : wide;
  if (f->further != NULL) {
    add_up(f, 1);
    store_sums(target, target_stride, 1);
  } else {
    add_up(f, 0);
    store_sums(target, target_stride, 0);
  }
  for (size_t r = 0; !is_whole && r < (f->further != NULL ? 2 * lines : lines); r++) {
    memcpy(y + r * stride, edge + r * wide, columns * sizeof *y);
  }
}

static const struct {
  uint8_t palette, first, unused[14];
  uint16_t bytes[16];
  uint8_t lines[16];
} shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64},
           {lines, lines, lines, lines, lines, lines, lines, lines}};

// A block of rows with all panels, two at a time; all of it together fetches the next two. Not
// inlined, so that profiles name it.
PROMPTER_AMX __attribute__((noinline)) static void multiply_tiled(const struct kept_panels *m,
                                                                  const float *values,
                                                                  const float *x, size_t rows,
                                                                  float *y, uint16_t *tiles) {
  size_t steps = steps_of(m), size = panel_size(m), sixteen = steps * tile;
  make_tiles(x, rows, m->k, tiles);
  _tile_loadconfig(&shape);
  size_t passes = (rows + 2 * lines - 1) / (2 * lines), of_two = 2 * size / lines;  // lines of 64
  size_t fetched = (of_two + passes * steps - 1) / (passes * steps);
  for (size_t column = 0; column < m->n; column += wide) {
    const float *panel = values + column / panel_columns * size;
    for (size_t pass = 0; pass < passes; pass++) {
      const uint16_t *own = tiles + 2 * pass * sixteen;
      struct factors factors = {
          own, rows - 2 * pass * lines > lines ? own + sixteen : NULL, panel, panel + size, steps,
          (const char *)(panel + 2 * size) + pass * steps * fetched * 64, fetched};
      multiply_tiles(&factors, y + 2 * pass * lines * m->n + column, m->n,
                     at_most(wide, m->n - column));
    }
  }
  _tile_release();
}

int bfloat16_tiles_multiply(struct kept_panels *matrix, pthread_mutex_t *lock, const float *x,
                            size_t rows, float *y) {
  if (rows == 0) return 0;
  const float *values = kept_panels(matrix, lock, size_of(matrix), make_all);
  size_t padded = steps_of(matrix) * deep, limit = block / padded + 1;
  size_t blocks = (rows + limit - 1) / limit;
  size_t most = (rows + blocks * 2 * lines - 1) / (blocks * 2 * lines) * 2 * lines;  // equal ones
  uint16_t *tiles = prompter_allocate(most * padded * sizeof *tiles);
  int status = values == NULL || tiles == NULL;
  for (size_t r = 0; r < rows && !status; r += most) {
    multiply_tiled(matrix, values, x + r * matrix->k, at_most(most, rows - r),
                   y + r * matrix->n, tiles);
  }
  prompter_release(tiles);
  return status;
}

#else

int has_bfloat16_tiles(void) { return 0; }

int bfloat16_tiles_multiply(struct kept_panels *matrix, pthread_mutex_t *lock, const float *x,
                            size_t rows, float *y) {
  (void)matrix, (void)lock, (void)x, (void)rows, (void)y;
  return 1;
}

#endif
