// SPDX-License-Identifier: Apache-2.0
// The terms of attention scores between content and relative positions, for one head.
//
// A score's terms are found by the distance from query to key, so what a run of queries needs is a
// product with the vectors of consecutive distances, each line of which is shifted by one place
// against the line before. Nothing is as large as scores times sizes, and no value is fetched by
// itself.

#ifndef PROMPTER_POSITION_TERMS_H
#define PROMPTER_POSITION_TERMS_H

#include <string.h>

#include "attention/attention_head.h"

// Keys that meet the vectors of queries' positions at once, and the distances that they have from
// as many queries as a block holds.
enum { tile_keys = 16, tile_distances = 64 };

// The vectors of one head for each distance, and room for products with them.
struct terms {
  size_t reach, distances, turned;
  int has_keys, has_queries;
  float *turned_keys, *turned_queries;  // [size, turned]
  float *keys, *queries;                // [distances, size], for pullbacks alone
  float *dkeys, *dqueries;              // the same, NULL unless they are wanted
  float *lines, *tile, *turned_tile;
};

PROMPTER_INLINE size_t distances_within(size_t reach) { return 2 * reach + 1; }

// A multiple of sixteen columns beyond any distance may be read.
PROMPTER_INLINE size_t turned_distances(size_t reach) {
  return sixteens(distances_within(reach)) + room;
}

// The columns of a block's lines.
PROMPTER_INLINE size_t line_stride(size_t keys) { return sixteens(keys + block - 1); }

PROMPTER_INLINE struct terms terms_in(float *scratch, const struct prompter_positions *p,
                                      size_t size) {
  size_t distances = distances_within(p->reach), turned = turned_distances(p->reach);
  struct terms t = {.reach = p->reach, .distances = distances, .turned = turned};
  t.has_keys = p->keys != NULL;
  t.has_queries = p->queries != NULL;
  t.turned_keys = scratch;
  t.turned_queries = t.turned_keys + size * turned;
  t.keys = t.turned_queries + size * turned;
  t.queries = t.keys + size * distances;
  t.dkeys = t.queries + size * distances;
  t.dqueries = t.dkeys + size * distances;
  t.lines = t.dqueries + size * distances;
  t.tile = t.lines + block * line_stride(p->reach + 1);
  t.turned_tile = t.tile + tile_keys * tile_distances;
  return t;
}

// Vectors of one head, transposed: y [size, turned], the last one for all columns beyond.
PROMPTER_INLINE void turn_vectors(const struct prompter_positions *p, const float *vectors,
                                  size_t size, const struct terms *t, float *y) {
  for (size_t d = 0; d < t->turned; d += 8) {
    const float *from[8];
    for (size_t i = 0; i < 8; i++) {
      size_t distance = d + i < t->distances ? d + i : t->distances - 1;
      from[i] = vectors + (size_t)p->rows[distance] * p->stride;
    }
    transpose_eight(from, size, y + d, t->turned);
  }
}

PROMPTER_INLINE void copy_vectors(const struct prompter_positions *p, const float *vectors,
                                  size_t size, const struct terms *t, float *y) {
  for (size_t d = 0; d < t->distances; d++) {
    memcpy(y + d * size, vectors + (size_t)p->rows[d] * p->stride, size * sizeof(float));
  }
}

// What the forward pass of head h needs.
PROMPTER_INLINE struct terms forward_terms(const struct prompter_attention *a, size_t h,
                                           float *scratch) {
  const struct prompter_positions *p = a->positions;
  struct terms t = terms_in(scratch, p, a->size);
  if (t.has_keys) turn_vectors(p, p->keys + h * a->size, a->size, &t, t.turned_keys);
  if (t.has_queries) turn_vectors(p, p->queries + h * a->size, a->size, &t, t.turned_queries);
  t.dkeys = t.dqueries = NULL;
  return t;
}

// What its pullback needs, with gradients of zero.
PROMPTER_INLINE struct terms backward_terms(const struct prompter_attention *a,
                                            const struct prompter_attention_gradients *d, size_t h,
                                            float *scratch) {
  const struct prompter_positions *p = a->positions;
  struct terms t = forward_terms(a, h, scratch), all = terms_in(scratch, p, a->size);
  if (t.has_keys) copy_vectors(p, p->keys + h * a->size, a->size, &t, t.keys);
  if (t.has_queries) copy_vectors(p, p->queries + h * a->size, a->size, &t, t.queries);
  if (d->position_keys != NULL) t.dkeys = all.dkeys;
  if (d->position_queries != NULL) t.dqueries = all.dqueries;
  size_t bytes = t.distances * a->size * sizeof(float);
  if (t.dkeys != NULL) memset(t.dkeys, 0, bytes);
  if (t.dqueries != NULL) memset(t.dqueries, 0, bytes);
  return t;
}

