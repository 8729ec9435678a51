// SPDX-License-Identifier: Apache-2.0
// Vectors of relative positions that queries and keys of an attention meet (He et al. 2021,
// DeBERTa, section 3.1).

#ifndef PROMPTER_POSITIONS_H
#define PROMPTER_POSITIONS_H

#include <stddef.h>
#include <stdint.h>

/// Added to the product of a query at place i with a key at place j, before they are scaled: the
/// query's product with a position's key and the key's with a position's query, both of distance
/// d = j - i. Head h's vector of distance d is at rows[reach + d] * stride + h * size of `keys` and
/// `queries`, either of which may be NULL. A prompt's keys have no place and no such terms.
struct prompter_positions {
  const float *keys, *queries;
  size_t stride;
  const int32_t *rows;
  size_t reach;  // no row has more than reach + 1 keys, prompt aside
};

/// The values of scratch memory that either pass of an attention needs for them besides its own.
size_t prompter_positions_scratch(size_t reach, size_t size);

#endif
