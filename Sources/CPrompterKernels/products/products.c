// SPDX-License-Identifier: Apache-2.0
// Products by kernels of our own for pairs of 16-bit values, or the library's, with factors rounded
// before it sees them where they are to be bfloat16 and it has no such products.

#include <stdlib.h>
#include <string.h>

#include "products/amx/amx_panels.h"
#include "products/amx/amx_product.h"
#include "products/int16/int16_panels.h"
#include "products/library/library_matrix.h"
#include "products/matrix.h"
#include "prompter_bfloat16.h"
#include "prompter_elements.h"
#include "prompter_memory.h"

// Who multiplies.
enum kind { by_library, by_int16, by_tiles };

struct prompter_matrix {
  enum kind kind;
  size_t outputs, inputs;

  // Pairs of 16-bit values, forward and backward, and the weight's rows that they are made of.
  struct kept_panels kept[2];
  const float **rows;
  pthread_mutex_t lock;
  int is_plain;

  struct library_matrix *library;
  int is_rounding;
  float *rounded;  // NULL: the weight is used as it is
  const float *weight;  // that the library has

  atomic_int is_spoilt;  // a value that was looked at is not finite
  atomic_int is_known;   // the library's weight was looked at
};

int prompter_has_fast_int16(void) { return int16_panels_are_fast(); }

int prompter_has_bfloat16_tiles(void) { return has_bfloat16_tiles(); }

int prompter_has_bfloat16(void) { return has_bfloat16_tiles() || library_has_bfloat16(); }

static enum kind kind_of(enum prompter_layout layout, enum prompter_precision precision) {
  if (precision == prompter_int16) return by_int16;
  int is_tiled = precision == prompter_bfloat16 && layout == prompter_layout_automatic;
  return is_tiled && has_bfloat16_tiles() ? by_tiles : by_library;
}

int prompter_joins_parts(enum prompter_layout layout, enum prompter_precision precision) {
  return kind_of(layout, precision) != by_library;
}

// The rows' addresses, for panels to be made of. Returns 0 on success.
static int keep_rows(struct prompter_matrix *matrix, const float *const *parts, size_t count,
                     int is_mapped) {
  size_t outputs = matrix->outputs, inputs = matrix->inputs, part = outputs / count;
  matrix->rows = malloc(outputs * sizeof *matrix->rows);
  if (matrix->rows == NULL) return 1;
  for (size_t i = 0; i < outputs; i++) matrix->rows[i] = parts[i / part] + i % part * inputs;
  struct kept_panels both = {
      .rows = matrix->rows, .is_mapped = is_mapped, .lock = &matrix->lock,
      .is_spoilt = &matrix->is_spoilt};
  matrix->kept[0] = matrix->kept[1] = both;
  matrix->kept[0].n = matrix->kept[1].k = outputs;
  matrix->kept[0].k = matrix->kept[1].n = inputs;
  matrix->kept[0].is_transposed = 1;
  return 0;
}

// Rounds the weight, unless its values are bfloat16 already. Returns 0 on success.
static int round_weight(struct prompter_matrix *matrix, const float *weight) {
  size_t count = matrix->outputs * matrix->inputs;
  if (prompter_is_bfloat16(weight, count)) return 0;
  matrix->rounded = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (matrix->rounded == NULL) return 1;
  prompter_round_bfloat16(matrix->rounded, weight, count);
  return 0;
}

// Hands the weight to the library. Returns 0 on success.
static int use_library(struct prompter_matrix *matrix, const float *weight,
                       enum prompter_layout layout, enum prompter_precision precision) {
  size_t outputs = matrix->outputs, inputs = matrix->inputs;
  matrix->is_rounding =
      precision == prompter_bfloat16 &&
      (layout == prompter_layout_panels || !library_takes_bfloat16(outputs, inputs));
  if (matrix->is_rounding && round_weight(matrix, weight)) return 1;
  matrix->weight = weight;
  matrix->library =
      library_matrix_create(matrix->rounded != NULL ? matrix->rounded : weight, outputs, inputs,
                            layout, matrix->is_rounding ? prompter_float32 : precision);
  return matrix->library == NULL;
}

struct prompter_matrix *prompter_matrix_create(const float *const *parts, size_t count,
                                               size_t outputs, size_t inputs,
                                               enum prompter_layout layout,
                                               enum prompter_precision precision, int is_mapped) {
  struct prompter_matrix *matrix = calloc(1, sizeof *matrix);
  if (matrix == NULL) return NULL;
  *matrix = (struct prompter_matrix){.kind = kind_of(layout, precision),
                                     .outputs = outputs,
                                     .inputs = inputs,
                                     .is_plain = layout == prompter_layout_panels};
  pthread_mutex_init(&matrix->lock, NULL);
  int status = matrix->kind == by_library ? use_library(matrix, *parts, layout, precision)
                                          : keep_rows(matrix, parts, count, is_mapped);
  if (status == 0) return matrix;
  prompter_matrix_destroy(matrix);
  return NULL;
}

void prompter_matrix_destroy(struct prompter_matrix *matrix) {
  if (matrix == NULL) return;
  library_matrix_destroy(matrix->library);
  for (int direction = 0; direction < 2; direction++) kept_panels_clear(&matrix->kept[direction]);
  pthread_mutex_destroy(&matrix->lock);
  free(matrix->rows);
  free(matrix->rounded);
  free(matrix);
}

