// SPDX-License-Identifier: Apache-2.0
// Products of any number of rows with a frozen weight, by kernels of our own: they read the weight
// in panels of sixteen columns, and a row's bits depend on nothing but the row.

#ifndef PROMPTER_FLOAT32_PANELS_H
#define PROMPTER_FLOAT32_PANELS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

// A weight for one direction: y [rows, n] = x [rows, k] B.
struct panels {
  const float *weight;
  size_t n, k;
  int is_transposed;      // B is the transpose of the weight [n, k], not the weight [k, n] itself
  _Atomic(float *) kept;  // all panels; NULL: not made yet
  atomic_int uses;
};

// The products of rows `x` [rows, k] into `y` [rows, n]; 0 on success. The first product makes the
// panels it needs one after another and forgets them; later ones keep those of a transposed weight,
// under the lock, while memory lasts.
int panels_multiply(struct panels *panels, pthread_mutex_t *lock, const float *x, size_t rows,
                    float *y);

// Frees what was kept.
void panels_clear(struct panels *panels);

#endif