PROMPTER_INLINE void add_vectors(const struct prompter_positions *p, size_t size,
                                 const struct terms *t, const float *restrict from,
                                 float *restrict to) {
  for (size_t d = 0; d < t->distances; d++) {
    float *line = to + (size_t)p->rows[d] * p->stride;
    for (size_t c = 0; c < size; c++) line[c] += from[d * size + c];
  }
}

// Adds the gradients of head h, which all rows have added to, to the table's.
PROMPTER_INLINE void end_backward_terms(const struct prompter_attention *a,
                                        const struct prompter_attention_gradients *d, size_t h,
                                        const struct terms *t) {
  size_t first = h * a->size;
  if (t->dkeys != NULL) {
    add_vectors(a->positions, a->size, t, t->dkeys, d->position_keys + first);
  }
  if (t->dqueries != NULL) {
    add_vectors(a->positions, a->size, t, t->dqueries, d->position_queries + first);
  }
}

// Consecutive queries whose places lie so near to each other that a tile holds their distances.
struct run {
  size_t first, count;      // queries of the head
  size_t nearest, farthest;  // their places
};

PROMPTER_INLINE struct run run_from(const struct head *t, size_t query, size_t end) {
  size_t place = (size_t)t->places[query];
  struct run run = {query, 1, place, place};
  for (; query + run.count < end; run.count++) {
    place = (size_t)t->places[query + run.count];
    if (place < run.farthest || place >= run.nearest + block) break;
    run.farthest = place;
  }
  return run;
}

// The distances between a run and `keys` keys from `key` on: how many there are, and the column of
// the first one.
PROMPTER_INLINE size_t distances_of(const struct run *run, size_t keys) {
  return keys + run->farthest - run->nearest;
}

PROMPTER_INLINE size_t first_distance(const struct terms *terms, const struct run *run,
                                      size_t key) {
  return terms->reach + key - run->farthest;
}

PROMPTER_INLINE struct strided queries_of(const struct head *t, const struct run *run) {
  return (struct strided){t->q.p + run->first * t->q.row, t->q.row, 1};
}

// scores += q . keys of positions.
PROMPTER_INLINE void add_key_terms(const struct head *t, size_t size, const struct run *run,
                                   float *restrict scores) {
  const struct terms *terms = t->terms;
  size_t columns = sixteens(distances_of(run, t->text));
  small_product(t->is_wide, run->count, columns, size, queries_of(t, run),
                terms->turned_keys + first_distance(terms, run, 0), terms->turned, terms->lines,
                columns, 0);
  for (size_t r = 0; r < run->count; r++) {
    size_t shift = run->farthest - (size_t)t->places[run->first + r];
    const float *restrict line = terms->lines + r * columns + shift;
    float *restrict row = scores + r * t->stride;
    for (size_t j = 0; j < t->text; j++) row[j] += line[j];
  }
}

// scores += k . queries of positions, sixteen keys at a time. Seen along the queries, a key's line
// of distances begins one place after that of the key before: what the stride skips.
PROMPTER_INLINE void add_query_terms(const struct head *t, size_t size, const struct run *run,
                                     float *restrict scores) {
  const struct terms *terms = t->terms;
  size_t places = run->farthest - run->nearest + 1;
  for (size_t key = 0; key < t->text; key += tile_keys) {
    size_t count = t->text - key < tile_keys ? t->text - key : tile_keys;
    struct strided keys = {t->k + key * t->key_stride, t->key_stride, 1};
    small_product(t->is_wide, count, sixteens(distances_of(run, count)), size, keys,
                  terms->turned_queries + first_distance(terms, run, key), terms->turned,
                  terms->tile, tile_distances, 0);
    transpose(count, places, terms->tile, tile_distances + 1, terms->turned_tile, tile_keys);
    for (size_t r = 0; r < run->count; r++) {
      size_t shift = run->farthest - (size_t)t->places[run->first + r];
      const float *restrict line = terms->turned_tile + shift * tile_keys;
      float *restrict row = scores + r * t->stride + key;
      for (size_t j = 0; j < count; j++) row[j] += line[j];
    }
  }
}

