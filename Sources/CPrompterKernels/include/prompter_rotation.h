// SPDX-License-Identifier: Apache-2.0
// Rotary positions (Su and others 2021): each pair of a head's values is turned by an angle that
// grows with the place of its token, so that the product of a query and a key knows how far apart
// the two stand. A pair are value i of a head's first half and value i of its second.

#ifndef PROMPTER_ROTATION_H
#define PROMPTER_ROTATION_H

#include <stddef.h>
#include <stdint.h>

#include "prompter_rounded.h"

/// What heads of `size` values are turned by: for each place the cosines [size / 2] of its angles,
/// then the sines, at table + place * size. Row r stands at places[r]. With `is_backward` it is
/// turned back.
struct prompter_rotation {
  const float *table;
  const int32_t *places;
  size_t size;
  int is_backward;
};

/// y [rows, columns] = x, the first `heads` heads of each row turned.
void prompter_rotate(const struct prompter_rotation *by, float *y, const float *x, size_t rows,
                     size_t columns, size_t heads);

/// The same of a rounded matrix, in place: values are turned in float32 and rounded again.
void prompter_rotate_rounded(const struct prompter_rotation *by, struct prompter_rounded x,
                             size_t rows, size_t heads);

#endif
