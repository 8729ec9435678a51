// SPDX-License-Identifier: Apache-2.0
// Products with a frozen weight in 16-bit fixed point. Sums of integers are exact, so a row's bits
// depend on nothing but the row and the weight.

#ifndef PROMPTER_INT16_PANELS_H
#define PROMPTER_INT16_PANELS_H

#include "products/kept_panels.h"

// The products of rows `x` [rows, k] into `y` [rows, n]; 0 on success. The first one makes the
// integers. `is_plain` leaves the CPU's instructions for pairs of integers alone.
int int16_panels_multiply(struct kept_panels *matrix, int is_plain, const float *x, size_t rows,
                          float *y);

// Whether this CPU makes them faster than products in float32.
int int16_panels_are_fast(void);

#endif
