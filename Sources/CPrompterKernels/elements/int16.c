// SPDX-License-Identifier: Apache-2.0

#include "prompter_int16.h"

#include <math.h>

#include "elements/vector.h"

// Rounding adds at most sqrt(512) / 2 to the integers' norm, and (46288 + 11.4)^2 < 2^31.
static const float norm_limit = 46288.0f, value_limit = 32767.0f;

// What is smaller counts as zero: its scale would be infinite.
static const float least = 1e-30f;

// The Euclidean norm of values whose largest is `largest` and whose squares add up to `squares`.
// Squares of values far from one may be none, so they are taken of values divided by the largest.
PROMPTER_INLINE float norm_of(const float *x, size_t count, float largest, float squares) {
  PROMPTER_REASSOCIATE
  if (largest > 1e-15f && largest < 1e15f) return sqrtf(squares);
  float inverse = 1.0f / largest;
  squares = 0.0f;
  for (size_t i = 0; i < count; i++) squares += (x[i] * inverse) * (x[i] * inverse);
  return largest * sqrtf(squares);
}

// The factor from values to integers; no number if a value is none.
PROMPTER_INLINE float scale_of(float largest, float norm) {
  float by_norm = norm_limit / norm, by_value = value_limit / largest;
  return largest < least ? 0.0f : by_norm >= by_value ? by_value : by_norm;
}

// What an integer stands for; zero where all are zeros.
PROMPTER_INLINE float unit_of(float scale) { return scale == 0.0f ? 0.0f : 1.0f / scale; }

// A value without its sign as an integer: as such they are ordered, and what is no number is the
// largest.
PROMPTER_INLINE int32_t size_bits(float value) { return float_to_bits(value) & 0x7fffffff; }

PROMPTER_INLINE int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

typedef int16_t integer_of_pair __attribute__((may_alias));

PROMPTER_CLONES
float prompter_make_pairs(const float *x, size_t count, float *pairs) {
  PROMPTER_REASSOCIATE
  int32_t largest_bits = 0;
  float squares = 0.0f;
  for (size_t i = 0; i < count; i++) {
    largest_bits = larger(largest_bits, size_bits(x[i]));
    squares += x[i] * x[i];
  }
  float largest = bits_to_float(largest_bits);
  float scale = scale_of(largest, norm_of(x, count, largest, squares));
  integer_of_pair *integers = (integer_of_pair *)pairs;
  for (size_t i = 0; i < count; i++) integers[i] = (int16_t)integer(x[i], scale);
  if (count % 2) integers[count] = 0;
  return unit_of(scale);
}

size_t prompter_int16_depth(size_t k, size_t at) {
  size_t pieces = (k + prompter_int16_deepest - 1) / prompter_int16_deepest;
  size_t depth = ((k + pieces - 1) / pieces + 1) / 2 * 2;
  return depth < k - at ? depth : k - at;
}

void prompter_round_int16(float *y, const float *x, size_t rows, size_t k) {
  for (size_t r = 0; r < rows; r++, x += k, y += k) {
    for (size_t at = 0, depth; at < k; at += depth) {
      depth = prompter_int16_depth(k, at);
      float pairs[prompter_int16_deepest / 2];
      float unit = prompter_make_pairs(x + at, depth, pairs);
      int16_t integers[prompter_int16_deepest];
      memcpy(integers, pairs, depth * sizeof *integers);
      for (size_t i = 0; i < depth; i++) y[at + i] = (float)integers[i] * unit;
    }
  }
}
