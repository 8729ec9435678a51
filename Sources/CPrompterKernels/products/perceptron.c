// SPDX-License-Identifier: Apache-2.0

#include "prompter_perceptron.h"

#include "elements/vector.h"
#include "products/amx/amx_panels.h"
#include "products/matrix.h"
#include "prompter_elements.h"
#include "prompter_memory.h"

// Rows that go through both products at a time: whole tiles of every kernel, so that no row's bits
// depend on it.
enum { portion = 96 };

static int multiply(struct prompter_matrix *matrix, int is_backward, const float *x, size_t rows,
                    float *y) {
  return is_backward ? prompter_matrix_multiply_transposed(matrix, x, rows, y)
                     : prompter_matrix_multiply(matrix, x, rows, y);
}

// y = activation(x + bias), or x * slopes.
static void pass_between(const struct prompter_perceptron *p, int is_backward, const float *x,
                         size_t rows, void *slopes, float *y) {
  if (!is_backward) {
    prompter_activate(y, slopes, p->format, x, p->bias, p->kind, rows, p->hidden);
  } else if (p->format == prompter_slope_exact) {
    prompter_multiply(y, x, slopes, rows * p->hidden);
  } else {
    prompter_activate_backward(y, x, slopes, p->format, rows, p->hidden);
  }
}

// Both products, one way or the other; `slopes` are written on the way forward only.
static int run(const struct prompter_perceptron *p, int is_backward, const float *x, size_t rows,
               char *slopes, float *y) {
  struct prompter_matrix *first = is_backward ? p->outer : p->inner;
  struct prompter_matrix *second = is_backward ? p->inner : p->outer;
  struct kept_panels *tiles = matrix_tiles(first, is_backward);
  struct kept_panels *further = matrix_tiles(second, is_backward);
  int is_kept_in_tiles = p->is_gated || slopes == NULL || p->format != prompter_slope_exact;
  if (tiles != NULL && further != NULL && is_kept_in_tiles) {
    struct tiles_between between = {p->bias, p->kind, p->format, slopes, is_backward, p->is_gated};
    return bfloat16_tiles_chain(tiles, further, &between, x, rows, y);
  }
  if (p->is_gated) return 1;
  size_t inputs = is_backward ? p->outputs : p->inputs;
  size_t outputs = is_backward ? p->inputs : p->outputs;
  size_t size = prompter_room(at_most(rows, portion)) * p->hidden;
  float *before = prompter_allocate(2 * size * sizeof *before), *after = before + size;
  int status = before == NULL;
  for (size_t r = 0; r < rows && !status; r += portion) {
    size_t count = at_most(portion, rows - r);
    char *some = slopes == NULL ? NULL : slopes + r * prompter_slope_bytes(p->format, p->hidden);
    status = multiply(first, is_backward, x + r * inputs, count, before);
    if (status) break;
    pass_between(p, is_backward, before, count, some, after);
    status = multiply(second, is_backward, after, count, y + r * outputs);
  }
  prompter_release(before);
  return status;
}

int prompter_perceptron_gates(void) { return has_bfloat16_tiles(); }

size_t prompter_gated_slope_bytes(size_t rows, size_t hidden) {
  return prompter_room(rows) * 2 * hidden * sizeof(uint16_t);
}

int prompter_perceptron_multiply(const struct prompter_perceptron *p, const float *x, size_t rows,
                                 float *y, void *slopes) {
  return run(p, 0, x, rows, slopes, y);
}

int prompter_perceptron_pullback(const struct prompter_perceptron *p, const float *dy, size_t rows,
                                 const void *slopes, float *dx) {
  return run(p, 1, dy, rows, (char *)slopes, dx);
}
