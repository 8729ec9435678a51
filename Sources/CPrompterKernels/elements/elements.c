// SPDX-License-Identifier: Apache-2.0

#include "prompter_elements.h"

#include <math.h>

#include "elements/vector.h"

PROMPTER_CLONES
void prompter_add(float *restrict y, const float *restrict x, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}

PROMPTER_CLONES
void prompter_scale(float *y, const float *x, float a, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = a * x[i];
}

PROMPTER_CLONES
double prompter_sum_of_squares(const float *x, size_t count) {
  PROMPTER_REASSOCIATE
  double sum = 0.0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

PROMPTER_CLONES
int prompter_all_finite(const float *x, size_t count) {
  // An infinity or a NaN has all exponent bits set.
  uint32_t found = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    found |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return !found;
}

int prompter_same_bits(const float *x, const float *y, size_t count) {
  return memcmp(x, y, count * sizeof *x) == 0;
}

PROMPTER_CLONES
void prompter_add_bias(float *restrict y, const float *restrict bias, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns) {
    for (size_t c = 0; c < columns; c++) y[c] += bias[c];
  }
}

PROMPTER_CLONES
void prompter_add_column_sums(float *restrict sums, const float *restrict x, size_t rows,
                              size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns) {
    for (size_t c = 0; c < columns; c++) sums[c] += x[c];
  }
}

PROMPTER_CLONES
void prompter_multiply(float *z, const float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) z[i] = x[i] * y[i];
}

PROMPTER_CLONES
void prompter_tanh(float *y, const float *x, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = hyperbolic_tangent(x[i]);
}

PROMPTER_CLONES
void prompter_tanh_backward(float *dx, const float *dy, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
}

void prompter_copy_rows(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                        size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(y + r * y_stride, x + r * x_stride, columns * sizeof *y);
  }
}

void prompter_gather_rows(float *y, const float *x, const int32_t *index, size_t rows,
                          size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(y + r * columns, x + (size_t)index[r] * columns, columns * sizeof *y);
  }
}

void prompter_place_rows(float *y, size_t y_stride, const float *x, size_t x_stride,
                         const int32_t *index, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(y + (size_t)index[r] * y_stride, x + r * x_stride, columns * sizeof *y);
  }
}

PROMPTER_CLONES
void prompter_add_rows(float *restrict y, size_t y_stride, const float *restrict x, size_t x_stride,
                       size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) y[r * y_stride + c] += x[r * x_stride + c];
  }
}

void prompter_embed_words(float *x, const float *tokens, const float *virtual_tokens,
                          const int32_t *ids, size_t slots, size_t width) {
  for (size_t s = 0; s < slots; s++, x += width) {
    const float *word = ids[s] >= 0 ? tokens + (size_t)ids[s] * width
                                    : virtual_tokens + (size_t)(-1 - ids[s]) * width;
    memcpy(x, word, width * sizeof *x);
  }
}

PROMPTER_CLONES
void prompter_embed(float *restrict x, const float *tokens, const float *virtual_tokens,
                    const float *positions, const float *segments, const int32_t *ids,
                    const int32_t *place, const int32_t *segment, size_t slots, size_t width) {
  for (size_t s = 0; s < slots; s++, x += width) {
    const float *word = ids[s] >= 0 ? tokens + (size_t)ids[s] * width
                                    : virtual_tokens + (size_t)(-1 - ids[s]) * width;
    const float *position = positions + (size_t)place[s] * width;
    const float *kind = segments + (size_t)segment[s] * width;
    for (size_t c = 0; c < width; c++) x[c] = word[c] + position[c] + kind[c];
  }
}

PROMPTER_CLONES
void prompter_scatter_add_rows(float *restrict y, const float *restrict x, const int32_t *index,
                               size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    if (index[r] < 0) continue;
    float *target = y + (size_t)index[r] * columns;
    for (size_t c = 0; c < columns; c++) target[c] += x[r * columns + c];
  }
}

PROMPTER_CLONES
void prompter_mean_rows(float *restrict y, const float *restrict x, const int32_t *begin,
                        const int32_t *end, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns) {
    for (size_t c = 0; c < columns; c++) y[c] = 0.0f;
    for (int32_t t = begin[r]; t < end[r]; t++) {
      for (size_t c = 0; c < columns; c++) y[c] += x[(size_t)t * columns + c];
    }
    float share = end[r] > begin[r] ? 1.0f / (float)(end[r] - begin[r]) : 0.0f;
    for (size_t c = 0; c < columns; c++) y[c] *= share;
  }
}

PROMPTER_CLONES
void prompter_mean_rows_backward(float *restrict dx, const float *restrict dy, const int32_t *begin,
                                 const int32_t *end, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, dy += columns) {
    float share = end[r] > begin[r] ? 1.0f / (float)(end[r] - begin[r]) : 0.0f;
    for (int32_t t = begin[r]; t < end[r]; t++) {
      for (size_t c = 0; c < columns; c++) dx[(size_t)t * columns + c] += dy[c] * share;
    }
  }
}

PROMPTER_CLONES
void prompter_dropout(float *y, const float *x, uint32_t key, const uint32_t *row_keys,
                      uint32_t threshold, float scale, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, y += columns) {
    uint32_t row_key = derived_key(key, row_keys[r]);
    for (size_t c = 0; c < columns; c++) {
      y[c] = x[c] * dropout_factor(row_key, (uint32_t)c, threshold, scale);
    }
  }
}

PROMPTER_INLINE float kept_share(const struct prompter_adamw_step *step) {
  return 1.0f - step->rate * step->weight_decay;
}

PROMPTER_INLINE void adamw_values(float *restrict parameter, float *restrict first,
                                  float *restrict second, const float *restrict gradient,
                                  const struct prompter_adamw_step *step, size_t count) {
  struct prompter_adamw_step s = *step;
  float kept = kept_share(step);
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i] * s.gradient_scale;
    float m = s.beta1 * first[i] + (1.0f - s.beta1) * g;
    float v = s.beta2 * second[i] + (1.0f - s.beta2) * g * g;
    first[i] = m;
    second[i] = v;
    float decayed = parameter[i] * kept;
    // Unlike sqrtf this sets no errno, so that the loop can be vectorised.
    float root = __builtin_elementwise_sqrt(v / s.correction2);
    parameter[i] = decayed - s.rate * (m / s.correction1) / (root + s.epsilon);
  }
}

PROMPTER_CLONES
void prompter_adamw(float *restrict parameter, float *restrict first, float *restrict second,
                    const float *restrict gradient, const struct prompter_adamw_step *step,
                    size_t count) {
  adamw_values(parameter, first, second, gradient, step, count);
}

PROMPTER_CLONES
void prompter_adamw_rows(float *restrict parameter, float *restrict first, float *restrict second,
                         const float *restrict gradient, const float *restrict zeros,
                         const int32_t *row, const int32_t *place,
                         const struct prompter_adamw_step *step, size_t slots, size_t columns) {
  for (size_t s = 0; s < slots; s++) {
    const float *g = place[s] < 0 ? zeros : gradient + (size_t)place[s] * columns;
    adamw_values(parameter + (size_t)row[s] * columns, first + s * columns, second + s * columns,
                 g, step, columns);
  }
}

PROMPTER_CLONES
void prompter_adamw_decay(float *parameter, const struct prompter_adamw_step *step, size_t count) {
  float kept = kept_share(step);
  for (size_t i = 0; i < count; i++) parameter[i] *= kept;
}
