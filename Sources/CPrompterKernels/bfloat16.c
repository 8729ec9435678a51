// SPDX-License-Identifier: Apache-2.0

#include "prompter_bfloat16.h"

#include "vector.h"

// The upper half of a float32's bits, rounded; the lower half is zeros. Half a unit of what is kept
// is 0x8000: adding 0x7fff carries if more than half is cut off, and one more if it is exactly half
// and what is kept is odd. A carry out of the fraction is the next exponent, up to infinity.
PROMPTER_INLINE uint32_t rounded(float value) {
  uint32_t bits = (uint32_t)float_to_bits(value);
  uint32_t nearest = bits + 0x7fffu + (bits >> 16 & 1u);
  uint32_t quiet = bits | 0x00400000u;  // a NaN must not be carried into something else
  int is_nan = (int32_t)(bits & 0x7fffffffu) > 0x7f800000;
  return (is_nan ? quiet : nearest) & 0xffff0000u;
}

PROMPTER_CLONES
void prompter_round_bfloat16(float *restrict target, const float *restrict source, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = bits_to_float((int32_t)rounded(source[i]));
}

PROMPTER_CLONES
void prompter_narrow_bfloat16(uint16_t *restrict target, const float *restrict source,
                              size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = (uint16_t)(rounded(source[i]) >> 16);
}

PROMPTER_CLONES
int prompter_is_bfloat16(const float *values, size_t count) {
  uint32_t lower = 0;
  for (size_t i = 0; i < count; i++) lower |= (uint32_t)float_to_bits(values[i]);
  return (lower & 0xffffu) == 0;
}
