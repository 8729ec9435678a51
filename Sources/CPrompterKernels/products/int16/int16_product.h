// SPDX-License-Identifier: Apache-2.0
// Tiles of integer products: six rows and sixteen columns of sums over pairs of 16-bit integers.
//
// Instruction sets multiply two pairs and add both products in one step, twice as many products as
// a step in float32 makes. A pair is kept as a float's bits, for that is how the shuffles of
// small_product.h move it; nothing computes with that float.

#ifndef PROMPTER_INT16_PRODUCT_H
#define PROMPTER_INT16_PRODUCT_H

#include "products/int16/avx2_int16_tile.h"

// A panel of sixteen columns of pairs, and rows of pairs in tiles of six, [tile][depth][6].
struct pair_factors {
  size_t rows, depth;
  const float *tiles, *panel;
};

// What becomes of the sums: y [rows, 16] = row unit * column unit * sum, or y += that.
struct pair_result {
  float *y;
  size_t stride;
  const float *row_units, *column_units;
  int accumulate;
};

#if defined(__x86_64__)
// One pair of each of `count` rows, a constant after inlining.
PROMPTER_AVX2_INLINE void pair_step(const size_t count, const float *a, const float *b,
                                    __m256i sum[12]) {
  __m256i left = _mm256_castps_si256(_mm256_loadu_ps(b));
  __m256i right = _mm256_castps_si256(_mm256_loadu_ps(b + 8));
#pragma clang loop unroll(full)
  for (size_t r = 0; r < count; r++) {
    __m256i pair = _mm256_castps_si256(_mm256_broadcast_ss(a + r));
    sum[2 * r] = _mm256_add_epi32(sum[2 * r], _mm256_madd_epi16(pair, left));
    sum[2 * r + 1] = _mm256_add_epi32(sum[2 * r + 1], _mm256_madd_epi16(pair, right));
  }
}

// The first `count` rows of a tile; every two pairs fetch a step of what is ahead.
PROMPTER_AVX2_INLINE void pair_tile(const size_t count, size_t depth, const float *a,
                                    const float *b, struct ahead ahead,
                                    const struct pair_result *result) {
  __m256i sum[12];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 2 * count; i++) sum[i] = _mm256_setzero_si256();
  size_t fours = count == 6 ? depth / 4 : 0;
  if (fours > 0) {
    add_fours(fours, a, b, ahead, sum);
    a += fours * 24, b += fours * 64, ahead.next += fours * 2 * ahead.step;
    depth -= fours * 4;
  }
  for (size_t k = 0; k < depth / 2; k++, a += 12, b += 32, ahead.next += ahead.step) {
    __builtin_prefetch(ahead.next);
    pair_step(count, a, b, sum);
    pair_step(count, a + 6, b + 16, sum);
  }
  if (depth % 2) pair_step(count, a, b, sum);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 2 * count; i++) {
    float *y = result->y + i / 2 * result->stride + i % 2 * 8;
    __m256 unit = _mm256_mul_ps(_mm256_broadcast_ss(result->row_units + i / 2),
                                _mm256_loadu_ps(result->column_units + i % 2 * 8));
    __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum[i]), unit);
    _mm256_storeu_ps(y, result->accumulate ? _mm256_add_ps(_mm256_loadu_ps(y), value) : value);
  }
}

PROMPTER_AVX2 static void pair_panel_avx2(const struct pair_factors *factors, struct ahead ahead,
                                          struct pair_result *result) {
  const float *a = factors->tiles, *b = factors->panel;
  size_t depth = factors->depth;
  for (size_t rows = factors->rows; rows > 0; rows -= rows < 6 ? rows : 6, a += depth * 6) {
    switch (rows) {
      case 1: pair_tile(1, depth, a, b, ahead, result); break;
      case 2: pair_tile(2, depth, a, b, ahead, result); break;
      case 3: pair_tile(3, depth, a, b, ahead, result); break;
      case 4: pair_tile(4, depth, a, b, ahead, result); break;
      case 5: pair_tile(5, depth, a, b, ahead, result); break;
      default: pair_tile(6, depth, a, b, ahead, result);
    }
    ahead.next += depth / 2 * ahead.step;
    result->y += 6 * result->stride;
    result->row_units += 6;
  }
}

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

PROMPTER_INLINE int32_t pair_value(float pair, int is_second) {
  int16_t values[2];
  memcpy(values, &pair, sizeof values);
  return values[is_second];
}

// The same integers in plain C, for other processors. Sums of values that are no numbers may wrap.
PROMPTER_CLONES
static void pair_panel_plain(const struct pair_factors *factors, const struct pair_result *result) {
  for (size_t r = 0; r < factors->rows; r++) {
    const float *a = factors->tiles + r / 6 * factors->depth * 6 + r % 6;
    uint32_t sum[16] = {0};
    for (size_t k = 0; k < factors->depth; k++) {
      int32_t first = pair_value(a[6 * k], 0), second = pair_value(a[6 * k], 1);
      for (size_t j = 0; j < 16; j++) {
        float pair = factors->panel[16 * k + j];
        sum[j] += (uint32_t)(first * pair_value(pair, 0));
        sum[j] += (uint32_t)(second * pair_value(pair, 1));
      }
    }
    for (size_t j = 0; j < 16; j++) {
      float *y = result->y + r * result->stride + j;
      float value = (float)(int32_t)sum[j] * (result->row_units[r] * result->column_units[j]);
      *y = result->accumulate ? *y + value : value;
    }
  }
}

static void pair_panel(int is_plain, const struct pair_factors *factors, struct ahead ahead,
                       struct pair_result result) {
#if defined(__x86_64__)
  if (!is_plain && has_avx2()) {
    pair_panel_avx2(factors, ahead, &result);
    return;
  }
#endif
  (void)is_plain;
  (void)ahead;
  pair_panel_plain(factors, &result);
}

#endif
