// SPDX-License-Identifier: Apache-2.0
// Attention over rounded matrices in AMX.

#ifndef PROMPTER_AMX_ATTENTION_H
#define PROMPTER_AMX_ATTENTION_H

#include "prompter_attention.h"

// Whether heads of so many values go there: whole lines of tiles, on a processor that has those.
int attends_in_tiles(size_t size);

// The values of scratch memory that either pass needs.
size_t tiled_attention_scratch(size_t queries, size_t keys, size_t size);

void tiled_attention_forward(const struct prompter_attention *a,
                             const struct prompter_rounded_attention *m, float *log_sums,
                             float *scratch);

void tiled_attention_backward(const struct prompter_attention *a,
                              const struct prompter_attention_gradients *d,
                              const struct prompter_rounded_attention *m,
                              const struct prompter_rounded_attention *g, const float *log_sums,
                              float *scratch);

#endif
