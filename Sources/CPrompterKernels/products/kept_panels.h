// SPDX-License-Identifier: Apache-2.0
// A frozen weight in panels of sixteen columns, whose pairs of 16-bit values are made once and
// kept.
//
// A pair of values that a product adds up stands in the 32 bits of a float, for that is how the
// shuffles of small_product.h move it; nothing computes with that float. Instruction sets for pairs
// of integers and for tiles of bfloat16 read the same panels, [pair][16 columns].

#ifndef PROMPTER_KEPT_PANELS_H
#define PROMPTER_KEPT_PANELS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

// A weight for one direction: y [rows, n] = x [rows, k] B.
struct kept_panels {
  const float *const *rows;  // of the weight
  size_t n, k;
  int is_transposed;      // B is the transpose of the weight [n, k], not the weight [k, n] itself
  int is_mapped;          // of a file: pages that were read need not stay in memory
  pthread_mutex_t *lock;  // held while panels are made
  _Atomic(float *) kept;  // NULL: not made yet
  atomic_int *is_spoilt;  // set if a value that panels are made of is not finite
};

// At most so many rows of B are made pairs at a time.
enum { panel_columns = 16, panel_piece = 512 };

// Makes pairs of at most panel_piece values, as prompter_make_pairs does.
typedef float make_pairs(const float *x, size_t count, float *pairs);

// The panels, made under the lock when first asked for: `size` zeros that `make` writes into. NULL
// when memory is out.
const float *kept_panels(struct kept_panels *panels, size_t size,
                         void (*make)(const struct kept_panels *panels, float *values));

// Makes `depth` rows of B from `row`, at most panel_piece, into panels: the one of columns 16 i and
// on begins at pairs + i * stride. `units`, unless it is NULL, gets what `make` returns for each
// column.
//
// Pages that are not needed again go back on the way, so that a large weight's are never all there
// at once.
void make_panels(const struct kept_panels *panels, size_t row, size_t depth, make_pairs *make,
                 float *pairs, size_t stride, float *units);

// Frees what was kept.
void kept_panels_clear(struct kept_panels *panels);

#endif
