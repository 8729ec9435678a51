// SPDX-License-Identifier: Apache-2.0
// One head of one row after the other: its queries, keys and values are made factors in the first
// caches, and all products are tiles', whose factors are bfloat16. Scores, their softmax and all
// sums are float32.

#include "attention/amx_attention.h"

#include <string.h>

#include "attention/amx_attention_tiles.h"
#include "attention/attention_backward.h"
#include "attention/attention_forward.h"
#include "products/amx/amx_panels.h"

#if defined(__x86_64__) && defined(__linux__)

int attends_in_tiles(size_t size) { return size % deep == 0 && has_bfloat16_tiles(); }

// What a head is made into. Zeros follow the last query and key, up to a whole number of 32.
struct factors_of_head {
  struct prompter_rounded q, k, v, dout;  // rows, as they stand
  uint16_t *turned_k, *turned_v;          // for products that add up over a head's values
  uint16_t *deep_k, *deep_v;              // for those that add up over keys
  uint16_t *deep_q, *deep_dout;           // over a block's queries
  struct prompter_rounded scores;         // of a block of queries
  uint16_t *turned_scores;
  float *p, *ds;   // [block, stride]
  float *sums;     // [block, size]
  float *dk, *dv;  // [keys, size]
  float *row_dk, *row_dv;  // [keys of the text, size], of a row that is taken in parts
};

static void *take(char **memory, size_t count, size_t bytes) {
  char *taken = *memory;
  *memory += (count * bytes + 63) / 64 * 64;
  return taken;
}

static struct prompter_rounded take_rows(char **memory, size_t rows, size_t columns) {
  return (struct prompter_rounded){take(memory, rows * columns, sizeof(uint16_t)), columns / deep};
}

// Divides scratch memory; returns how many bytes of it there are.
static size_t divide(char *memory, size_t queries, size_t keys, size_t size,
                     struct factors_of_head *f) {
  char *rest = memory;
  size_t asked = in_tiles(queries, deep) * deep, heard = in_tiles(keys, deep) * deep;
  f->q = take_rows(&rest, asked, size);
  f->dout = take_rows(&rest, asked, size);
  f->k = take_rows(&rest, heard, size);
  f->v = take_rows(&rest, heard, size);
  f->scores = take_rows(&rest, tiled_block, heard);
  uint16_t **of_keys[] = {&f->turned_k, &f->turned_v, &f->deep_k, &f->deep_v};
  for (int i = 0; i < 4; i++) *of_keys[i] = take(&rest, heard * size, sizeof(uint16_t));
  f->deep_q = take(&rest, tiled_block * size, sizeof(uint16_t));
  f->deep_dout = take(&rest, tiled_block * size, sizeof(uint16_t));
  f->turned_scores = take(&rest, tiled_block * heard, sizeof(uint16_t));
  f->p = take(&rest, tiled_block * heard, sizeof(float));
  f->ds = take(&rest, tiled_block * heard, sizeof(float));
  f->sums = take(&rest, tiled_block * size, sizeof(float));
  f->dk = take(&rest, heard * size, sizeof(float));
  f->dv = take(&rest, heard * size, sizeof(float));
  f->row_dk = take(&rest, heard * size, sizeof(float));
  f->row_dv = take(&rest, heard * size, sizeof(float));
  return (size_t)(rest - memory);
}

size_t tiled_attention_scratch(size_t queries, size_t keys, size_t size) {
  struct factors_of_head unused;
  return divide(NULL, queries, keys, size, &unused) / sizeof(float) + lines;
}

struct tiled_pass {
  const struct prompter_attention *a;
  const struct prompter_rounded_attention *m;
  struct factors_of_head f;
  size_t number;                   // which head comes next
  struct head whole, after;        // the head that is computed, and the next one
  struct head now, next;           // the part that is computed, and the one that is fetched meanwhile
  int is_last, is_done;            // whether the part is its head's last one; whether all are done
  int differs, is_known;  // whether counts are others than before, and the prompt is the same
};

static struct tiled_pass pass_of(const struct prompter_attention *a,
                                 const struct prompter_rounded_attention *m, float *scratch) {
  size_t queries = 0;
  for (size_t row = 0; row < a->rows; row++) {
    size_t count = (size_t)(a->query_offsets[row + 1] - a->query_offsets[row]);
    queries = count > queries ? count : queries;
  }
  struct tiled_pass pass = {.a = a, .m = m};
  char *aligned = (char *)scratch + (64 - (uintptr_t)scratch % 64) % 64;
  divide(aligned, queries, turned_stride(a) - room, a->size, &pass.f);
  return pass;
}

