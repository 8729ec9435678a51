// SPDX-License-Identifier: Apache-2.0
// Products with a frozen weight in 16-bit fixed point. Sums of integers are exact, so a row's bits
// depend on nothing but the row and the weight.

#ifndef PROMPTER_INT16_PANELS_H
#define PROMPTER_INT16_PANELS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

// A weight for one direction: y [rows, n] = x [rows, k] B.
struct int16_panels {
  const float *const *rows;  // of the weight
  size_t n, k;
  int is_transposed;      // B is the transpose of the weight [n, k], not the weight [k, n] itself
  int is_mapped;          // of a file: pages that were read need not stay in memory
  int is_plain;           // leave the CPU's instructions for pairs of integers alone
  _Atomic(float *) kept;  // its integers and their units; NULL: not made yet
};

// The products of rows `x` [rows, k] into `y` [rows, n]; 0 on success. The first one makes the
// integers, under the lock.
int int16_panels_multiply(struct int16_panels *matrix, pthread_mutex_t *lock, const float *x,
                          size_t rows, float *y);

// Frees what was kept.
void int16_panels_clear(struct int16_panels *matrix);

// Whether this CPU makes them faster than products in float32.
int int16_panels_are_fast(void);

#endif
