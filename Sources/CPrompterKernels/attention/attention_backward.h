// SPDX-License-Identifier: Apache-2.0
// The pullback of one head of one batch row.

#ifndef PROMPTER_ATTENTION_BACKWARD_H
#define PROMPTER_ATTENTION_BACKWARD_H

#include "attention/attention_head.h"
#include "attention/position_terms.h"

// The mean of a query's dP * mask, each as probable as P says: the same as dO * O, of which the
// pullback over rounded matrices has no more than 8 bits.
PROMPTER_INLINE float expected_gradient(const struct prompter_attention *a, const struct head *t,
                                        size_t query, const float *probability,
                                        const float *gradient) {
  PROMPTER_REASSOCIATE
  float sum = 0.0f;
  if (a->dropout_threshold) {
    uint32_t key = dropout_key_of(a, t, query);
    for (size_t j = 0; j < t->keys; j++) {
      float factor = dropout_of(a, t, key, j);
      sum += probability[j] * (gradient[j] * factor);
    }
    return sum;
  }
  int32_t count = (int32_t)t->stride;
  PROMPTER_SIXTEENS
  for (int32_t j = 0; j < count; j++) sum += probability[j] * gradient[j];
  return sum;
}

// p = P from Q K^T, and ds = dS from dP = dO V^T. With P the probabilities and D the row sums of
// dO * O, or of P * dP if O is not read: dS = scale P (dP - D), and then dV = P^T dO, dQ = dS K,
// dK = dS^T Q. P is computed again from the kept logarithms of the denominators. Under dropout, P
// becomes P * mask where it meets V, and dP becomes dP * mask; D is unchanged.
PROMPTER_INLINE void score_gradients(const struct prompter_attention *a, const struct head *t,
                                     size_t first, size_t count, const float *out,
                                     const float *dout, size_t out_stride, const float *log_sums,
                                     float *p, float *ds) {
  for (size_t r = 0; r < count; r++) {
    PROMPTER_REASSOCIATE
    float *probability = p + r * t->stride, *gradient = ds + r * t->stride;
    float log_sum = log_sums[r * a->heads], dot = 0.0f, scale = a->scale;
    size_t seen = seen_by(a, t, first + r);
    if (t->bias != NULL) {
      add_bias(probability, t->bias - t->places[first + r], seen, scale);
      scale = 1.0f;
    }
    int32_t limit = (int32_t)seen, stride_count = (int32_t)t->stride;
    PROMPTER_SIXTEENS
    for (int32_t j = 0; j < stride_count; j++) {
      float value = exponential(probability[j] * scale - log_sum);
      probability[j] = j < limit ? value : 0.0f;
    }
    size_t hidden = hidden_from(a, t, first + r);
    for (size_t j = 0; j < hidden; j++) probability[t->prompt + j] = 0.0f;
    if (t->is_rounded) {
      dot = expected_gradient(a, t, first + r, probability, gradient);
    } else {
      for (size_t c = 0; c < a->size; c++) dot += dout[r * out_stride + c] * out[r * out_stride + c];
    }
    if (a->dropout_threshold) {
      uint32_t key = dropout_key_of(a, t, first + r);
      for (size_t j = 0; j < t->keys; j++) {
        float factor = dropout_of(a, t, key, j);
        gradient[j] = a->scale * probability[j] * (gradient[j] * factor - dot);
        probability[j] *= factor;
      }
    } else {
      PROMPTER_SIXTEENS
      for (int32_t j = 0; j < stride_count; j++) {
        gradient[j] = a->scale * probability[j] * (gradient[j] - dot);
      }
    }
  }
}

// The bias meets the scores after they were scaled, so its gradient is dS / scale.
PROMPTER_INLINE void add_bias_gradients(const struct prompter_attention *a, const struct head *t,
                                        size_t first, size_t count, const float *restrict ds,
                                        float *restrict dbias) {
  float inverse = 1.0f / a->scale;
  for (size_t r = 0; r < count; r++) {
    float *line = dbias - t->places[first + r];
    size_t seen = seen_by(a, t, first + r);
    for (size_t j = 0; j < seen; j++) line[j] += ds[r * t->stride + j] * inverse;
  }
}

// Where one head of one row writes its gradients; NULL where none are wanted.
struct head_gradients {
  float *q, *k, *v;
  size_t query_stride, key_stride;
  float *prefix_k, *prefix_v;
  size_t prefix_stride;
  float *bias;
};

// Without those of its queries, keys and values, which see gradients_in_place.
PROMPTER_INLINE struct head_gradients gradients_of(const struct prompter_attention *a,
                                                   const struct prompter_attention_gradients *d,
                                                   size_t row, size_t h) {
  struct head_gradients g = {0};
  if (d->prefixes != NULL && d->prefixes[row].keys != NULL) {
    g.prefix_k = d->prefixes[row].keys + h * a->size;
    g.prefix_v = d->prefixes[row].values + h * a->size;
    g.prefix_stride = d->prefixes[row].stride;
  }
  if (d->bias != NULL) {
    size_t prompt = a->prefixes != NULL ? a->prefixes[row].count : 0;
    g.bias = d->bias + h * a->bias_stride + a->bias_center - prompt;
  }
  return g;
}

