// SPDX-License-Identifier: Apache-2.0
// Rounding to 16-bit fixed point: integers of 16 bits and, for at most 512 of them, a unit that
// they count.

#ifndef PROMPTER_INT16_H
#define PROMPTER_INT16_H

#include <stddef.h>

/// The largest number of values that share a unit.
enum { prompter_int16_deepest = 512 };

/// How many of `k` values in a row share a unit from `at` on: equal numbers, and even ones but for
/// the last.
size_t prompter_int16_depth(size_t k, size_t at);

/// Rounds `count` values, at most prompter_int16_deepest, to integers two by two: each float of
/// `pairs` has the bits of two of them, the last one those of a zero beyond an odd `count`. Returns
/// their unit.
///
/// The Euclidean norm of the integers is at most 46,300, so that no sum of products of two such
/// rows exceeds 2^31 (Cauchy and Schwarz). A unit is NaN where a value is no finite number.
float prompter_make_pairs(const float *x, size_t count, float *pairs);

/// y = x [rows, k], each value rounded so: what products in int16 take as their factors.
void prompter_round_int16(float *y, const float *x, size_t rows, size_t k);

#endif
