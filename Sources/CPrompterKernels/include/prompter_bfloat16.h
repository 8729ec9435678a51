// SPDX-License-Identifier: Apache-2.0
// Rounding to bfloat16: the sign, the exponent and the first seven bits of a float32.

#ifndef PROMPTER_BFLOAT16_H
#define PROMPTER_BFLOAT16_H

#include <stddef.h>
#include <stdint.h>

/// Rounds `count` values to the nearest bfloat16, ties to the even one, and keeps them as float32.
/// Values beyond the largest become infinite, and a NaN stays one, made quiet.
void prompter_round_bfloat16(float *restrict target, const float *restrict source, size_t count);

/// Rounds `count` values likewise and keeps their upper halves: bfloat16 as such.
void prompter_narrow_bfloat16(uint16_t *restrict target, const float *restrict source,
                              size_t count);

/// Whether rounding would change none of `count` values.
int prompter_is_bfloat16(const float *values, size_t count);

#endif
