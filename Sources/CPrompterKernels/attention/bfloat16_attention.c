// SPDX-License-Identifier: Apache-2.0
// Attention over matrices in bfloat16 without tiles. One head of one row is widened into scratch
// memory, where products then find all they read in the first cache, and what they make of it is
// narrowed. All factors are rounded, as tiles round them.

#include <string.h>

#include "attention/amx_attention.h"
#include "attention/attention_backward.h"
#include "attention/attention_forward.h"
#include "elements/rounding.h"

// What all heads of one pass share.
struct rounded_pass {
  const struct prompter_attention *a;
  const struct prompter_rounded_attention *m;
  size_t turned;
  float *scratch, *stage;
};

// A head's matrices in scratch memory, each `size` wide.
struct staged {
  float *q, *k, *v, *out;  // without the prompt's keys and values
  float *prefix_k, *prefix_v;
};

PROMPTER_INLINE struct staged stage_at(float *stage, const struct head *t, size_t size) {
  struct staged s = {.q = stage};
  s.out = s.q + t->queries * size;
  s.k = s.out + t->queries * size;
  s.v = s.k + t->text * size;
  s.prefix_k = s.v + t->text * size;
  s.prefix_v = s.prefix_k + t->prompt * size;
  return s;
}

size_t prompter_rounded_attention_scratch(size_t queries, size_t keys, size_t size) {
  if (attends_in_tiles(size)) return tiled_attention_scratch(queries, keys, size);
  // Values and gradients of one head.
  return prompter_attention_scratch(keys, size) + 4 * (queries + keys) * size;
}

static struct rounded_pass pass_of(const struct prompter_attention *a,
                                   const struct prompter_rounded_attention *m, float *scratch) {
  size_t turned = turned_stride(a);
  return (struct rounded_pass){a, m, turned, scratch,
                               scratch + prompter_attention_scratch(turned - room, a->size)};
}

// Widens what a head reads to where it is staged.
PROMPTER_INLINE void widen_head(const struct rounded_pass *p, size_t row, size_t h,
                                const struct staged *s, struct head *t) {
  const struct prompter_rounded_attention *m = p->m;
  size_t size = p->a->size, key = (size_t)p->a->key_begin[row];
  widen_columns(m->queries, (size_t)p->a->query_offsets[row], t->queries, m->query_column + h * size,
                size, s->q);
  widen_columns(m->keys, key, t->text, m->key_column + h * size, size, s->k);
  widen_columns(m->values, key, t->text, m->value_column + h * size, size, s->v);
  for (size_t r = 0; r < t->prompt; r++) {
    memcpy(s->prefix_k + r * size, t->prefix_k + r * t->prefix_stride, size * sizeof(float));
    memcpy(s->prefix_v + r * size, t->prefix_v + r * t->prefix_stride, size * sizeof(float));
  }
  round_values(s->prefix_k, t->prompt * size);
  round_values(s->prefix_v, t->prompt * size);
  t->prefix_k = s->prefix_k;
  t->prefix_v = s->prefix_v;
  t->prefix_stride = size;
  t->is_rounded = 1;
  t->q = (struct strided){s->q, size, 1};
  t->k = s->k;
  t->v = s->v;
  t->key_stride = size;
}

PROMPTER_INLINE void forward(const struct rounded_pass *p, float *log_sums, const int is_wide) {
  const struct prompter_attention *a = p->a;
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    struct prefix known = {0};
    struct place at = place_of(a, i);
    size_t row = at.row, h = at.head;
    size_t first = (size_t)a->query_offsets[row], size = a->size;
    struct head t = head_of(a, row, h, p->turned, is_wide);
    struct staged s = stage_at(p->stage, &t, size);
    widen_head(p, row, h, &s, &t);
    forward_head(a, &t, s.out, size, log_sums == NULL ? NULL : log_sums + first * a->heads + h,
                 a->heads, p->scratch, &known);
    narrow_columns(p->m->out, first, t.queries, h * size, size, s.out);
  }
}

