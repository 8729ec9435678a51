// SPDX-License-Identifier: Apache-2.0

#include "prompter_ranking.h"

#include <math.h>

#include "elements/vector.h"

PROMPTER_CLONES
void prompter_log_sums(float *sums, const float *x, size_t rows, size_t columns) {
  PROMPTER_REASSOCIATE
  for (size_t r = 0; r < rows; r++, x += columns) {
    float maximum = maximum_of(x, columns), sum = 0.0f;
    for (size_t c = 0; c < columns; c++) sum += exponential(x[c] - maximum);
    sums[r] = maximum + logf(sum);
  }
}

PROMPTER_INLINE int any_above(const float *x, size_t count, float limit) {
  int32_t found = 0;
  for (size_t i = 0; i < count; i++) found |= x[i] > limit;
  return found;
}

// Puts a column in its place among the `found` largest so far, which are sorted, if it belongs
// there. Returns how many there are then, `count` at most.
PROMPTER_INLINE size_t insert(int32_t *indices, size_t found, size_t count, const float *x, size_t c) {
  if (found == count && !(x[c] > x[indices[count - 1]])) return found;
  size_t place = found < count ? found++ : count - 1;
  for (; place > 0 && x[c] > x[indices[place - 1]]; place--) indices[place] = indices[place - 1];
  indices[place] = (int32_t)c;
  return found;
}

// Most values are no larger than the last of the largest so far, which is found out for many at a
// time.
PROMPTER_CLONES
void prompter_largest(int32_t *indices, const float *x, size_t count, size_t rows,
                      size_t columns) {
  enum { many = 128 };
  for (size_t r = 0; r < rows; r++, x += columns, indices += count) {
    size_t found = 0;
    for (size_t first = 0; first < columns; first += many) {
      size_t end = columns - first < many ? columns : first + many;
      if (found == count && !any_above(x + first, end - first, x[indices[count - 1]])) continue;
      for (size_t c = first; c < end; c++) found = insert(indices, found, count, x, c);
    }
  }
}
