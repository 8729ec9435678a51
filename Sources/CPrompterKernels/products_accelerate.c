// SPDX-License-Identifier: Apache-2.0
// Matrix products by Accelerate, which needs no packing.

#ifdef __APPLE__

#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>
#include <stdlib.h>

#include "prompter_products.h"

struct prompter_matrix {
  const float *weight;
  size_t outputs, inputs;
};

struct prompter_matrix *prompter_matrix_create(const float *weight, size_t outputs, size_t inputs,
                                               enum prompter_layout layout) {
  (void)layout;
  struct prompter_matrix *matrix = malloc(sizeof *matrix);
  if (matrix != NULL) *matrix = (struct prompter_matrix){weight, outputs, inputs};
  return matrix;
}

void prompter_matrix_destroy(struct prompter_matrix *matrix) { free(matrix); }

int prompter_matrix_multiply(struct prompter_matrix *matrix, const float *x, size_t rows, float *y) {
  return prompter_product(0, 1, rows, matrix->outputs, matrix->inputs, x, matrix->weight, y, 0);
}

int prompter_matrix_multiply_transposed(struct prompter_matrix *matrix, const float *y, size_t rows,
                                        float *x) {
  return prompter_product(0, 0, rows, matrix->inputs, matrix->outputs, y, matrix->weight, x, 0);
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
