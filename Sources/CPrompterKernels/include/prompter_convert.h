// SPDX-License-Identifier: Apache-2.0
// Float types of files, little-endian and at any alignment, to float32.

#ifndef PROMPTER_CONVERT_H
#define PROMPTER_CONVERT_H

#include <stddef.h>

/// Copies `count` float32 values.
void prompter_convert_float32(float *restrict target, const void *restrict source, size_t count);

/// Converts `count` IEEE 754 half-precision values, exactly.
void prompter_convert_float16(float *restrict target, const void *restrict source, size_t count);

/// Converts `count` bfloat16 values, exactly.
void prompter_convert_bfloat16(float *restrict target, const void *restrict source, size_t count);

/// Rounds `count` float64 values to the nearest float32.
void prompter_convert_float64(float *restrict target, const void *restrict source, size_t count);

#endif
