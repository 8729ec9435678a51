// SPDX-License-Identifier: Apache-2.0
// Activations and how their derivatives are kept, inlined where they are used: over whole rows, and
// over tiles between two products.

#ifndef PROMPTER_ACTIVATION_INLINE_H
#define PROMPTER_ACTIVATION_INLINE_H

#include "elements/vector.h"
#include "prompter_activation.h"

// c[0] t^(count - 1) + ... + c[count - 1]; `c` and `count` are constants after inlining.
PROMPTER_INLINE float polynomial(const float *c, const size_t count, float t) {
  float sum = c[0];
#pragma clang loop unroll(full)
  for (size_t i = 1; i < count; i++) sum = sum * t + c[i];
  return sum;
}

// GELU and its derivative, for where 8 significant bits are kept of them: a value is within 4e-5 of
// its own, or within a 2e-5th part of it, a derivative within 1e-4. The normal distribution's
// cumulative function and what the derivative has besides are odd but for 1/2: polynomials in
// t = 2 (x / 4.5)^2 - 1, beyond 4.5 as at 4.5. No exponential, no division.
PROMPTER_INLINE void rough_gelu(float x, float *value, float *slope) {
  const float cumulative[] = {
      -0.00193053575f, 0.00496270699f, -0.00607018609f, 0.00965321647f, -0.01848398f,
      0.0288576555f,   -0.0402369741f, 0.0546374896f,   -0.0771858832f, 0.156906044f};
  const float derivative[] = {
      0.0119352884f, -0.0293628459f, 0.0284601968f, -0.0362113989f, 0.0697617669f, -0.0938373273f,
      0.0978995178f, -0.0939220192f, 0.0869874038f, -0.0900131994f, 0.159431544f};
  float low = x < -4.5f ? -4.5f : x, near = low > 4.5f ? 4.5f : low;
  float t = near * near * (2.0f / 20.25f) - 1.0f;
  *value = low * (0.5f + near * polynomial(cumulative, 10, t));
  *slope = 0.5f + near * polynomial(derivative, 11, t);
}

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

#endif
