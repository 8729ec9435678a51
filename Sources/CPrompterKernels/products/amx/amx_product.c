// SPDX-License-Identifier: Apache-2.0

#include "products/amx/amx_product.h"

#include "products/amx/amx_sums.h"
#include "products/amx/amx_transpose.h"

#if defined(__x86_64__) && defined(__linux__)

#include "prompter_memory.h"

// A factor of a product: `width` is the product's rows or columns.
struct factor {
  const float *values;
  size_t width, depth;
  int is_deep;  // values that are added up stand side by side
};

// What both factors are made of are blocks of 1 KiB, in the order [sixteen of the width][step]: of
// a's rows sixteen lines of sixteen pairs, of b's columns the transpose of such lines.
enum { block = lines * deep };

static const uint16_t turns[deep] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                     8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};

PROMPTER_AMX_INLINE __mmask16 mask_of(size_t index, size_t count) {
  return index >= count ? 0 : (__mmask16)((1u << at_most(count - index, 16)) - 1);
}

// Sixteen lines of the width, sixteen pairs each, from values whose depth runs along.
PROMPTER_AMX_INLINE void read_deep(const struct factor *f, size_t first, size_t depth,
                                   __m512i pairs[lines]) {
  __mmask16 low = mask_of(depth, f->depth), high = mask_of(depth + 16, f->depth);
  const float *from = f->values + first * f->depth + depth;
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i++, from += f->depth) {
    int is_there = first + i < f->width;
    __m512 lower = _mm512_maskz_loadu_ps(is_there ? low : 0, from);
    __m512 upper = _mm512_maskz_loadu_ps(is_there ? high : 0, from + 16);
    pairs[i] = (__m512i)_mm512_cvtne2ps_pbh(upper, lower);
  }
}

// Sixteen pairs of the depth, sixteen of the width each, from values whose width runs along.
PROMPTER_AMX_INLINE void read_wide(const struct factor *f, size_t first, size_t depth,
                                   __m512i pairs[lines]) {
  __mmask16 all = mask_of(first, f->width);
  const __m512i turn = _mm512_loadu_si512(turns);
  const float *from = f->values + depth * f->width + first;
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i++, from += 2 * f->width) {
    __m512 even = _mm512_maskz_loadu_ps(depth + 2 * i < f->depth ? all : 0, from);
    __m512 odd = _mm512_maskz_loadu_ps(depth + 2 * i + 1 < f->depth ? all : 0, from + f->width);
    pairs[i] = _mm512_permutexvar_epi16(turn, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
  }
}

PROMPTER_AMX_INLINE void make_block(const struct factor *f, size_t first, size_t depth,
                                    const int is_deep, const int is_turned, uint16_t *target) {
  __m512i pairs[lines];
  if (is_deep) {
    read_deep(f, first, depth, pairs);
  } else {
    read_wide(f, first, depth, pairs);
  }
  if (is_turned) turn_over(pairs);
  store_tile(pairs, target);
}

// Blocks of the width from `first`, `sixteens` of them. What runs along is read first.
PROMPTER_AMX_INLINE void make_blocks(const struct factor *f, size_t first, size_t sixteens,
                                     const int is_turned, uint16_t *target) {
  size_t steps = steps_of(f->depth);
  if (f->is_deep) {
    for (size_t i = 0; i < sixteens * steps; i++) {
      make_block(f, first + i / steps * lines, i % steps * deep, 1, is_turned, target + i * block);
    }
    return;
  }
  for (size_t step = 0; step < steps; step++) {
    for (size_t i = 0; i < sixteens; i++) {
      make_block(f, first + i * lines, step * deep, 0, !is_turned,
                 target + (i * steps + step) * block);
    }
  }
}

PROMPTER_AMX __attribute__((noinline)) static void make_rows(const struct factor *a, size_t first,
                                                             size_t count, uint16_t *tiles) {
  make_blocks(a, first, (count + lines - 1) / lines, 0, tiles);
}

PROMPTER_AMX __attribute__((noinline)) static void make_columns(const struct factor *b,
                                                                float *panels) {
  make_blocks(b, 0, (b->width + wide - 1) / wide * 2, 1, (uint16_t *)panels);
}

PROMPTER_AMX static void run(const struct factor *a, const struct factor *b, size_t most,
                             uint16_t *tiles, float *panels, float *c, int accumulate) {
  _tile_loadconfig(&tile_shape);
  make_columns(b, panels);
  for (size_t r = 0; r < a->width; r += most) {
    struct block_factors factors = {b->width, b->depth, panels, tiles, at_most(most, a->width - r)};
    make_rows(a, r, factors.rows, tiles);
    bfloat16_sums(&factors, c + r * b->width, accumulate);
  }
  _tile_release();
}

int bfloat16_tiles_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k,
                           const float *a, const float *b, float *c, int accumulate) {
  struct factor rows = {a, m, k, !transpose_a}, columns = {b, n, k, transpose_b};
  size_t depth = steps_of(k) * deep, most = rows_of_block(m, depth);
  uint16_t *tiles = prompter_allocate(most * depth * sizeof *tiles);
  float *panels = prompter_allocate(panels_size(n, k) * sizeof *panels);
  int status = tiles == NULL || panels == NULL;
  if (!status) run(&rows, &columns, most, tiles, panels, c, accumulate);
  prompter_release(panels);
  prompter_release(tiles);
  return status;
}

#else

// Never called: there are no tiles.
int bfloat16_tiles_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k,
                           const float *a, const float *b, float *c, int accumulate) {
  (void)transpose_a, (void)transpose_b, (void)m, (void)n, (void)k, (void)a, (void)b, (void)c;
  (void)accumulate;
  return 1;
}

#endif
