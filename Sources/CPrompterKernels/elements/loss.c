// SPDX-License-Identifier: Apache-2.0

#include "prompter_loss.h"

#include <math.h>

#include "elements/vector.h"

// e^x for x <= 0 with a relative error below 1e-11, 0 below -87, where float32 has few digits left;
// NaN stays NaN. In double precision, or a sum over a large vocabulary would lose what float32
// gives: see `exponential` for the method.
PROMPTER_INLINE double exponential_down(double x) {
  const double shift = 6755399441055744.0;  // 1.5 * 2^52
  double clamped = x < -87.0 ? -87.0 : x;
  double shifted = clamped * 1.4426950408889634 + shift;
  double n = shifted - shift;
  double r = (clamped - n * 0.69314718036912382) - n * 1.9082149292705877e-10;
  double p = 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // The low bits of `shifted` are n: made the exponent of a power of two.
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023u) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return x < -87.0 ? 0.0 : p * power;
}

// The sum of e^(x - maximum) over a row; `y` (may be NULL) gets the terms.
PROMPTER_INLINE double exponentials(float *restrict y, const float *restrict x, float maximum,
                                    size_t columns) {
  PROMPTER_REASSOCIATE
  double sum = 0.0;
  if (y == NULL) {
    for (size_t c = 0; c < columns; c++) sum += exponential_down((double)x[c] - (double)maximum);
    return sum;
  }
  for (size_t c = 0; c < columns; c++) {
    double term = exponential_down((double)x[c] - (double)maximum);
    y[c] = (float)term;
    sum += term;
  }
  return sum;
}

PROMPTER_CLONES
double prompter_cross_entropy(float *restrict gradient, const float *restrict logits,
                              const int32_t *labels, float gradient_scale, double z_loss,
                              size_t rows, size_t columns) {
  double loss = 0.0;
  for (size_t r = 0; r < rows; r++, logits += columns) {
    float *target = gradient == NULL ? NULL : gradient + r * columns;
    if (labels[r] < 0) {
      if (target != NULL) memset(target, 0, columns * sizeof *target);
      continue;
    }
    float maximum = maximum_of(logits, columns);
    double sum = exponentials(target, logits, maximum, columns);
    double log_sum = log(sum) + (double)maximum;
    loss += log_sum - (double)logits[labels[r]] + z_loss * log_sum * log_sum;
    if (target == NULL) continue;
    // The derivative of z (log Z)^2 is 2 z log Z times the softmax.
    double share = (1.0 + 2.0 * z_loss * log_sum) / sum;
    float scaled = (float)(share * (double)gradient_scale);
    for (size_t c = 0; c < columns; c++) target[c] *= scaled;
    // p - 1 in double precision: little is left of it where the model is sure.
    double own = exponential_down((double)logits[labels[r]] - (double)maximum);
    target[labels[r]] = (float)((own * share - 1.0) * (double)gradient_scale);
  }
  return loss;
}

PROMPTER_CLONES
void prompter_softmax(float *restrict y, const float *restrict x, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, y += columns) {
    double sum = exponentials(y, x, maximum_of(x, columns), columns);
    float share = (float)(1.0 / sum);
    for (size_t c = 0; c < columns; c++) y[c] *= share;
  }
}
