// SPDX-License-Identifier: Apache-2.0

#include "prompter_attention.h"

#include "small_product.h"

// Queries are taken in blocks, so that the scores of a long row stay in the cache.
enum { block = 48 };

// What is transposed, or written by eights or sixteens, spoils up to sixteen values beyond its end.
enum { room = 16 };

size_t prompter_attention_scratch(size_t keys, size_t size) {
  // Keys and values transposed, two blocks of scores.
  return (sixteens(keys) + room) * 2 * size + sixteens(keys) * 2 * block + room;
}

// The rows of one head of a prompt's keys or values.
struct prefix {
  const float *rows;
  size_t count;
};

// What one head of one batch row works on.
struct head {
  size_t queries, prompt, text, keys, stride;  // keys = prompt + text; stride = padded keys
  size_t turned;                               // the stride of what is transposed, the same for all
  struct strided q;
  const float *k, *v, *prefix_k, *prefix_v;
  const int32_t *places;  // of the queries, NULL where they do not matter
  const float *bias;      // of key j for a query at place p is at j - p; NULL for none
  uint32_t row_key, number;  // of dropout: the row's key, and the head's number
  int is_wide;               // a constant: whether products are those of AVX-512
};

PROMPTER_INLINE struct head head_of(const struct prompter_attention *a, size_t row, size_t h,
                                    size_t turned, const int is_wide) {
  size_t first_query = (size_t)a->query_offsets[row], first_key = (size_t)a->key_begin[row];
  size_t prompt = 0, prefix = 0;
  if (a->prefix_keys != NULL) {
    prefix = (size_t)a->prefix_begin[row];
    prompt = (size_t)a->prefix_end[row] - prefix;
  }
  size_t text = (size_t)a->key_end[row] - first_key;
  return (struct head){
      .queries = (size_t)a->query_offsets[row + 1] - first_query,
      .prompt = prompt,
      .text = text,
      .keys = prompt + text,
      .stride = sixteens(prompt + text),
      .q = {a->queries + first_query * a->query_stride + h * a->size, a->query_stride, 1},
      .k = a->keys + first_key * a->key_stride + h * a->key_head_stride,
      .v = a->values + first_key * a->key_stride + h * a->key_head_stride,
      .prefix_k = prompt ? a->prefix_keys + prefix * a->prefix_stride + h * a->size : NULL,
      .prefix_v = prompt ? a->prefix_values + prefix * a->prefix_stride + h * a->size : NULL,
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
    if (a->prefix_keys != NULL) keys += (size_t)(a->prefix_end[row] - a->prefix_begin[row]);
    most = keys > most ? keys : most;
  }
  return sixteens(most) + room;
}

// Where rows share a prompt, all of them take a head in turn, so that it is transposed once. Keys
// of each head that stand one after another are read in that order, too.
PROMPTER_INLINE int goes_by_head(const struct prompter_attention *a) {
  return a->prefix_keys != NULL || a->key_head_stride > a->key_stride;
}

PROMPTER_INLINE uint32_t dropout_key_of(const struct prompter_attention *a, const struct head *t,
                                        size_t query) {
  uint32_t heads = (uint32_t)a->query_heads, i = (uint32_t)query;
  return derived_key(derived_key(t->row_key, t->number * heads + i % heads), i / heads);
}

// The prompt's and the text's rows of one head, transposed to [size, turned], with zeros beyond the
// last key. The prompt's are there already if the row before had the same, `known`.
PROMPTER_INLINE void gather_transposed(const struct prompter_attention *a, const struct head *t,
                                       const float *prefix, const float *text, float *y,
                                       struct prefix *known) {
  size_t stride = t->turned;
  if (t->prompt && (known->rows != prefix || known->count != t->prompt)) {
    transpose(t->prompt, a->size, prefix, a->prefix_stride, y, stride);
  }
  *known = (struct prefix){prefix, t->prompt};
  transpose(t->text, a->size, text, a->key_stride, y + t->prompt, stride);
  const v16 zeros = {0};
  for (size_t c = 0; c < a->size; c++) store16(y + c * stride + t->keys, zeros);
}