// scores += the terms of `count` queries from `first` on, for the text's keys alone: a prompt's
// have no place.
PROMPTER_INLINE void add_position_terms(const struct head *t, size_t size, size_t first,
                                        size_t count, float *scores) {
  for (size_t query = first; query < first + count;) {
    struct run run = run_from(t, query, first + count);
    float *rows = scores + (query - first) * t->stride + t->prompt;
    if (t->terms->has_keys) add_key_terms(t, size, &run, rows);
    if (t->terms->has_queries) add_query_terms(t, size, &run, rows);
    query += run.count;
  }
}

// dq += ds times keys of positions, and the gradients of those. The lines of a run are shifted as
// above, with zeros around them.
PROMPTER_INLINE void pull_back_key_terms(const struct head *t, size_t size, const struct run *run,
                                         const float *ds, float *dq, size_t dq_stride) {
  const struct terms *terms = t->terms;
  size_t distances = distances_of(run, t->text), columns = sixteens(distances);
  size_t first = first_distance(terms, run, 0) * size;
  memset(terms->lines, 0, run->count * columns * sizeof(float));
  for (size_t r = 0; r < run->count; r++) {
    size_t shift = run->farthest - (size_t)t->places[run->first + r];
    memcpy(terms->lines + r * columns + shift, ds + r * t->stride, t->text * sizeof(float));
  }
  struct strided lines = {terms->lines, columns, 1}, turned = {terms->lines, 1, columns};
  if (dq != NULL) {
    small_product(t->is_wide, run->count, size, distances, lines, terms->keys + first, size, dq,
                  dq_stride, 1);
  }
  if (terms->dkeys != NULL) {
    struct strided q = queries_of(t, run);
    small_product(t->is_wide, distances, size, run->count, turned, q.p, q.row, terms->dkeys + first,
                  size, 1);
  }
}

// dk += ds times queries of positions, and the gradients of those, by tiles as above.
PROMPTER_INLINE void pull_back_query_terms(const struct head *t, size_t size, const struct run *run,
                                           const float *ds, float *dk, size_t dk_stride) {
  const struct terms *terms = t->terms;
  size_t places = (run->farthest - run->nearest + 8) / 8 * 8;
  for (size_t key = 0; key < t->text; key += tile_keys) {
    size_t count = t->text - key < tile_keys ? t->text - key : tile_keys;
    memset(terms->turned_tile, 0, places * tile_keys * sizeof(float));
    memset(terms->tile, 0, tile_keys * tile_distances * sizeof(float));
    for (size_t r = 0; r < run->count; r++) {
      size_t shift = run->farthest - (size_t)t->places[run->first + r];
      float *restrict line = terms->turned_tile + shift * tile_keys;
      const float *restrict row = ds + r * t->stride + key;
      for (size_t j = 0; j < count; j++) line[j] += row[j];
    }
    transpose(places, count, terms->turned_tile, tile_keys, terms->tile, tile_distances + 1);
    size_t distances = distances_of(run, count), first = first_distance(terms, run, key) * size;
    struct strided lines = {terms->tile, tile_distances, 1};
    struct strided turned = {terms->tile, 1, tile_distances};
    if (dk != NULL) {
      small_product(t->is_wide, count, size, distances, lines, terms->queries + first, size,
                    dk + key * dk_stride, dk_stride, 1);
    }
    if (terms->dqueries != NULL) {
      small_product(t->is_wide, distances, size, count, turned, t->k + key * t->key_stride,
                    t->key_stride, terms->dqueries + first, size, 1);
    }
  }
}

// The pullback of add_position_terms for ds, added to the gradients `dq` of these queries and `dk`
// of all keys, NULL if they are not wanted, and to those of the vectors.
PROMPTER_INLINE void pull_back_position_terms(const struct head *t, size_t size, size_t first,
                                              size_t count, const float *ds, float *dq,
                                              size_t dq_stride, float *dk, size_t dk_stride) {
  const struct terms *terms = t->terms;
  for (size_t query = first; query < first + count;) {
    struct run run = run_from(t, query, first + count);
    size_t from = query - first;
    const float *rows = ds + from * t->stride + t->prompt;
    float *own = dq != NULL ? dq + from * dq_stride : NULL;
    if (terms->has_keys && (own != NULL || terms->dkeys != NULL)) {
      pull_back_key_terms(t, size, &run, rows, own, dq_stride);
    }
    if (terms->has_queries && (dk != NULL || terms->dqueries != NULL)) {
      pull_back_query_terms(t, size, &run, rows, dk, dk_stride);
    }
    query += run.count;
  }
}

#endif
