// SPDX-License-Identifier: Apache-2.0
// What one head of one batch row is, for both passes of attention.

#ifndef PROMPTER_ATTENTION_HEAD_H
#define PROMPTER_ATTENTION_HEAD_H

#include "elements/rounding.h"
#include "products/small_product.h"
#include "prompter_attention.h"

// Queries are taken in blocks, so that the scores of a long row stay in the cache. Tiles add up
// over a whole number of thirty-twos of them.
enum { block = 48, tiled_block = 64 };

// Where a part's keys begin is a multiple of this among its row's, so that sums are taken in the
// same sixteens and thirty-twos wherever that is: what a query does not see adds nothing to them.
enum { key_step = 32 };

// What is transposed, or written by eights or sixteens, spoils up to sixteen values beyond its end.
enum { room = 16 };

// The rows of one head of a prompt's keys or values.
struct prefix {
  const float *rows;
  size_t count;
};

// What one head of one batch row works on, or, of a long row under a window, some of its queries
// and the keys that they see.
struct head {
  size_t row;
  size_t first_query, first_key;  // of this part among its row's
  size_t queries, prompt, text, keys, stride;  // keys = prompt + text; stride = padded keys
  size_t turned;                               // the stride of what is transposed, the same for all
  struct strided q;
  const float *k, *v;  // key_stride from row to row
  size_t key_stride;
  const float *prefix_k, *prefix_v;  // prefix_stride from row to row
  size_t prefix_stride;
  const int32_t *places;  // of the queries, NULL where they do not matter
  const float *bias;      // of key j for a query at place p is at j - p; NULL for none
  const struct terms *terms;  // of positions, see position_terms.h; NULL for none
  uint32_t row_key, number;  // of dropout: the row's key, and the head's number
  // Constants: whether products are those of AVX-512, and whether their factors are rounded; then
  // the output is not kept for the pullback.
  int is_wide, is_rounded;
};

// Without the rows of its queries, keys and values, which see head_in_place.
PROMPTER_INLINE struct head head_of(const struct prompter_attention *a, size_t row, size_t h,
                                    size_t turned, const int is_wide) {
  size_t first_query = (size_t)a->query_offsets[row];
  struct prompter_prefix prefix = {0};
  if (a->prefixes != NULL) prefix = a->prefixes[row];
  size_t prompt = prefix.count;
  size_t text = (size_t)(a->key_end[row] - a->key_begin[row]);
  return (struct head){
      .row = row,
      .queries = (size_t)a->query_offsets[row + 1] - first_query,
      .prompt = prompt,
      .text = text,
      .keys = prompt + text,
      .stride = sixteens(prompt + text),
      .prefix_k = prompt ? prefix.keys + h * a->size : NULL,
      .prefix_v = prompt ? prefix.values + h * a->size : NULL,
      .prefix_stride = prefix.stride,
      .places = a->query_places != NULL ? a->query_places + first_query : NULL,
      .bias = a->bias != NULL ? a->bias + h * a->bias_stride + a->bias_center - prompt : NULL,
      .row_key = a->dropout_threshold != 0 ? derived_key(a->dropout_key, a->row_keys[row]) : 0,
      .number = (uint32_t)h,
      .turned = turned,
      .is_wide = is_wide,
  };
}

// Padded keys of the row that has most.
PROMPTER_INLINE size_t turned_stride(const struct prompter_attention *a) {
  size_t most = 0;
  for (size_t row = 0; row < a->rows; row++) {
    size_t keys = (size_t)(a->key_end[row] - a->key_begin[row]);
    if (a->prefixes != NULL) keys += a->prefixes[row].count;
    most = keys > most ? keys : most;
  }
  return sixteens(most) + room;
}

// Where rows share a prompt or vectors of positions, all of them take a head in turn, so that
// those are transposed once. Keys of each head that stand one after another are read in that order,
// too.
PROMPTER_INLINE int goes_by_head(const struct prompter_attention *a) {
  return a->prefixes != NULL || a->positions != NULL || a->key_head_stride > a->key_stride;
}

// The row and the head that come i-th.
struct place {
  size_t row, head;
};

PROMPTER_INLINE struct place place_of(const struct prompter_attention *a, size_t i) {
  if (goes_by_head(a)) return (struct place){i % a->rows, i / a->rows};
  return (struct place){i / a->heads, i % a->heads};
}

