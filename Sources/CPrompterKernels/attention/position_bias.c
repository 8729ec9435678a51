// SPDX-License-Identifier: Apache-2.0

#include "prompter_position_bias.h"

void prompter_bias_lines(float *lines, const float *table, const int32_t *buckets, size_t heads,
                         size_t distances) {
  for (size_t h = 0; h < heads; h++) {
    for (size_t d = 0; d < distances; d++) {
      lines[h * distances + d] = table[(size_t)buckets[d] * heads + h];
    }
  }
}

void prompter_bias_lines_backward(float *dtable, const float *dlines, const int32_t *buckets,
                                  size_t heads, size_t distances) {
  for (size_t h = 0; h < heads; h++) {
    for (size_t d = 0; d < distances; d++) {
      dtable[(size_t)buckets[d] * heads + h] += dlines[h * distances + d];
    }
  }
}
