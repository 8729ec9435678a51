// SPDX-License-Identifier: Apache-2.0
// Multi-head attention over ragged rows whose keys and values may begin with a prompt's.
//
// A batch row r owns the queries query_offsets[r] ..< query_offsets[r + 1], sees the keys and
// values key_begin[r] ..< key_end[r], which other rows may see too, and before those its prompt's
// keys and values where those lie, prefixes[r]. A query sees every key of its own row or, where
// attention is causal, no key beyond its own place or, under a window, those near its own place.
// Its prompt's it sees always. Nothing is padded.

#ifndef PROMPTER_ATTENTION_H
#define PROMPTER_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

#include "prompter_positions.h"
#include "prompter_rounded.h"

// What a batch row sees of a prompt: `count` keys and values, `stride` values from one to the next,
// heads side by side.
struct prompter_prefix {
  const float *keys, *values;
  size_t stride, count;
};

struct prompter_attention {
  size_t rows, heads, size;  // batch rows; heads; values in a head
  float scale;               // of the scores, 1 / sqrt(size) as a rule

  // Head h of query t is at t * query_stride + h * size, of a key or value at t * key_stride +
  // h * key_head_stride: heads stand side by side in a token's row or, where texts are written,
  // each head's keys stand one after another, so that a lone query reads them in one sweep.
  const float *queries, *keys, *values;
  size_t query_stride, key_stride, key_head_stride;
  const int32_t *query_offsets, *key_begin, *key_end;
  // How many queries in turn are the heads of one that hear the same keys; 1 where `heads` has
  // them. Dropout alone asks.
  size_t query_heads;

  // Which of its row's keys, prompt aside, each query stands at. NULL where it does not matter:
  // where attention is neither causal nor biased nor under a window nor has terms of positions.
  // Ascending under a window.
  const int32_t *query_places;
  int is_causal;
  // How many places before or after its own a query sees its row's keys; 0 for any. Without a bias.
  size_t window;
  // Whether the scores of a row's only query may be added up in another order than those of
  // several: faster, but its bits are then others than among queries that someone else wants.
  int reorders_lone_queries;

  // Added to the scaled scores by the distance from query to key, [heads, bias_stride]: head h's
  // value for a key d places after the query is bias[h * bias_stride + bias_center + d]. Prompts'
  // keys stand right before their row's first. NULL for none.
  const float *bias;
  size_t bias_stride, bias_center;

  // Terms of relative positions, for attention that is not causal; NULL for none. Not for matrices
  // in bfloat16.
  const struct prompter_positions *positions;

  // One for each batch row, of no keys where it has no prompt; NULL when no row has one.
  const struct prompter_prefix *prefixes;

  // Dropout of probabilities; none when the threshold is 0. A probability's fate depends on its
  // row's key, its head, its query and its key alone.
  uint32_t dropout_key, dropout_threshold;
  float dropout_scale;
  const uint32_t *row_keys;
};

/// The values of scratch memory that either pass needs for rows of at most `keys` keys, prompt
/// included, terms of positions aside.
size_t prompter_attention_scratch(size_t keys, size_t size);

/// out[t, h] = sum over j of softmax(scale q[t, h] . k[j, h] + bias) v[j, h]. `log_sums`
/// [queries, heads] (may be NULL) gets the logarithm of each softmax's denominator, all that the
/// backward pass needs besides `out`.
void prompter_attention_forward(const struct prompter_attention *a, float *out, size_t out_stride,
                                float *log_sums, float *scratch);

// Where the gradients of what a batch row sees of a prompt are added to, `stride` values from one
// key or value to the next. Without pointers for a row that wants none.
struct prompter_prefix_gradients {
  float *keys, *values;
  size_t stride;
};

/// Where the backward pass writes. The gradients of queries, keys and values are written whole, or,
/// with `adds_keys`, those of keys and values are added to: where rows share keys, or keys are
/// values too. Those of the prompt's keys and values, of the bias and of positions, which have the
/// stride of what they are of, are added to. Each group is left out by leaving its pointers NULL.
struct prompter_attention_gradients {
  float *queries, *keys, *values;
  size_t query_stride, key_stride;
  int adds_keys;
  const struct prompter_prefix_gradients *prefixes;  // one for each batch row
  float *bias;
  float *position_keys, *position_queries;
};

/// The pullback of the forward pass for the output's gradient `dout`.
void prompter_attention_backward(const struct prompter_attention *a,
                                 const struct prompter_attention_gradients *d, const float *out,
                                 const float *dout, size_t out_stride, const float *log_sums,
                                 float *scratch);

/// Queries, keys, values and the output, or the gradients of all four, in bfloat16: heads side by
/// side from a column on.
struct prompter_rounded_attention {
  struct prompter_rounded queries, keys, values, out;
  size_t query_column, key_column, value_column;
};

/// The values of scratch memory that either pass over rounded matrices needs for rows of at most so
/// many queries and keys, prompt included.
size_t prompter_rounded_attention_scratch(size_t queries, size_t keys, size_t size);

/// prompter_attention_forward of matrices in bfloat16, the output rounded; `a` has neither queries
/// nor keys nor values. Factors of all products are rounded, prompts' keys and values too; scores,
/// their softmax and sums are float32.
void prompter_rounded_attention_forward(const struct prompter_attention *a,
                                        const struct prompter_rounded_attention *m,
                                        float *log_sums, float *scratch);

/// Its pullback for the output's gradient in `g`, which gets those of queries, keys and values,
/// unless their tiles are NULL. The output itself is not read, and no two rows share keys. `d` has
/// where those of prompt and bias go.
void prompter_rounded_attention_backward(const struct prompter_attention *a,
                                         const struct prompter_attention_gradients *d,
                                         const struct prompter_rounded_attention *m,
                                         const struct prompter_rounded_attention *g,
                                         const float *log_sums, float *scratch);

#endif