// With `adds_keys` the gradients of keys and values are added to, else they are written.
PROMPTER_INLINE void backward_part(const struct prompter_attention *a, const struct head *t,
                                   struct head_gradients g, int adds_keys, const float *out,
                                   const float *dout, size_t out_stride, const float *log_sums,
                                   float *scratch, struct prefix known[2]) {
  int is_one = t->k == t->v && t->prefix_k == t->prefix_v;
  float *keys = scratch, *values = is_one ? keys : keys + a->size * t->turned;
  float *p = values + a->size * t->turned, *ds = p + block * t->stride;
  gather_transposed(a, t, t->prefix_k, t->k, keys, &known[0]);
  if (!is_one) gather_transposed(a, t, t->prefix_v, t->v, values, &known[1]);
  for (size_t i = 0; i < t->queries; i += block) {
    size_t count = t->queries - i < block ? t->queries - i : block, n = a->size;
    const float *go = dout + i * out_stride, *q = t->q.p + i * t->q.row;
    struct strided some = {q, t->q.row, 1}, gradients = {go, out_stride, 1};
    small_product(t->is_wide, count, t->stride, n, some, keys, t->turned, p, t->stride, 0);
    small_product(t->is_wide, count, t->stride, n, gradients, values, t->turned, ds, t->stride, 0);
    if (t->terms != NULL) add_position_terms(t, n, i, count, p);
    score_gradients(a, t, i, count, t->is_rounded ? NULL : out + i * out_stride, go, out_stride,
                    log_sums + i * a->heads, p, ds);
    if (g.bias != NULL) add_bias_gradients(a, t, i, count, ds, g.bias);
    if (t->is_rounded) round_values(p, count * t->stride);
    if (t->is_rounded) round_values(ds, count * t->stride);
    // Transposed views: (j, r) of these is (r, j) of p and ds.
    struct strided pt = {p, 1, t->stride}, st = {ds, 1, t->stride};
    struct strided text_p = {p + t->prompt, 1, t->stride}, text_s = {ds + t->prompt, 1, t->stride};
    if (g.prefix_k != NULL && t->prompt) {
      small_product(t->is_wide, t->prompt, n, count, pt, go, out_stride, g.prefix_v,
                    g.prefix_stride, 1);
      small_product(t->is_wide, t->prompt, n, count, st, q, t->q.row, g.prefix_k,
                    g.prefix_stride, 1);
    }
    if (g.q != NULL) {
      struct strided s = {ds, t->stride, 1}, s_text = {ds + t->prompt, t->stride, 1};
      float *dq = g.q + i * g.query_stride;
      int adds = i != 0 || adds_keys;
      if (t->prompt) {
        small_product(t->is_wide, count, n, t->prompt, s, t->prefix_k, t->prefix_stride, dq,
                      g.query_stride, 0);
      }
      small_product(t->is_wide, count, n, t->text, s_text, t->k, t->key_stride, dq,
                    g.query_stride, t->prompt != 0);
      small_product(t->is_wide, t->text, n, count, text_p, go, out_stride, g.v, g.key_stride, adds);
      small_product(t->is_wide, t->text, n, count, text_s, q, t->q.row, g.k, g.key_stride, adds);
    }
    if (t->terms != NULL) {
      float *dq = g.q != NULL ? g.q + i * g.query_stride : NULL;
      pull_back_position_terms(t, n, i, count, ds, dq, g.query_stride, g.k, g.key_stride);
    }
  }
}

PROMPTER_INLINE void backward_head(const struct prompter_attention *a,
                                   const struct prompter_attention_gradients *d,
                                   const struct head *t, struct head_gradients g, const float *out,
                                   const float *dout, size_t out_stride, const float *log_sums,
                                   float *scratch, struct prefix known[2]) {
  int cut = is_cut(a, t, block);
  for (size_t r = 0; cut && g.q != NULL && !d->adds_keys && r < t->text; r++) {
    for (size_t c = 0; c < a->size; c++) g.k[r * g.key_stride + c] = g.v[r * g.key_stride + c] = 0;
  }
  for (size_t first = 0; first < t->queries;) {
    struct head part = part_of(a, t, first, block);
    struct head_gradients some = g;
    if (g.q != NULL) {
      some.q += first * g.query_stride;
      some.k += part.first_key * g.key_stride;
      some.v += part.first_key * g.key_stride;
    }
    backward_part(a, &part, some, cut || d->adds_keys,
                  t->is_rounded ? NULL : out + first * out_stride, dout + first * out_stride,
                  out_stride, log_sums + first * a->heads, scratch, known);
    first += part.queries;
  }
}

#endif
