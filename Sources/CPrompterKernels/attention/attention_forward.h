// SPDX-License-Identifier: Apache-2.0
// The forward pass of one head of one batch row.

#ifndef PROMPTER_ATTENTION_FORWARD_H
#define PROMPTER_ATTENTION_FORWARD_H

#include <float.h>

#include "attention/attention_head.h"
#include "attention/position_terms.h"

// maximum_of the first `count` values of a row that ends with a sixteen.
PROMPTER_INLINE float largest(const float *values, int32_t count, int32_t padded_count) {
  int32_t most = INT32_MIN;
  PROMPTER_SIXTEENS
  for (int32_t j = 0; j < padded_count; j++) {
    int32_t value = j < count ? ordered(float_to_bits(values[j])) : INT32_MIN;
    most = value > most ? value : most;
  }
  return bits_to_float(ordered(most));
}

// What a softmax is divided by: e^maximum * sum.
struct denominator {
  float maximum, sum;
};

// scores = softmax(scale * scores) * sum in place. Columns beyond `keys` become 0.
PROMPTER_INLINE struct denominator softmax_row(float *scores, size_t keys, size_t stride,
                                               float scale) {
  PROMPTER_REASSOCIATE
  int32_t count = (int32_t)keys, padded_count = (int32_t)stride;
  float maximum = largest(scores, count, padded_count) * scale, sum = 0.0f;
  PROMPTER_SIXTEENS
  for (int32_t j = 0; j < padded_count; j++) {
    float power = exponential(scores[j] * scale - maximum);
    scores[j] = j < count ? power : 0.0f;
    sum += scores[j];
  }
  return (struct denominator){maximum, sum};
}

// The reciprocals of the sums of a block of rows, and the logarithms of their denominators unless
// those are NULL: all rows at once, for one by one they would take as long as the exponentials.
PROMPTER_INLINE void end_softmax(const struct denominator *of, size_t count, float *inverse,
                                 float *log_sums, size_t heads) {
  float logs[tiled_block];
  for (size_t r = 0; r < count; r++) {
    inverse[r] = 1.0f / of[r].sum;
    logs[r] = of[r].maximum + logarithm(of[r].sum);
  }
  if (log_sums == NULL) return;
  for (size_t r = 0; r < count; r++) log_sums[r * heads] = logs[r];
}

PROMPTER_INLINE void drop_row(float *row, const struct prompter_attention *a, const struct head *t,
                              uint32_t key, size_t keys) {
  for (size_t j = 0; j < keys; j++) row[j] *= dropout_of(a, t, key, j);
}

// The scores of a row's only query, as when texts are written: keys are read as they lie, for
// transposing them takes longer than the product.
PROMPTER_INLINE void single_scores(const struct prompter_attention *a, const struct head *t,
                                   float *scores) {
  if (t->prompt) row_dots(t->prompt, a->size, t->prefix_k, t->prefix_stride, t->q.p, scores);
  row_dots(t->text, a->size, t->k, t->key_stride, t->q.p, scores + t->prompt);
}

// scores = softmax(scale * scores + bias) * sum for `count` queries from `first` on, and the
// reciprocals of those sums; under dropout times the mask.
PROMPTER_INLINE void softmax_rows(const struct prompter_attention *a, const struct head *t,
                                  size_t first, size_t count, float *scores, float *inverse,
                                  float *log_sums, size_t heads) {
  struct denominator denominators[tiled_block];
  for (size_t r = 0; r < count; r++) {
    float scale = a->scale;
    float *row = scores + r * t->stride;
    size_t seen = seen_by(a, t, first + r), hidden = hidden_from(a, t, first + r);
    if (t->bias != NULL) {
      add_bias(row, t->bias - t->places[first + r], seen, scale);
      scale = 1.0f;
    }
    // What stands before a window is far below all that is seen: it adds less than 1e-34 to a sum
    // that is at least 1.
    for (size_t j = 0; j < hidden; j++) row[t->prompt + j] = -FLT_MAX;
    denominators[r] = softmax_row(row, seen, t->stride, scale);
    for (size_t j = 0; j < hidden; j++) row[t->prompt + j] = 0.0f;
    if (a->dropout_threshold) drop_row(row, a, t, dropout_key_of(a, t, first + r), seen);
  }
  end_softmax(denominators, count, inverse, log_sums, heads);
}

PROMPTER_INLINE void forward_part(const struct prompter_attention *a, const struct head *t,
                                  float *out, size_t out_stride, float *log_sums, size_t heads,
                                  float *scratch, struct prefix *known) {
  float *keys = scratch, *scores = keys + a->size * t->turned;
  int is_single = a->reorders_lone_queries && t->queries == 1 && a->size % 8 == 0;
  if (!is_single) gather_transposed(a, t, t->prefix_k, t->k, keys, known);
  for (size_t i = 0; i < t->queries; i += block) {
    size_t count = t->queries - i < block ? t->queries - i : block;
    struct strided q = {t->q.p + i * t->q.row, t->q.row, 1};
    if (is_single) {
      single_scores(a, t, scores);
    } else {
      small_product(t->is_wide, count, t->stride, a->size, q, keys, t->turned, scores, t->stride,
                    0);
    }
    if (t->terms != NULL) add_position_terms(t, a->size, i, count, scores);
    float inverse[block];
    softmax_rows(a, t, i, count, scores, inverse, log_sums == NULL ? NULL : log_sums + i * heads,
                 heads);
    if (t->is_rounded) round_values(scores, count * t->stride);
    float *target = out + i * out_stride;
    struct strided p = {scores, t->stride, 1}, text = {scores + t->prompt, t->stride, 1};
    if (t->prompt) {
      small_product(t->is_wide, count, a->size, t->prompt, p, t->prefix_v, t->prefix_stride, target,
                    out_stride, 0);
    }
    small_product(t->is_wide, count, a->size, t->text, text, t->v, t->key_stride, target,
                  out_stride, t->prompt != 0);
    for (size_t r = 0; r < count; r++) {
      for (size_t c = 0; c < a->size; c++) target[r * out_stride + c] *= inverse[r];
    }
  }
}

PROMPTER_INLINE void forward_head(const struct prompter_attention *a, const struct head *t,
                                  float *out, size_t out_stride, float *log_sums, size_t heads,
                                  float *scratch, struct prefix *known) {
  if (!is_cut(a, t, block)) {
    forward_part(a, t, out, out_stride, log_sums, heads, scratch, known);
    return;
  }
  for (size_t first = 0; first < t->queries;) {
    struct head part = part_of(a, t, first, block);
    forward_part(a, &part, out + first * out_stride, out_stride,
                 log_sums == NULL ? NULL : log_sums + first * heads, heads, scratch, known);
    first += part.queries;
  }
}

#endif