// So many rows are rounded and multiplied at a time, that the rounded ones are still in a cache. A
// multiple of all tiles that libraries take, so that a row's bits stay its own.
enum { portion = 288 };

size_t prompter_room(size_t rows) { return (rows + 31) / 32 * 32; }

// Rounds x for the library.
static int multiply_rounded(struct prompter_matrix *matrix, int is_backward, const float *x,
                            size_t rows, float *y) {
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

// The first product reads the whole weight, which is in a cache when it has just been looked at.
static void look_at_weight(struct prompter_matrix *matrix) {
  if (atomic_load_explicit(&matrix->is_known, memory_order_relaxed)) return;
  if (atomic_exchange(&matrix->is_known, 1)) return;
  if (!prompter_all_finite(matrix->weight, matrix->outputs * matrix->inputs)) {
    atomic_store(&matrix->is_spoilt, 1);
  }
}

int prompter_matrix_is_finite(const struct prompter_matrix *matrix) {
  return !atomic_load(&matrix->is_spoilt);
}

static int multiply(struct prompter_matrix *matrix, int is_backward, const float *x, size_t rows,
                    float *y) {
  if (matrix->kind == by_library && rows > 0) look_at_weight(matrix);
  struct kept_panels *kept = &matrix->kept[is_backward];
  switch (matrix->kind) {
    case by_int16:
      return int16_panels_multiply(kept, matrix->is_plain, x, rows, y);
    case by_tiles: return bfloat16_tiles_multiply(kept, x, rows, y);
    default:
      return matrix->is_rounding
                 ? multiply_rounded(matrix, is_backward, x, rows, y)
                 : library_matrix_multiply(matrix->library, is_backward, x, rows, y);
  }
}

struct kept_panels *matrix_tiles(struct prompter_matrix *matrix, int is_backward) {
  return matrix->kind == by_tiles ? &matrix->kept[is_backward] : NULL;
}

int prompter_matrix_multiply(struct prompter_matrix *matrix, const float *x, size_t rows, float *y) {
  return multiply(matrix, 0, x, rows, y);
}

int prompter_matrix_multiply_transposed(struct prompter_matrix *matrix, const float *y, size_t rows,
                                        float *x) {
  return multiply(matrix, 1, y, rows, x);
}

// So many rows of a product stand in float32 before they are rounded, or after they were widened.
static int pass_portions(struct prompter_matrix *matrix, int is_backward, const float *x,
                         struct prompter_rounded tiles, const float *bias, size_t rows, float *y) {
  size_t inputs = is_backward ? matrix->outputs : matrix->inputs;
  size_t outputs = is_backward ? matrix->inputs : matrix->outputs;
  size_t width = x == NULL ? inputs : outputs;
  float *some = prompter_allocate(prompter_room(rows < portion ? rows : portion) * width * sizeof *some);
  int status = some == NULL;
  for (size_t r = 0; r < rows && !status; r += portion) {
    size_t count = rows - r < portion ? rows - r : portion;
    if (x == NULL) {
      prompter_widen_rows(tiles, r, count, inputs, some);
      status = multiply(matrix, is_backward, some, count, y + r * outputs);
    } else {
      status = multiply(matrix, is_backward, x + r * inputs, count, some);
      if (bias != NULL) prompter_add_bias(some, bias, count, outputs);
      prompter_narrow_rows(tiles, r, count, outputs, some);
    }
  }
  prompter_release(some);
  return status;
}

int prompter_matrix_round_product(struct prompter_matrix *matrix, int is_backward, const float *x,
                                  const float *bias, size_t rows, struct prompter_rounded y) {
  if (matrix->kind != by_tiles) {
    return pass_portions(matrix, is_backward, x, y, bias, rows, NULL);
  }
  return bfloat16_tiles_round_product(&matrix->kept[is_backward], x, bias, rows, y.tiles);
}

int prompter_matrix_multiply_rounded(struct prompter_matrix *matrix, int is_backward,
                                     struct prompter_rounded x, size_t rows, float *y) {
  if (matrix->kind != by_tiles) {
    return pass_portions(matrix, is_backward, NULL, x, NULL, rows, y);
  }
  return bfloat16_tiles_multiply_rounded(&matrix->kept[is_backward], x.tiles, rows, y);
}

int prompter_product_rounded(int transpose_a, int transpose_b, size_t m, size_t n, size_t k,
                             const float *a, const float *b, float *c, int accumulate) {
  if (m == 0 || n == 0 || k == 0) {
    return prompter_product(transpose_a, transpose_b, m, n, k, a, b, c, accumulate);
  }
  if (has_bfloat16_tiles()) {
    return bfloat16_tiles_product(transpose_a, transpose_b, m, n, k, a, b, c, accumulate);
  }
  float *both = prompter_allocate((m + n) * k * sizeof *both);
  if (both == NULL) return 1;
  prompter_round_bfloat16(both, a, m * k);
  prompter_round_bfloat16(both + m * k, b, k * n);
  int status = prompter_product(transpose_a, transpose_b, m, n, k, both, both + m * k, c, accumulate);
  prompter_release(both);
  return status;
}