PROMPTER_INLINE uint32_t dropout_key_of(const struct prompter_attention *a, const struct head *t,
                                        size_t query) {
  uint32_t heads = (uint32_t)a->query_heads, i = (uint32_t)(t->first_query + query);
  return derived_key(derived_key(t->row_key, t->number * heads + i % heads), i / heads);
}

// The prompt's and the text's rows of one head, transposed to [size, turned], with zeros beyond the
// last key. The prompt's are there already if the row before had the same, `known`.
PROMPTER_INLINE void gather_transposed(const struct prompter_attention *a, const struct head *t,
                                       const float *prefix, const float *text, float *y,
                                       struct prefix *known) {
  size_t stride = t->turned;
  if (t->prompt && (known->rows != prefix || known->count != t->prompt)) {
    transpose(t->prompt, a->size, prefix, t->prefix_stride, y, stride);
  }
  *known = (struct prefix){prefix, t->prompt};
  transpose(t->text, a->size, text, t->key_stride, y + t->prompt, stride);
  const v16 zeros = {0};
  for (size_t c = 0; c < a->size; c++) store16(y + c * stride + t->keys, zeros);
}

// The factor of key j's probability: of its number among its row's keys, prompt included.
PROMPTER_INLINE float dropout_of(const struct prompter_attention *a, const struct head *t,
                                 uint32_t key, size_t j) {
  size_t number = j < t->prompt ? j : j + t->first_key;
  return dropout_factor(key, (uint32_t)number, a->dropout_threshold, a->dropout_scale);
}

// One past the last key that a query sees, prompt included: all, or those up to its own place or to
// the end of its window.
PROMPTER_INLINE size_t seen_by(const struct prompter_attention *a, const struct head *t,
                               size_t query) {
  if (!a->is_causal && !a->window) return t->keys;
  size_t ahead = a->is_causal ? 0 : a->window;
  return t->prompt + at_most((size_t)t->places[query] + ahead + 1 - t->first_key, t->text);
}

// How many of the text's first keys a query does not see.
PROMPTER_INLINE size_t hidden_from(const struct prompter_attention *a, const struct head *t,
                                   size_t query) {
  size_t begin = t->first_key + a->window, place = a->window ? (size_t)t->places[query] : 0;
  return place > begin ? place - begin : 0;
}

// Whether a head is taken in parts of at most `most` queries, for most of its keys are seen by none
// of those.
PROMPTER_INLINE int is_cut(const struct prompter_attention *a, const struct head *whole,
                           size_t most) {
  return a->window && whole->text > most + 2 * a->window + key_step;
}

// The whole head, or its part that begins with query `first`: as many as stand near each other, and
// all keys that one of them sees.
PROMPTER_INLINE struct head part_of(const struct prompter_attention *a, const struct head *whole,
                                    size_t first, size_t most) {
  struct head t = *whole;
  if (!is_cut(a, whole, most)) return t;
  t.places += first;
  size_t low = (size_t)t.places[0], count = 1, limit = at_most(most, whole->queries - first);
  while (count < limit && (size_t)t.places[count] < low + most) count++;
  size_t begin = low > a->window ? low - a->window : 0;
  t.first_query = first;
  t.first_key = begin / key_step * key_step;
  t.queries = count;
  t.text = at_most((size_t)t.places[count - 1] + a->window + 1, whole->text) - t.first_key;
  t.keys = t.prompt + t.text;
  t.stride = sixteens(t.keys);
  t.q.p += first * t.q.row;
  t.k += t.first_key * t.key_stride;
  t.v += t.first_key * t.key_stride;
  return t;
}

// scores = scale * scores + bias for the keys that a query sees.
PROMPTER_INLINE void add_bias(float *restrict scores, const float *restrict bias, size_t seen,
                              float scale) {
  for (size_t j = 0; j < seen; j++) scores[j] = scores[j] * scale + bias[j];
}

// The nearest values in bfloat16.
PROMPTER_INLINE void round_values(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = bits_to_float((int32_t)rounded(values[i]));
}

// Loops over a whole number of sixteens: nothing is left over.
#define PROMPTER_SIXTEENS _Pragma("clang loop vectorize_width(16) interleave_count(1)")

#endif
