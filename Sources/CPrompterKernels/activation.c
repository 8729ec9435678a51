// SPDX-License-Identifier: Apache-2.0

#include "prompter_activation.h"

#include "vector.h"

// The value and the derivative of one activation; `kind` is a constant after inlining.
PROMPTER_INLINE void activation(enum prompter_activation kind, float x, float *value,
                                float *slope) {
  float cumulative, density;
  switch (kind) {
    case prompter_activation_relu:
      *value = x > 0.0f ? x : 0.0f;
      *slope = x > 0.0f ? 1.0f : 0.0f;
      break;
    case prompter_activation_gelu:
      normal_distribution(x, &cumulative, &density);
      *value = x * cumulative;
      *slope = cumulative + x * density;
      break;
    case prompter_activation_gelu_tanh: {
      // (1 + tanh u) / 2 = 1 / (1 + e^-2u), with 2 u = x (a + b x^2).
      const float a = 1.59576912f, b = 0.0713548163f;  // 2 sqrt(2 / pi), and 0.044715 times that
      float square = x * x;
      float share = 1.0f / (1.0f + exponential(-x * (a + b * square)));
      *value = x * share;
      *slope = share + x * share * (1.0f - share) * (a + 3.0f * b * square);
      break;
    }
    default: {
      float share = 1.0f / (1.0f + exponential(-x));
      *value = x * share;
      *slope = share + x * share * (1.0f - share);
    }
  }
}

PROMPTER_INLINE void activate(enum prompter_activation kind, float *restrict y,
                              float *restrict slope, const float *restrict x, size_t count) {
  float unused;
  if (slope == NULL) {
    for (size_t i = 0; i < count; i++) activation(kind, x[i], &y[i], &unused);
  } else {
    for (size_t i = 0; i < count; i++) activation(kind, x[i], &y[i], &slope[i]);
  }
}

// One row of a gated activation: by the first half the derivative is slope * other half, by the
// other the activation's value.
PROMPTER_INLINE void activate_gated(enum prompter_activation kind, float *restrict y,
                                    float *restrict slope, const float *restrict x,
                                    size_t columns) {
  const float *gated = x + columns;
  if (slope == NULL) {
    float unused;
    for (size_t c = 0; c < columns; c++) {
      float value;
      activation(kind, x[c], &value, &unused);
      y[c] = value * gated[c];
    }
  } else {
    for (size_t c = 0; c < columns; c++) {
      float value, derivative;
      activation(kind, x[c], &value, &derivative);
      y[c] = value * gated[c];
      slope[c] = derivative * gated[c];
      slope[columns + c] = value;
    }
  }
}

// Calls `function` with the kind as a constant.
#define CASE(kind, function, ...) \
  case kind: function(kind, __VA_ARGS__); break
#define FOR_EACH_KIND(kind, function, ...)                           \
  switch (kind) {                                                    \
    CASE(prompter_activation_relu, function, __VA_ARGS__);           \
    CASE(prompter_activation_gelu, function, __VA_ARGS__);           \
    CASE(prompter_activation_gelu_tanh, function, __VA_ARGS__);      \
    CASE(prompter_activation_silu, function, __VA_ARGS__);           \
  }

PROMPTER_CLONES
void prompter_activate(float *y, float *slope, const float *x, enum prompter_activation kind,
                       size_t count) {
  FOR_EACH_KIND(kind, activate, y, slope, x, count)
}

PROMPTER_CLONES
void prompter_activate_gated(float *y, float *slope, const float *x, enum prompter_activation kind,
                             size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    FOR_EACH_KIND(kind, activate_gated, y + r * columns,
                  slope == NULL ? NULL : slope + 2 * r * columns, x + 2 * r * columns, columns)
  }
}

PROMPTER_CLONES
void prompter_activate_gated_backward(float *dx, const float *slope, const float *dy, size_t rows,
                                      size_t columns) {
  for (size_t r = 0; r < rows; r++, dy += columns) {
    for (size_t half = 0; half < 2; half++, dx += columns, slope += columns) {
      for (size_t c = 0; c < columns; c++) dx[c] = slope[c] * dy[c];
    }
  }
}
