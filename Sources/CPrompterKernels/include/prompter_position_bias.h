// SPDX-License-Identifier: Apache-2.0
// Biases of attention scores by the distance between query and key, from a table of buckets of
// distances (Raffel et al. 2020, section 2.1).

#ifndef PROMPTER_POSITION_BIAS_H
#define PROMPTER_POSITION_BIAS_H

#include <stddef.h>
#include <stdint.h>

/// lines[h][d] = table[buckets[d]][h], for a table [buckets, heads].
void prompter_bias_lines(float *lines, const float *table, const int32_t *buckets, size_t heads,
                         size_t distances);

/// dtable[buckets[d]][h] += dlines[h][d].
void prompter_bias_lines_backward(float *dtable, const float *dlines, const int32_t *buckets,
                                  size_t heads, size_t distances);

#endif
