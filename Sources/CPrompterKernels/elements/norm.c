// SPDX-License-Identifier: Apache-2.0

#include "prompter_norm.h"

#include <math.h>

#include "elements/vector.h"

// y = x + bias + residual; returns the mean of the sum.
PROMPTER_INLINE float summed_row(float *restrict y, const float *restrict x,
                                 const float *restrict bias, const float *restrict residual,
                                 size_t columns) {
  PROMPTER_REASSOCIATE
  float sum = 0.0f;
  if (residual != NULL && bias != NULL) {
    for (size_t c = 0; c < columns; c++) sum += y[c] = x[c] + bias[c] + residual[c];
  } else if (residual != NULL) {
    for (size_t c = 0; c < columns; c++) sum += y[c] = x[c] + residual[c];
  } else {
    for (size_t c = 0; c < columns; c++) sum += y[c] = x[c] + (bias != NULL ? bias[c] : 0.0f);
  }
  return sum / (float)columns;
}

PROMPTER_INLINE float variance(const float *x, float mean, size_t columns) {
  PROMPTER_REASSOCIATE
  float sum = 0.0f;
  for (size_t c = 0; c < columns; c++) sum += (x[c] - mean) * (x[c] - mean);
  return sum / (float)columns;
}

PROMPTER_CLONES
void prompter_layer_norm(float *restrict y, float *restrict normalized,
                         float *restrict inverse_deviation, const float *restrict x,
                         const float *restrict bias, const float *restrict residual,
                         const float *restrict gain, const float *restrict offset, float epsilon,
                         size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float mean =
        summed_row(y, x + r * columns, bias,
                   residual != NULL ? residual + r * columns : NULL, columns);
    float inverse = 1.0f / sqrtf(variance(y, mean, columns) + epsilon);
    if (normalized != NULL) {
      float *row = normalized + r * columns;
      for (size_t c = 0; c < columns; c++) {
        float value = (y[c] - mean) * inverse;
        row[c] = value;
        y[c] = value * gain[c] + offset[c];
      }
      inverse_deviation[r] = inverse;
    } else {
      for (size_t c = 0; c < columns; c++) y[c] = (y[c] - mean) * inverse * gain[c] + offset[c];
    }
    y += columns;
  }
}

// With g = dy * gain and n the normalised row: dx = (g - mean(g) - n mean(g n)) / deviation.
PROMPTER_CLONES
void prompter_layer_norm_backward(float *restrict dx, float *restrict dgain,
                                  float *restrict doffset, const float *restrict dy,
                                  const float *restrict normalized,
                                  const float *restrict inverse_deviation,
                                  const float *restrict gain, size_t rows, size_t columns) {
  PROMPTER_REASSOCIATE
  for (size_t r = 0; r < rows; r++) {
    const float *n = normalized + r * columns, *g = dy + r * columns;
    float *d = dx + r * columns;
    float sum = 0.0f, product = 0.0f;
    for (size_t c = 0; c < columns; c++) {
      float value = g[c] * gain[c];
      sum += value;
      product += value * n[c];
    }
    sum /= (float)columns;
    product /= (float)columns;
    for (size_t c = 0; c < columns; c++) {
      d[c] = (g[c] * gain[c] - sum - n[c] * product) * inverse_deviation[r];
    }
    if (dgain != NULL) {
      for (size_t c = 0; c < columns; c++) dgain[c] += g[c] * n[c];
    }
    if (doffset != NULL) {
      for (size_t c = 0; c < columns; c++) doffset[c] += g[c];
    }
  }
}

PROMPTER_CLONES
void prompter_layer_norm_of_sum(float *restrict y, float *restrict sum, float *restrict moments,
                                const float *restrict x, const float *restrict added,
                                const float *restrict gain, const float *restrict offset,
                                float epsilon, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *target = (added != NULL ? sum : y) + r * columns;
    float mean = summed_row(target, x + r * columns, NULL,
                            added != NULL ? added + r * columns : NULL, columns);
    float inverse = 1.0f / sqrtf(variance(target, mean, columns) + epsilon);
    const float *row = added != NULL ? target : x + r * columns;
    float *to = y + r * columns;
    if (offset != NULL) {
      for (size_t c = 0; c < columns; c++) to[c] = (row[c] - mean) * inverse * gain[c] + offset[c];
    } else {
      for (size_t c = 0; c < columns; c++) to[c] = (row[c] - mean) * inverse * gain[c];
    }
    if (moments != NULL) {
      moments[2 * r] = mean;
      moments[2 * r + 1] = inverse;
    }
  }
}