// The keys that a query sees, prompt included: all, or those up to its own place.
PROMPTER_INLINE size_t seen_by(const struct prompter_attention *a, const struct head *t,
                               size_t query) {
  return a->is_causal ? t->prompt + (size_t)t->places[query] + 1 : t->keys;
}

// scores = scale * scores + bias for the keys that a query sees.
PROMPTER_INLINE void add_bias(float *restrict scores, const float *restrict bias, size_t seen,
                              float scale) {
  for (size_t j = 0; j < seen; j++) scores[j] = scores[j] * scale + bias[j];
}

// Loops over a whole number of sixteens: nothing is left over.
#define PROMPTER_SIXTEENS _Pragma("clang loop vectorize_width(16) interleave_count(1)")

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
  float logs[block];
  for (size_t r = 0; r < count; r++) {
    inverse[r] = 1.0f / of[r].sum;
    logs[r] = of[r].maximum + logarithm(of[r].sum);
  }
  if (log_sums == NULL) return;
  for (size_t r = 0; r < count; r++) log_sums[r * heads] = logs[r];
}

PROMPTER_INLINE void drop_row(float *row, const struct prompter_attention *a, uint32_t key,
                              size_t keys) {
  for (size_t j = 0; j < keys; j++) {
    row[j] *= dropout_factor(key, (uint32_t)j, a->dropout_threshold, a->dropout_scale);
  }
}

// The scores of a row's only query, as when texts are written: keys are read as they lie, for
// transposing them takes longer than the product.
PROMPTER_INLINE void single_scores(const struct prompter_attention *a, const struct head *t,
                                   float *scores) {
  if (t->prompt) row_dots(t->prompt, a->size, t->prefix_k, a->prefix_stride, t->q.p, scores);
  row_dots(t->text, a->size, t->k, a->key_stride, t->q.p, scores + t->prompt);
}

PROMPTER_INLINE void forward_head(const struct prompter_attention *a, const struct head *t,
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
    float inverse[block];
    struct denominator denominators[block];
    for (size_t r = 0; r < count; r++) {
      float scale = a->scale;
      float *row = scores + r * t->stride;
      size_t seen = seen_by(a, t, i + r);
      if (t->bias != NULL) {
        add_bias(row, t->bias - t->places[i + r], seen, scale);
        scale = 1.0f;
      }
      denominators[r] = softmax_row(row, seen, t->stride, scale);
      if (a->dropout_threshold) drop_row(row, a, dropout_key_of(a, t, i + r), seen);
    }
    end_softmax(denominators, count, inverse, log_sums == NULL ? NULL : log_sums + i * heads,
                heads);
    float *target = out + i * out_stride;
    struct strided p = {scores, t->stride, 1}, text = {scores + t->prompt, t->stride, 1};
    if (t->prompt) {
      small_product(t->is_wide, count, a->size, t->prompt, p, t->prefix_v, a->prefix_stride, target,
                    out_stride, 0);
    }
    small_product(t->is_wide, count, a->size, t->text, text, t->v, a->key_stride, target,
                  out_stride, t->prompt != 0);
    for (size_t r = 0; r < count; r++) {
      for (size_t c = 0; c < a->size; c++) target[r * out_stride + c] *= inverse[r];
    }
  }
}

PROMPTER_INLINE void forward(const struct prompter_attention *a, float *out, size_t out_stride,
                             float *log_sums, float *scratch, const int is_wide) {
  int by_head = goes_by_head(a);
  size_t turned = turned_stride(a);
  struct prefix known = {0};
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    size_t row = by_head ? i % a->rows : i / a->heads, h = by_head ? i / a->rows : i % a->heads;
    size_t first = (size_t)a->query_offsets[row];
    struct head t = head_of(a, row, h, turned, is_wide);
    forward_head(a, &t, out + first * out_stride + h * a->size, out_stride,
                 log_sums == NULL ? NULL : log_sums + first * a->heads + h, a->heads, scratch,
                 &known);
  }
}