PROMPTER_INLINE struct head head_at(const struct prompter_attention *a, size_t i) {
  struct place at = place_of(a, i);
  struct head t = head_of(a, at.row, at.head, 0, 1);
  t.is_rounded = 1;
  return t;
}

// Goes on to the next part of the head, or to the next head. The last one is its own next.
static const struct head *advance(struct tiled_pass *p) {
  const struct prompter_attention *a = p->a;
  struct head before = p->now;
  if (p->is_last) p->whole = p->after;
  p->now = p->next;
  p->is_done = p->is_last && p->number > a->rows * a->heads;
  size_t end = p->now.first_query + p->now.queries;
  p->is_last = end == p->whole.queries;
  if (!p->is_last) {
    p->next = part_of(a, &p->whole, end, tiled_block);
  } else {
    if (p->number < a->rows * a->heads) {
      p->after = head_at(a, p->number);
      p->next = part_of(a, &p->after, 0, tiled_block);
    }
    p->number++;
  }
  p->differs = p->now.queries != before.queries || p->now.keys != before.keys;
  p->is_known = p->now.prefix_k == before.prefix_k && p->now.prefix_v == before.prefix_v &&
                p->now.prompt == before.prompt;
  return p->is_done ? NULL : &p->now;
}

// The first part of the first head.
static const struct head *begin(struct tiled_pass *p) {
  p->after = head_at(p->a, 0);
  p->next = part_of(p->a, &p->after, 0, tiled_block);
  p->is_last = 1;
  p->number = 1;
  return advance(p);
}

// What belongs to a head of a matrix that has a row for each query, or for each key.
PROMPTER_INLINE struct part asked_of(const struct tiled_pass *p, const struct head *t,
                                     struct prompter_rounded x, size_t column) {
  size_t first = (size_t)p->a->query_offsets[t->row] + t->first_query, size = p->a->size;
  return (struct part){x, first, t->queries, column + t->number * size, size / deep};
}

PROMPTER_INLINE struct part heard_of(const struct tiled_pass *p, const struct head *t,
                                     struct prompter_rounded x, size_t column) {
  size_t first = (size_t)p->a->key_begin[t->row] + t->first_key, size = p->a->size;
  return (struct part){x, first, t->text, column + t->number * size, size / deep};
}

PROMPTER_AMX_INLINE void gather_asked(const struct tiled_pass *p, struct part x,
                                      struct prompter_rounded y) {
  copy_rows(x, y, 0);
  if (p->differs) clear_rows(y, x.count, in_tiles(x.count, deep) * deep);
}

// The prompt's keys or values before the text's.
PROMPTER_AMX_INLINE void gather_heard(const struct tiled_pass *p, const struct head *t,
                                      const float *prefix, struct part text,
                                      struct prompter_rounded y) {
  struct part prompt = {y, 0, t->prompt, 0, y.steps};
  if (!p->is_known && t->prompt) round_rows(prefix, t->prefix_stride, NULL, prompt);
  copy_rows(text, y, t->prompt);
  if (p->differs) clear_rows(y, t->keys, in_tiles(t->keys, deep) * deep);
}

// Rows from `first` on, a whole number of sixteens.
PROMPTER_INLINE const uint16_t *rows_from(struct prompter_rounded x, size_t first) {
  return x.tiles + first * x.steps * deep;
}

// Scores of a block as rows of a first factor, whose last line may be half zeros.
PROMPTER_AMX_INLINE struct prompter_rounded round_scores(const struct tiled_pass *p,
                                                         const struct head *t, size_t count,
                                                         const float *scores) {
  struct prompter_rounded y = {p->f.scores.tiles, in_tiles(t->keys, deep)};
  size_t whole = t->stride / deep;
  struct part lines_of_scores = {y, 0, count, 0, whole};
  round_rows(scores, t->stride, NULL, lines_of_scores);
  for (size_t r = 0; whole < y.steps && r < count; r++) {
    __m512 last = _mm512_loadu_ps(scores + r * t->stride + whole * deep);
    _mm512_store_si512(rounded_line(y, r, whole * deep),
                       (__m512i)_mm512_cvtne2ps_pbh(_mm512_setzero_ps(), last));
  }
  if (p->differs || t->queries > tiled_block) clear_rows(y, count, in_tiles(count, deep) * deep);
  return y;
}

