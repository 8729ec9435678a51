// SPDX-License-Identifier: Apache-2.0

#include "attention/attention_backward.h"
#include "attention/attention_forward.h"

size_t prompter_attention_scratch(size_t keys, size_t size) {
  // Keys and values transposed, two blocks of scores.
  return (sixteens(keys) + room) * 2 * size + sixteens(keys) * 2 * block + room;
}

size_t prompter_positions_scratch(size_t reach, size_t size) {
  // Vectors for each distance, transposed, in rows, and the gradients of these; products with them.
  return 2 * size * turned_distances(reach) + 4 * size * distances_within(reach) +
         block * line_stride(reach + 1) + tile_keys * tile_distances + block * tile_keys;
}

// The memory for terms of positions, behind what every attention needs.
PROMPTER_INLINE float *positions_scratch(const struct prompter_attention *a, size_t turned,
                                         float *scratch) {
  return scratch + prompter_attention_scratch(turned - room, a->size);
}

// A head whose rows stand in matrices of float32.
PROMPTER_INLINE struct head head_in_place(const struct prompter_attention *a, size_t row, size_t h,
                                          size_t turned, const int is_wide) {
  size_t query = (size_t)a->query_offsets[row] * a->query_stride + h * a->size;
  size_t key = (size_t)a->key_begin[row] * a->key_stride + h * a->key_head_stride;
  struct head t = head_of(a, row, h, turned, is_wide);
  t.q = (struct strided){a->queries + query, a->query_stride, 1};
  t.k = a->keys + key;
  t.v = a->values + key;
  t.key_stride = a->key_stride;
  return t;
}

PROMPTER_INLINE struct head_gradients gradients_in_place(
    const struct prompter_attention *a, const struct prompter_attention_gradients *d, size_t row,
    size_t h) {
  struct head_gradients g = gradients_of(a, d, row, h);
  if (d->queries == NULL) return g;
  size_t key = (size_t)a->key_begin[row] * d->key_stride + h * a->size;
  g.q = d->queries + (size_t)a->query_offsets[row] * d->query_stride + h * a->size;
  g.k = d->keys + key;
  g.v = d->values + key;
  g.query_stride = d->query_stride;
  g.key_stride = d->key_stride;
  return g;
}

PROMPTER_INLINE void forward(const struct prompter_attention *a, float *out, size_t out_stride,
                             float *log_sums, float *scratch, const int is_wide) {
  size_t turned = turned_stride(a);
  struct prefix known = {0};
  struct terms terms = {0};
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    struct place at = place_of(a, i);
    size_t row = at.row, h = at.head;
    size_t first = (size_t)a->query_offsets[row];
    struct head t = head_in_place(a, row, h, turned, is_wide);
    if (a->positions != NULL) {
      if (row == 0) terms = forward_terms(a, h, positions_scratch(a, turned, scratch));
      t.terms = &terms;
    }
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

PROMPTER_INLINE void backward(const struct prompter_attention *a,
                              const struct prompter_attention_gradients *d, const float *out,
                              const float *dout, size_t out_stride, const float *log_sums,
                              float *scratch, const int is_wide) {
  size_t turned = turned_stride(a);
  struct prefix known[2] = {0};
  struct terms terms = {0};
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    struct place at = place_of(a, i);
    size_t row = at.row, h = at.head;
    size_t first = (size_t)a->query_offsets[row], offset = first * out_stride + h * a->size;
    struct head t = head_in_place(a, row, h, turned, is_wide);
    if (a->positions != NULL) {
      if (row == 0) terms = backward_terms(a, d, h, positions_scratch(a, turned, scratch));
      t.terms = &terms;
    }
    backward_head(a, d, &t, gradients_in_place(a, d, row, h), out + offset, dout + offset, out_stride,
                  log_sums + first * a->heads + h, scratch, known);
    if (t.terms != NULL && row == a->rows - 1) end_backward_terms(a, d, h, &terms);
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
