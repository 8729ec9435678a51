// SPDX-License-Identifier: Apache-2.0
// Matrix products by Accelerate, which needs no packing.

#ifdef __APPLE__

#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>
#include <stdlib.h>

#include "products/library/library_matrix.h"

struct library_matrix {
  const float *weight;
  size_t outputs, inputs;
};

// Accelerate takes no bfloat16 factors in products into float32.
int library_has_bfloat16(void) { return 0; }

int library_takes_bfloat16(size_t outputs, size_t inputs) {
  (void)outputs;
  (void)inputs;
  return 0;
}

struct library_matrix *library_matrix_create(const float *weight, size_t outputs, size_t inputs,
                                             enum prompter_layout layout,
                                             enum prompter_precision precision) {
  (void)layout;
  (void)precision;
  struct library_matrix *matrix = malloc(sizeof *matrix);
  if (matrix != NULL) *matrix = (struct library_matrix){weight, outputs, inputs};
  return matrix;
}

void library_matrix_destroy(struct library_matrix *matrix) { free(matrix); }

int library_matrix_multiply(struct library_matrix *matrix, int is_backward, const float *x,
                            size_t rows, float *y) {
  size_t n = is_backward ? matrix->inputs : matrix->outputs;
  size_t k = is_backward ? matrix->outputs : matrix->inputs;
  return prompter_product(0, !is_backward, rows, n, k, x, matrix->weight, y, 0);
}

int prompter_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a,
                     const float *b, float *c, int accumulate) {
  if (m == 0 || n == 0) return 0;
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
              transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1.0f, a,
              (int)(transpose_a ? m : k), b, (int)(transpose_b ? k : n), accumulate ? 1.0f : 0.0f, c,
              (int)n);
  return 0;
}

void prompter_use_one_thread(void) { BLASSetThreading(BLAS_THREADING_SINGLE_THREADED); }

const char *prompter_product_library(void) { return "Accelerate"; }

#endif
