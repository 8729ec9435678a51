// SPDX-License-Identifier: Apache-2.0

#include "prompter_convert.h"

#include <stdint.h>
#include <string.h>

// The loader picks the widest variant that the processor has; other systems get the plain one.
#if defined(__x86_64__) && defined(__linux__)
#define vectorized __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define vectorized
#endif

// Tensors of a file start at any byte, so every load is an unaligned one.
typedef uint16_t unaligned_u16 __attribute__((aligned(1), may_alias));
typedef double unaligned_f64 __attribute__((aligned(1), may_alias));

static inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

void prompter_convert_float32(float *restrict target, const void *restrict source, size_t count) {
  if (count > 0) memcpy(target, source, count * sizeof(float));
}

vectorized void prompter_convert_float16(
    float *restrict target, const void *restrict source, size_t count) {
  const unaligned_u16 *halves = source;
  for (size_t i = 0; i < count; i++) {
    uint32_t half = halves[i], magnitude = half & 0x7fff;
    // Exponents are biased by 15 here and by 127 there; infinities and NaNs keep all ones. A
    // subnormal is a count of 2^-24, which float32 holds as a normal number.
    uint32_t normal = (magnitude << 13) + (112u << 23);
    uint32_t endless = (magnitude << 13) | 0x7f800000;
    uint32_t tiny = bits_of((float)(int32_t)magnitude * 0x1p-24f);
    uint32_t bits = magnitude < 0x0400 ? tiny : magnitude < 0x7c00 ? normal : endless;
    target[i] = float_of(bits | (half & 0x8000) << 16);
  }
}

vectorized void prompter_convert_bfloat16(
    float *restrict target, const void *restrict source, size_t count) {
  const unaligned_u16 *halves = source;
  for (size_t i = 0; i < count; i++) target[i] = float_of((uint32_t)halves[i] << 16);
}

vectorized void prompter_convert_float64(
    float *restrict target, const void *restrict source, size_t count) {
  const unaligned_f64 *doubles = source;
  for (size_t i = 0; i < count; i++) target[i] = (float)doubles[i];
}