PROMPTER_AMX_INLINE void forward_block(const struct tiled_pass *p, const struct head *t, size_t first,
                                       float *log_sums) {
  const struct prompter_attention *a = p->a;
  const struct factors_of_head *f = &p->f;
  struct part out = asked_of(p, t, p->m->out, 0);
  size_t count = at_most(tiled_block, t->queries - first), rows = in_tiles(count, lines);
  size_t size = a->size, steps = in_tiles(t->keys, deep);
  float inverse[tiled_block];
  sum_blocks(rows_from(f->q, first), rows, f->turned_k, t->stride / lines, size / deep, f->p,
             t->stride, 0);
  softmax_rows(a, t, first, count, f->p, inverse,
               log_sums == NULL ? NULL : log_sums + first * a->heads, a->heads);
  struct prompter_rounded scores = round_scores(p, t, count, f->p);
  sum_blocks(scores.tiles, rows, f->deep_v, size / lines, steps, f->sums, size, 0);
  out.first += first;
  out.count = count;
  round_rows(f->sums, size, inverse, out);
}

// What both passes read of a head.
PROMPTER_AMX_INLINE void gather_head(const struct tiled_pass *p, const struct head *t) {
  const struct prompter_rounded_attention *m = p->m;
  const struct factors_of_head *f = &p->f;
  gather_asked(p, asked_of(p, t, m->queries, m->query_column), f->q);
  gather_heard(p, t, t->prefix_k, heard_of(p, t, m->keys, m->key_column), f->k);
  gather_heard(p, t, t->prefix_v, heard_of(p, t, m->values, m->value_column), f->v);
  turn_rows(f->k, t->stride / lines, f->turned_k);
}

PROMPTER_AMX_INLINE void fetch_next(const struct tiled_pass *p) {
  const struct prompter_rounded_attention *m = p->m;
  fetch_rows(asked_of(p, &p->next, m->queries, m->query_column), 0);
  fetch_rows(heard_of(p, &p->next, m->keys, m->key_column), 0);
  fetch_rows(heard_of(p, &p->next, m->values, m->value_column), 0);
}

// Where a part's logarithms begin.
PROMPTER_INLINE size_t first_log_sum(const struct prompter_attention *a, const struct head *t) {
  return ((size_t)a->query_offsets[t->row] + t->first_query) * a->heads + t->number;
}

PROMPTER_AMX static void forward(struct tiled_pass *p, float *log_sums) {
  const struct prompter_attention *a = p->a;
  for (const struct head *t = begin(p); t != NULL; t = advance(p)) {
    gather_head(p, t);
    make_depth(p->f.v, in_tiles(t->keys, deep), a->size / lines, p->f.deep_v);
    fetch_next(p);
    fetch_rows(asked_of(p, t, p->m->out, 0), 1);
    for (size_t q = 0; q < t->queries; q += tiled_block) {
      forward_block(p, t, q, log_sums == NULL ? NULL : log_sums + first_log_sum(a, t));
    }
  }
}

PROMPTER_AMX void tiled_attention_forward(const struct prompter_attention *a,
                                          const struct prompter_rounded_attention *m,
                                          float *log_sums, float *scratch) {
  struct tiled_pass pass = pass_of(a, m, scratch);
  _tile_loadconfig(&tile_shape);
  forward(&pass, log_sums);
  _tile_release();
}

// The gradients of keys or values: those of the prompt are added. Those of a text that is taken in
// parts are added up in `row` until the last one.
PROMPTER_AMX_INLINE void give_heard(const struct tiled_pass *p, const struct head *t, const float *x,
                                    float *prefix, size_t prefix_stride, float *row,
                                    struct prompter_rounded text, size_t column) {
  size_t size = p->a->size;
  for (size_t r = 0; prefix != NULL && r < t->prompt; r++) {
    for (size_t i = 0; i < size; i++) prefix[r * prefix_stride + i] += x[r * size + i];
  }
  if (text.tiles == NULL) return;
  x += t->prompt * size;
  if (!is_cut(p->a, &p->whole, tiled_block)) {
    round_rows(x, size, NULL, heard_of(p, t, text, column));
    return;
  }
  if (t->first_query == 0) memset(row, 0, p->whole.text * size * sizeof *row);
  float *some = row + t->first_key * size;
  for (size_t i = 0; i < t->text * size; i++) some[i] += x[i];
  if (p->is_last) round_rows(row, size, NULL, heard_of(p, &p->whole, text, column));
}

// Adds up scores, transposed, times rows of a block's queries, for the first `wanted` sixteens of
// keys.
PROMPTER_AMX_INLINE void sum_over_queries(const struct tiled_pass *p, struct prompter_rounded scores,
                                          size_t wanted, size_t count, struct prompter_rounded rows,
                                          uint16_t *columns, float *y, int accumulates) {
  size_t steps = in_tiles(count, deep), across = p->a->size / lines;
  make_transpose(scores, steps, wanted, p->f.turned_scores);
  make_depth(rows, steps, across, columns);
  sum_blocks(p->f.turned_scores, wanted, columns, across, steps, y, p->a->size, accumulates);
}

