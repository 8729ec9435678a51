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

// Some values of a row; `bias` and `slope` may be NULL.
PROMPTER_INLINE void activate(enum prompter_activation kind, float *restrict y,
                              float *restrict slope, const float *restrict x,
                              const float *restrict bias, size_t count) {
  float unused;
  if (slope == NULL && bias == NULL) {
    for (size_t i = 0; i < count; i++) activation(kind, x[i], &y[i], &unused);
  } else if (slope == NULL) {
    for (size_t i = 0; i < count; i++) activation(kind, x[i] + bias[i], &y[i], &unused);
  } else if (bias == NULL) {
    for (size_t i = 0; i < count; i++) activation(kind, x[i], &y[i], &slope[i]);
  } else {
    for (size_t i = 0; i < count; i++) activation(kind, x[i] + bias[i], &y[i], &slope[i]);
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

size_t prompter_slope_bytes(enum prompter_slope format, size_t columns) {
  switch (format) {
    case prompter_slope_exact: return columns * sizeof(float);
    case prompter_slope_short: return columns * sizeof(uint16_t);
    default: return (columns + 31) / 32 * sizeof(uint32_t);
  }
}

PROMPTER_INLINE void keep_shorts(uint16_t *restrict kept, const float *restrict slope,
                                 size_t count) {
  for (size_t i = 0; i < count; i++) kept[i] = (uint16_t)integer(slope[i] + 0.5f, 32768.0f);
}

PROMPTER_INLINE void apply_shorts(float *restrict dx, const float *restrict dy,
                                  const uint16_t *restrict kept, size_t count) {
  for (size_t i = 0; i < count; i++) dx[i] = dy[i] * ((float)kept[i] * (1 / 32768.0f) - 0.5f);
}

PROMPTER_INLINE uint32_t bits_of(const float *slope, const size_t count) {
  uint32_t bits = 0;
  for (size_t i = 0; i < count; i++) bits |= (uint32_t)(slope[i] > 0.0f) << i;
  return bits;
}

PROMPTER_INLINE void keep_bits(uint32_t *kept, const float *slope, size_t count) {
  size_t whole = count / 32;
  for (size_t i = 0; i < whole; i++) kept[i] = bits_of(slope + 32 * i, 32);
  if (count % 32) kept[whole] = bits_of(slope + 32 * whole, count % 32);
}

PROMPTER_INLINE void apply_word(float *restrict dx, const float *restrict dy, uint32_t bits,
                                const size_t count) {
  for (size_t i = 0; i < count; i++) dx[i] = bits >> i & 1 ? dy[i] : 0.0f;
}

PROMPTER_INLINE void apply_bits(float *dx, const float *dy, const uint32_t *kept, size_t count) {
  size_t whole = count / 32;
  for (size_t i = 0; i < whole; i++) apply_word(dx + 32 * i, dy + 32 * i, kept[i], 32);
  if (count % 32) apply_word(dx + 32 * whole, dy + 32 * whole, kept[whole], count % 32);
}

// Derivatives that are not kept as they are stand in a short list first.
PROMPTER_CLONES
void prompter_activate(float *y, void *slopes, enum prompter_slope format, const float *x,
                       const float *bias, enum prompter_activation kind, size_t rows,
                       size_t columns) {
  enum { list = 512 };
  float some[list];
  size_t bytes = slopes == NULL ? 0 : prompter_slope_bytes(format, columns);
  for (size_t r = 0; r < rows; r++, x += columns, y += columns) {
    char *kept = slopes == NULL ? NULL : (char *)slopes + r * bytes;
    for (size_t c = 0; c < columns; c += list) {
      size_t count = at_most(list, columns - c);
      float *slope = some;
      if (kept == NULL) {
        slope = NULL;
      } else if (format == prompter_slope_exact) {
        slope = (float *)kept + c;
      }
      FOR_EACH_KIND(kind, activate, y + c, slope, x + c, bias == NULL ? NULL : bias + c, count)
      if (kept == NULL) continue;
      if (format == prompter_slope_short) keep_shorts((uint16_t *)kept + c, some, count);
      if (format == prompter_slope_bit) keep_bits((uint32_t *)kept + c / 32, some, count);
    }
  }
}

PROMPTER_CLONES
void prompter_activate_backward(float *dx, const float *dy, const void *slopes,
                                enum prompter_slope format, size_t rows, size_t columns) {
  size_t bytes = prompter_slope_bytes(format, columns);
  for (size_t r = 0; r < rows; r++, dx += columns, dy += columns) {
    const void *kept = (const char *)slopes + r * bytes;
    if (format == prompter_slope_short) {
      apply_shorts(dx, dy, kept, columns);
    } else {
      apply_bits(dx, dy, kept, columns);
    }
  }
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
