// SPDX-License-Identifier: Apache-2.0
// What each product library makes of a frozen weight; products.c puts rounding around it.

#ifndef PROMPTER_LIBRARY_MATRIX_H
#define PROMPTER_LIBRARY_MATRIX_H

#include "prompter_products.h"

struct library_matrix;

// Whether the library multiplies bfloat16 by instructions of this CPU.
int library_has_bfloat16(void);

// Whether it does so with a weight [outputs, inputs], in both directions.
int library_takes_bfloat16(size_t outputs, size_t inputs);

// Prepares a weight; in bfloat16 only where library_takes_bfloat16 says so, never in int16.
struct library_matrix *library_matrix_create(const float *weight, size_t outputs, size_t inputs,
                                             enum prompter_layout layout,
                                             enum prompter_precision precision);
void library_matrix_destroy(struct library_matrix *matrix);

// y = x W^T, or x W where `is_backward`. Both have the room that prompter_matrix_multiply asks for.
int library_matrix_multiply(struct library_matrix *matrix, int is_backward, const float *x,
                            size_t rows, float *y);

#endif