// The gradients of one head's queries, keys and values.
PROMPTER_INLINE void narrow_gradients(const struct rounded_pass *p,
                                      const struct prompter_rounded_attention *g, size_t row,
                                      size_t h, const struct head *t, const struct staged *s) {
  size_t size = p->a->size, key = (size_t)p->a->key_begin[row];
  narrow_columns(g->queries, (size_t)p->a->query_offsets[row], t->queries,
                 g->query_column + h * size, size, s->q);
  narrow_columns(g->keys, key, t->text, g->key_column + h * size, size, s->k);
  narrow_columns(g->values, key, t->text, g->value_column + h * size, size, s->v);
}

PROMPTER_INLINE void backward(const struct rounded_pass *p,
                              const struct prompter_attention_gradients *d,
                              const struct prompter_rounded_attention *g, const float *log_sums,
                              const int is_wide) {
  const struct prompter_attention *a = p->a;
  for (size_t i = 0; i < a->rows * a->heads; i++) {
    struct prefix known[2] = {0};
    struct place at = place_of(a, i);
    size_t row = at.row, h = at.head;
    size_t first = (size_t)a->query_offsets[row], size = a->size;
    struct head t = head_of(a, row, h, p->turned, is_wide);
    struct staged s = stage_at(p->stage, &t, size);
    struct staged ds = stage_at(p->stage + 2 * (t.queries + t.keys) * size, &t, size);
    widen_head(p, row, h, &s, &t);
    widen_columns(g->out, first, t.queries, h * size, size, ds.out);
    struct head_gradients to = gradients_of(a, d, row, h);
    if (g->queries.tiles != NULL) {
      to.q = ds.q;
      to.k = ds.k;
      to.v = ds.v;
    }
    to.query_stride = to.key_stride = size;
    backward_head(a, d, &t, to, NULL, ds.out, size, log_sums + first * a->heads + h, p->scratch,
                  known);
    if (g->queries.tiles != NULL) narrow_gradients(p, g, row, h, &t, &ds);
  }
}

PROMPTER_WIDE static void forward_wide(const struct rounded_pass *p, float *log_sums) {
  forward(p, log_sums, 1);
}

PROMPTER_NARROW_CLONES
static void forward_narrow(const struct rounded_pass *p, float *log_sums) {
  forward(p, log_sums, 0);
}

void prompter_rounded_attention_forward(const struct prompter_attention *a,
                                        const struct prompter_rounded_attention *m,
                                        float *log_sums, float *scratch) {
  if (attends_in_tiles(a->size)) {
    tiled_attention_forward(a, m, log_sums, scratch);
    return;
  }
  struct rounded_pass pass = pass_of(a, m, scratch);
  (has_wide_registers() ? forward_wide : forward_narrow)(&pass, log_sums);
}

PROMPTER_WIDE static void backward_wide(const struct rounded_pass *p,
                                        const struct prompter_attention_gradients *d,
                                        const struct prompter_rounded_attention *g,
                                        const float *log_sums) {
  backward(p, d, g, log_sums, 1);
}

PROMPTER_NARROW_CLONES
static void backward_narrow(const struct rounded_pass *p,
                            const struct prompter_attention_gradients *d,
                            const struct prompter_rounded_attention *g, const float *log_sums) {
  backward(p, d, g, log_sums, 0);
}

void prompter_rounded_attention_backward(const struct prompter_attention *a,
                                         const struct prompter_attention_gradients *d,
                                         const struct prompter_rounded_attention *m,
                                         const struct prompter_rounded_attention *g,
                                         const float *log_sums, float *scratch) {
  if (attends_in_tiles(a->size)) {
    tiled_attention_backward(a, d, m, g, log_sums, scratch);
    return;
  }
  struct rounded_pass pass = pass_of(a, m, scratch);
  (has_wide_registers() ? backward_wide : backward_narrow)(&pass, d, g, log_sums);
}