// A block of a head's queries: their own gradients unless `dq` has no tiles, and what they add to
// those of keys and values.
PROMPTER_AMX_INLINE void backward_block(const struct tiled_pass *p, const struct head *t,
                                        size_t first, size_t wanted, float *dbias,
                                        const float *log_sums, struct part dq) {
  const struct prompter_attention *a = p->a;
  const struct factors_of_head *f = &p->f;
  size_t count = at_most(tiled_block, t->queries - first), rows = in_tiles(count, lines);
  size_t size = a->size, keys = t->stride / lines, steps = size / deep;
  struct prompter_rounded q = f->q, dout = f->dout;
  q.tiles += first * size;
  dout.tiles += first * size;
  sum_blocks(q.tiles, rows, f->turned_k, keys, steps, f->p, t->stride, 0);
  sum_blocks(dout.tiles, rows, f->turned_v, keys, steps, f->ds, t->stride, 0);
  score_gradients(a, t, first, count, NULL, NULL, 0, log_sums + first * a->heads, f->p, f->ds);
  if (dbias != NULL) add_bias_gradients(a, t, first, count, f->ds, dbias);
  struct prompter_rounded scores = round_scores(p, t, count, f->p);
  sum_over_queries(p, scores, wanted, count, dout, f->deep_dout, f->dv, first > 0);
  scores = round_scores(p, t, count, f->ds);
  sum_over_queries(p, scores, wanted, count, q, f->deep_q, f->dk, first > 0);
  if (dq.of.tiles == NULL) return;
  sum_blocks(scores.tiles, rows, f->deep_k, size / lines, scores.steps, f->sums, size, 0);
  dq.first += first;
  dq.count = count;
  round_rows(f->sums, size, NULL, dq);
}

PROMPTER_AMX static void backward(struct tiled_pass *p,
                                  const struct prompter_attention_gradients *d,
                                  const struct prompter_rounded_attention *g,
                                  const float *log_sums) {
  const struct prompter_attention *a = p->a;
  const struct factors_of_head *f = &p->f;
  for (const struct head *t = begin(p); t != NULL; t = advance(p)) {
    struct head_gradients to = gradients_of(a, d, t->row, t->number);
    struct part dq = asked_of(p, t, g->queries, g->query_column);
    size_t wanted = in_tiles(dq.of.tiles != NULL ? t->keys : t->prompt, lines);
    gather_head(p, t);
    gather_asked(p, asked_of(p, t, g->out, 0), f->dout);
    turn_rows(f->v, t->stride / lines, f->turned_v);
    fetch_next(p);
    fetch_rows(asked_of(p, &p->next, g->out, 0), 0);
    if (dq.of.tiles != NULL) make_depth(f->k, in_tiles(t->keys, deep), a->size / lines, f->deep_k);
    fetch_rows(dq, 1);
    for (size_t q = 0; q < t->queries; q += tiled_block) {
      backward_block(p, t, q, wanted, to.bias, log_sums + first_log_sum(a, t), dq);
    }
    fetch_rows(heard_of(p, t, g->keys, g->key_column), 1);
    fetch_rows(heard_of(p, t, g->values, g->value_column), 1);
    give_heard(p, t, f->dk, to.prefix_k, to.prefix_stride, f->row_dk, g->keys, g->key_column);
    give_heard(p, t, f->dv, to.prefix_v, to.prefix_stride, f->row_dv, g->values, g->value_column);
  }
}

PROMPTER_AMX void tiled_attention_backward(const struct prompter_attention *a,
                                           const struct prompter_attention_gradients *d,
                                           const struct prompter_rounded_attention *m,
                                           const struct prompter_rounded_attention *g,
                                           const float *log_sums, float *scratch) {
  struct tiled_pass pass = pass_of(a, m, scratch);
  _tile_loadconfig(&tile_shape);
  backward(&pass, d, g, log_sums);
  _tile_release();
}

#else

int attends_in_tiles(size_t size) {
  (void)size;
  return 0;
}

size_t tiled_attention_scratch(size_t queries, size_t keys, size_t size) {
  (void)queries, (void)keys, (void)size;
  return 0;
}

// Never called: there are no tiles.
void tiled_attention_forward(const struct prompter_attention *a,
                             const struct prompter_rounded_attention *m, float *log_sums,
                             float *scratch) {
  (void)a, (void)m, (void)log_sums, (void)scratch;
}

void tiled_attention_backward(const struct prompter_attention *a,
                              const struct prompter_attention_gradients *d,
                              const struct prompter_rounded_attention *m,
                              const struct prompter_rounded_attention *g, const float *log_sums,
                              float *scratch) {
  (void)a, (void)d, (void)m, (void)g, (void)log_sums, (void)scratch;
}

#endif