PROMPTER_WIDE static void forward_wide(const struct prompter_attention *a, float *out,
                                       size_t out_stride, float *log_sums, float *scratch) {
  forward(a, out, out_stride, log_sums, scratch, 1);
}

PROMPTER_NARROW_CLONES
static void forward_narrow(const struct prompter_attention *a, float *out, size_t out_stride,
                           float *log_sums, float *scratch) {
  forward(a, out, out_stride, log_sums, scratch, 0);
}

void prompter_attention_forward(const struct prompter_attention *a, float *out, size_t out_stride,
                                float *log_sums, float *scratch) {
  (has_wide_registers() ? forward_wide : forward_narrow)(a, out, out_stride, log_sums, scratch);
}

// With P the probabilities, dP = dO V^T and D the row sums of dO * O:
// dS = scale P (dP - D), dV = P^T dO, dQ = dS K, dK = dS^T Q. P is computed again from the kept
// logarithms of the denominators. Under dropout, P becomes P * mask where it meets V, and dP
// becomes dP * mask; D is unchanged.
PROMPTER_INLINE void score_gradients(const struct prompter_attention *a, const struct head *t,
                                     size_t first, size_t count, const float *out,
                                     const float *dout, size_t out_stride, const float *log_sums,
                                     const float *keys, const float *values, float *p, float *ds) {
  struct strided q = {t->q.p + first * t->q.row, t->q.row, 1}, g = {dout, out_stride, 1};
  small_product(t->is_wide, count, t->stride, a->size, q, keys, t->turned, p, t->stride, 0);
  small_product(t->is_wide, count, t->stride, a->size, g, values, t->turned, ds, t->stride, 0);
  for (size_t r = 0; r < count; r++) {
    PROMPTER_REASSOCIATE
    float *probability = p + r * t->stride, *gradient = ds + r * t->stride;
    float log_sum = log_sums[r * a->heads], dot = 0.0f, scale = a->scale;
    size_t seen = seen_by(a, t, first + r);
    if (t->bias != NULL) {
      add_bias(probability, t->bias - t->places[first + r], seen, scale);
      scale = 1.0f;
    }
    for (size_t c = 0; c < a->size; c++) dot += dout[r * out_stride + c] * out[r * out_stride + c];
    int32_t limit = (int32_t)seen, stride_count = (int32_t)t->stride;
    PROMPTER_SIXTEENS
    for (int32_t j = 0; j < stride_count; j++) {
      float value = exponential(probability[j] * scale - log_sum);
      probability[j] = j < limit ? value : 0.0f;
    }
    if (a->dropout_threshold) {
      uint32_t key = dropout_key_of(a, t, first + r);
      for (size_t j = 0; j < t->keys; j++) {
        float factor = dropout_factor(key, (uint32_t)j, a->dropout_threshold, a->dropout_scale);
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
  float *q, *k, *v, *prefix_k, *prefix_v, *bias;
};

PROMPTER_INLINE struct head_gradients gradients_of(const struct prompter_attention *a,
                                                   const struct prompter_attention_gradients *d,
                                                   size_t row, size_t h) {
  size_t query = (size_t)a->query_offsets[row], key = (size_t)a->key_begin[row];
  struct head_gradients g = {0};
  if (d->queries != NULL) {
    g.q = d->queries + query * d->query_stride + h * a->size;
    g.k = d->keys + key * d->key_stride + h * a->size;
    g.v = d->values + key * d->key_stride + h * a->size;
  }
  if (d->prefix_keys != NULL) {
    size_t prefix = (size_t)a->prefix_begin[row] * d->prefix_stride + h * a->size;
    g.prefix_k = d->prefix_keys + prefix;
    g.prefix_v = d->prefix_values + prefix;
  }
  if (d->bias != NULL) {
    size_t prompt =
        a->prefix_keys != NULL ? (size_t)(a->prefix_end[row] - a->prefix_begin[row]) : 0;
    g.bias = d->bias + h * a->bias_stride + a->bias_center - prompt;
  }
  return g;
}

PROMPTER_INLINE void backward_head(const struct prompter_attention *a,
                                   const struct prompter_attention_gradients *d,
                                   const struct head *t, struct head_gradients g, const float *out,
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
    score_gradients(a, t, i, count, out + i * out_stride, go, out_stride,
                    log_sums + i * a->heads, keys, values, p, ds);
    if (g.bias != NULL) add_bias_gradients(a, t, i, count, ds, g.bias);
    // Transposed views: (j, r) of these is (r, j) of p and ds.
    struct strided pt = {p, 1, t->stride}, st = {ds, 1, t->stride};
    struct strided text_p = {p + t->prompt, 1, t->stride}, text_s = {ds + t->prompt, 1, t->stride};
    if (g.prefix_k != NULL && t->prompt) {
      small_product(t->is_wide, t->prompt, n, count, pt, go, out_stride, g.prefix_v,
                    d->prefix_stride, 1);
      small_product(t->is_wide, t->prompt, n, count, st, q, t->q.row, g.prefix_k,
                    d->prefix_stride, 1);
    }
    if (g.q != NULL) {
      struct strided s = {ds, t->stride, 1}, s_text = {ds + t->prompt, t->stride, 1};
      float *dq = g.q + i * d->query_stride;
      int adds = i != 0 || d->adds_keys;
      if (t->prompt) {
        small_product(t->is_wide, count, n, t->prompt, s, t->prefix_k, a->prefix_stride, dq,
                      d->query_stride, 0);
      }
      small_product(t->is_wide, count, n, t->text, s_text, t->k, a->key_stride, dq,
                    d->query_stride, t->prompt != 0);
      small_product(t->is_wide, t->text, n, count, text_p, go, out_stride, g.v, d->key_stride, adds);
      small_product(t->is_wide, t->text, n, count, text_s, q, t->q.row, g.k, d->key_stride, adds);
    }
  }
}

PROMPTER_INLINE void backward(const struct prompter_attention *a,
                              const struct prompter_attention_gradients *d, const float *out,
                              const float *dout, size_t out_stride, const float *log_sums,
                              float *scratch, const int is_wide) {
  int by_head = goes_by_head(a);
  size_t turned = turned_stride(a);
  struct prefix known[2] = {0};
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    size_t row = by_head ? i % a->rows : i / a->heads, h = by_head ? i / a->rows : i % a->heads;
    size_t first = (size_t)a->query_offsets[row], offset = first * out_stride + h * a->size;
    struct head t = head_of(a, row, h, turned, is_wide);
    backward_head(a, d, &t, gradients_of(a, d, row, h), out + offset, dout + offset, out_stride,
                  log_sums + first * a->heads + h, scratch, known);
  }
}

PROMPTER_WIDE static void backward_wide(const struct prompter_attention *a,
                                        const struct prompter_attention_gradients *d,
                                        const float *out, const float *dout, size_t out_stride,
                                        const float *log_sums, float *scratch) {
  backward(a, d, out, dout, out_stride, log_sums, scratch, 1);
}

PROMPTER_NARROW_CLONES
static void backward_narrow(const struct prompter_attention *a,
                            const struct prompter_attention_gradients *d, const float *out,
                            const float *dout, size_t out_stride, const float *log_sums,
                            float *scratch) {
  backward(a, d, out, dout, out_stride, log_sums, scratch, 0);
}

void prompter_attention_backward(const struct prompter_attention *a,
                                 const struct prompter_attention_gradients *d, const float *out,
                                 const float *dout, size_t out_stride, const float *log_sums,
                                 float *scratch) {
  (has_wide_registers() ? backward_wide : backward_narrow)(a, d, out, dout, out_stride, log_sums,
                                                           scratch);
}
