// SPDX-License-Identifier: Apache-2.0

#include "elements/activation.h"

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

size_t prompter_slope_bytes(enum prompter_slope format, size_t columns) {
  switch (format) {
    case prompter_slope_exact: return columns * sizeof(float);
    case prompter_slope_short: return columns * sizeof(uint16_t);
    default: return (columns + 31) / 32 * sizeof(uint32_t);
  }
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
