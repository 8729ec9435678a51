// SPDX-License-Identifier: Apache-2.0

#include "prompter_adafactor.h"

#include <math.h>

#include "elements/vector.h"

PROMPTER_CLONES
void prompter_adafactor_direction(float *restrict y, float *restrict second,
                                  const float *restrict gradient,
                                  const struct prompter_adafactor *numbers, size_t count) {
  struct prompter_adafactor n = *numbers;
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i] * n.gradient_scale;
    float v = n.retained * second[i] + n.mixed * (g * g + n.epsilon);
    second[i] = v;
    y[i] = g / sqrtf(v);
  }
}

// Adds a row's squares to `sums` and returns their own sum.
PROMPTER_INLINE double add_squares(float *restrict sums, const float *restrict gradient,
                                   struct prompter_adafactor n, size_t columns) {
  PROMPTER_REASSOCIATE
  double total = 0.0;
  for (size_t c = 0; c < columns; c++) {
    float g = gradient[c] * n.gradient_scale;
    float square = g * g + n.epsilon;
    sums[c] += square;
    total += (double)square;
  }
  return total;
}

PROMPTER_CLONES
void prompter_adafactor_factored_direction(float *restrict y, float *restrict row_means,
                                           float *restrict column_means,
                                           const float *restrict gradient,
                                           const struct prompter_adafactor *numbers, size_t rows,
                                           size_t columns) {
  struct prompter_adafactor n = *numbers;
  float *sums = y;  // the first row of y, which is written last of all
  for (size_t c = 0; c < columns; c++) sums[c] = 0.0f;
  double all = 0.0;
  for (size_t r = 0; r < rows; r++) {
    float mean = (float)(add_squares(sums, gradient + r * columns, n, columns) / (double)columns);
    row_means[r] = n.retained * row_means[r] + n.mixed * mean;
    all += (double)row_means[r];
  }
  for (size_t c = 0; c < columns; c++) {
    column_means[c] = n.retained * column_means[c] + n.mixed * (sums[c] / (float)rows);
  }
  for (size_t r = 0; r < rows; r++) {
    float share = (float)((double)row_means[r] * (double)rows / all);
    float factor = n.gradient_scale / sqrtf(share);
    for (size_t c = 0; c < columns; c++) {
      y[r * columns + c] = gradient[r * columns + c] * factor / sqrtf(column_means[c]);
    }
  }
}

PROMPTER_CLONES
void prompter_adafactor_step(float *restrict parameter, float *restrict first,
                             const float *restrict y, float scale, float beta1, float kept,
                             size_t count) {
  if (first == NULL) {
    for (size_t i = 0; i < count; i++) parameter[i] = kept * parameter[i] - scale * y[i];
    return;
  }
  for (size_t i = 0; i < count; i++) {
    first[i] = beta1 * first[i] + (1.0f - beta1) * (scale * y[i]);
    parameter[i] = kept * parameter[i] - first[i];
  }
}
