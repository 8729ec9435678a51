// SPDX-License-Identifier: Apache-2.0

#include "prompter_bfloat16.h"

#include "elements/rounding.h"

PROMPTER_CLONES
void prompter_round_bfloat16(float *restrict target, const float *restrict source, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = bits_to_float((int32_t)rounded(source[i]));
}

PROMPTER_CLONES
void prompter_narrow_bfloat16(uint16_t *restrict target, const float *restrict source,
                              size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = narrowed(source[i]);
}

PROMPTER_CLONES
int prompter_is_bfloat16(const float *values, size_t count) {
  uint32_t lower = 0;
  for (size_t i = 0; i < count; i++) lower |= (uint32_t)float_to_bits(values[i]);
  return (lower & 0xffffu) == 0;
}