// As in prompter_layer_norm_backward, with n computed again from the sum.
PROMPTER_CLONES
void prompter_layer_norm_of_sum_backward(float *restrict dsum, float *restrict dgain,
                                         float *restrict doffset, const float *restrict dy,
                                         const float *restrict further, const float *restrict sum,
                                         const float *restrict moments, const float *restrict gain,
                                         size_t rows, size_t columns) {
  PROMPTER_REASSOCIATE
  for (size_t r = 0; r < rows; r++) {
    const float *s = sum + r * columns, *g = dy + r * columns;
    float *d = dsum + r * columns;
    float mean = moments[2 * r], inverse = moments[2 * r + 1];
    float total = 0.0f, product = 0.0f;
    for (size_t c = 0; c < columns; c++) {
      float value = g[c] * gain[c];
      total += value;
      product += value * ((s[c] - mean) * inverse);
    }
    total /= (float)columns;
    product /= (float)columns;
    for (size_t c = 0; c < columns; c++) {
      d[c] = (g[c] * gain[c] - total - (s[c] - mean) * inverse * product) * inverse;
    }
    if (further != NULL) {
      const float *f = further + r * columns;
      for (size_t c = 0; c < columns; c++) d[c] += f[c];
    }
    if (dgain != NULL) {
      for (size_t c = 0; c < columns; c++) dgain[c] += g[c] * ((s[c] - mean) * inverse);
    }
    if (doffset != NULL) {
      for (size_t c = 0; c < columns; c++) doffset[c] += g[c];
    }
  }
}

PROMPTER_INLINE float sum_of_squares(const float *x, size_t columns) {
  PROMPTER_REASSOCIATE
  float sum = 0.0f;
  for (size_t c = 0; c < columns; c++) sum += x[c] * x[c];
  return sum;
}

PROMPTER_CLONES
void prompter_rms_norm(float *restrict y, float *restrict sum, float *restrict inverse_root,
                       const float *restrict x, const float *restrict added,
                       const float *restrict gain, float epsilon, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    if (added != NULL) {
      float *target = sum + r * columns;
      const float *other = added + r * columns;
      for (size_t c = 0; c < columns; c++) target[c] = row[c] + other[c];
      row = target;
    }
    float inverse = 1.0f / sqrtf(sum_of_squares(row, columns) / (float)columns + epsilon);
    for (size_t c = 0; c < columns; c++) y[r * columns + c] = row[c] * inverse * gain[c];
    if (inverse_root != NULL) inverse_root[r] = inverse;
  }
}

// With g = dy * gain, i the inverse root and s the sum: ds = i g - s i^3 mean(g s).
PROMPTER_CLONES
void prompter_rms_norm_backward(float *restrict dsum, float *restrict dgain,
                                const float *restrict dy, const float *restrict further,
                                const float *restrict sum, const float *restrict inverse_root,
                                const float *restrict gain, size_t rows, size_t columns) {
  PROMPTER_REASSOCIATE
  for (size_t r = 0; r < rows; r++) {
    const float *s = sum + r * columns, *g = dy + r * columns;
    float *d = dsum + r * columns;
    float inverse = inverse_root[r], product = 0.0f;
    for (size_t c = 0; c < columns; c++) product += g[c] * gain[c] * s[c];
    float share = product / (float)columns * inverse * inverse * inverse;
    if (further != NULL) {
      const float *f = further + r * columns;
      for (size_t c = 0; c < columns; c++) d[c] = f[c] + g[c] * gain[c] * inverse - s[c] * share;
    } else {
      for (size_t c = 0; c < columns; c++) d[c] = g[c] * gain[c] * inverse - s[c] * share;
    }
    if (dgain != NULL) {
      for (size_t c = 0; c < columns; c++) dgain[c] += g[c] * s[c] * inverse;
    }
  }
}
