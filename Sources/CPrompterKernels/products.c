// SPDX-License-Identifier: Apache-2.0
// Products with frozen weights: in fixed point, or the library's, with factors rounded before it
// sees them where they are to be bfloat16 and the CPU has no such products.

#include <stdlib.h>
#include <string.h>

#include "int16_panels.h"
#include "library_matrix.h"
#include "prompter_bfloat16.h"
#include "prompter_memory.h"

struct prompter_matrix {
  struct library_matrix *library;  // NULL: in int16
  struct int16_panels int16[2];     // forward and backward
  const float **rows;               // of the weight, for those
  pthread_mutex_t lock;            // of those
  size_t outputs, inputs;
  int is_rounding;
  float *rounded;  // NULL: the weight is used as it is
};

// Rounds the weight, unless its values are bfloat16 already. Returns 0 on success.
static int round_weight(struct prompter_matrix *matrix, const float *weight) {
  size_t count = matrix->outputs * matrix->inputs;
  if (prompter_is_bfloat16(weight, count)) return 0;
  matrix->rounded = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (matrix->rounded == NULL) return 1;
  prompter_round_bfloat16(matrix->rounded, weight, count);
  return 0;
}

int prompter_has_fast_int16(void) { return int16_panels_are_fast(); }

static struct prompter_matrix *empty(size_t outputs, size_t inputs) {
  struct prompter_matrix *matrix = calloc(1, sizeof *matrix);
  if (matrix == NULL) return NULL;
  *matrix = (struct prompter_matrix){.outputs = outputs, .inputs = inputs};
  pthread_mutex_init(&matrix->lock, NULL);
  return matrix;
}

struct prompter_matrix *prompter_matrix_create_int16(const float *const *parts, size_t count,
                                                     size_t outputs, size_t inputs, int is_plain,
                                                     int is_mapped) {
  struct prompter_matrix *matrix = empty(outputs, inputs);
  if (matrix == NULL) return NULL;
  matrix->rows = malloc(outputs * sizeof *matrix->rows);
  if (matrix->rows == NULL) {
    prompter_matrix_destroy(matrix);
    return NULL;
  }
  size_t part = outputs / count;
  for (size_t i = 0; i < outputs; i++) matrix->rows[i] = parts[i / part] + i % part * inputs;
  struct int16_panels panels = {
      .rows = matrix->rows, .is_plain = is_plain, .is_mapped = is_mapped};
  matrix->int16[0] = matrix->int16[1] = panels;
  matrix->int16[0].n = matrix->int16[1].k = outputs;
  matrix->int16[0].k = matrix->int16[1].n = inputs;
  matrix->int16[0].is_transposed = 1;
  return matrix;
}

struct prompter_matrix *prompter_matrix_create(const float *weight, size_t outputs, size_t inputs,
                                               enum prompter_layout layout,
                                               enum prompter_precision precision) {
  struct prompter_matrix *matrix = empty(outputs, inputs);
  if (matrix == NULL) return NULL;
  matrix->is_rounding = precision == prompter_bfloat16 &&
                        (layout == prompter_layout_panels || !library_has_bfloat16(outputs, inputs));
  if (!matrix->is_rounding || round_weight(matrix, weight) == 0) {
    matrix->library =
        library_matrix_create(matrix->rounded != NULL ? matrix->rounded : weight, outputs, inputs,
                              layout, matrix->is_rounding ? prompter_float32 : precision);
  }
  if (matrix->library != NULL) return matrix;
  prompter_matrix_destroy(matrix);
  return NULL;
}

void prompter_matrix_destroy(struct prompter_matrix *matrix) {
  if (matrix == NULL) return;
  library_matrix_destroy(matrix->library);
  for (int direction = 0; direction < 2; direction++) int16_panels_clear(&matrix->int16[direction]);
  pthread_mutex_destroy(&matrix->lock);
  free(matrix->rows);
  free(matrix->rounded);
  free(matrix);
}

// So many rows are rounded and multiplied at a time, that the rounded ones are still in a cache. A
// multiple of all tiles that libraries take, so that a row's bits stay its own.
enum { portion = 288 };

size_t prompter_room(size_t rows) { return (rows + 31) / 32 * 32; }

static int multiply(struct prompter_matrix *matrix, int is_backward, const float *x, size_t rows,
                    float *y) {
  if (matrix->library == NULL) {
    return int16_panels_multiply(&matrix->int16[is_backward], &matrix->lock, x, rows, y);
  }
  if (!matrix->is_rounding) {
    return library_matrix_multiply(matrix->library, is_backward, x, rows, y);
  }
  size_t depth = is_backward ? matrix->outputs : matrix->inputs;
  size_t width = is_backward ? matrix->inputs : matrix->outputs;
  size_t bytes = prompter_room(rows < portion ? rows : portion) * depth * sizeof(float);
  float *some = prompter_allocate(bytes);
  int status = some == NULL;
  for (size_t r = 0; r < rows && !status; r += portion) {
    size_t count = rows - r < portion ? rows - r : portion;
    prompter_round_bfloat16(some, x + r * depth, count * depth);
    memset(some + count * depth, 0, (prompter_room(count) - count) * depth * sizeof(float));
    status = library_matrix_multiply(matrix->library, is_backward, some, count, y + r * width);
  }
  prompter_release(some);
  return status;
}

int prompter_matrix_multiply(struct prompter_matrix *matrix, const float *x, size_t rows, float *y) {
  return multiply(matrix, 0, x, rows, y);
}

int prompter_matrix_multiply_transposed(struct prompter_matrix *matrix, const float *y, size_t rows,
                                        float *x) {
  return multiply(matrix, 1, y, rows, x);
}