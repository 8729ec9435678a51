// SPDX-License-Identifier: Apache-2.0
// What every kernel file shares: clones for several instruction sets, short vectors, and the
// elementary functions, which must be inlined into a loop to be vectorised with it.

#ifndef PROMPTER_VECTOR_H
#define PROMPTER_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// One body, compiled for AVX-512, AVX2 and the baseline, chosen when the program is loaded. Arm's
// baseline has its vectors already.
#if defined(__x86_64__) && defined(__linux__)
#define PROMPTER_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
// A body for AVX-512 alone, and one for all others, where the two are not the same; see
// has_wide_registers. By features, for the level's name alone would prefer AVX2's registers.
#define PROMPTER_WIDE \
  __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma,bmi,bmi2,f16c")))
#define PROMPTER_NARROW_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define PROMPTER_CLONES
#define PROMPTER_WIDE
#define PROMPTER_NARROW_CLONES
#endif

#define PROMPTER_INLINE static inline __attribute__((always_inline))

// Whether functions that are PROMPTER_WIDE run here.
PROMPTER_INLINE int has_wide_registers(void) {
#if defined(__x86_64__) && defined(__linux__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

// Sums may be taken in any order: without this no reduction is vectorised.
#define PROMPTER_REASSOCIATE _Pragma("clang fp reassociate(on)")

// Sixteen lanes: two AVX2 registers or one of AVX-512. The second type loads from any address.
typedef float v16 __attribute__((vector_size(64)));
typedef float v16_unaligned __attribute__((vector_size(64), aligned(4)));

// Macros, for a function that takes or returns such a vector has another ABI in each clone.
#define load16(p) ((v16) * (const v16_unaligned *)(p))
#define store16(p, v) (*(v16_unaligned *)(p) = (v))

PROMPTER_INLINE size_t at_most(size_t count, size_t limit) { return count < limit ? count : limit; }

// The next multiple of sixteen.
PROMPTER_INLINE size_t sixteens(size_t count) { return (count + 15) / 16 * 16; }

PROMPTER_INLINE float bits_to_float(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

PROMPTER_INLINE int32_t float_to_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The integer nearest to value * scale, in the lower half of the result: 1.5 * 2^23 leaves it
// there.
PROMPTER_INLINE uint32_t integer(float value, float scale) {
  return (uint32_t)float_to_bits(value * scale + 12582912.0f);
}

// Floats as integers of the same order: reductions over integers are vectorised where those over
// floats are not. What is no number stands beyond all others.
PROMPTER_INLINE int32_t ordered(int32_t bits) { return bits ^ (bits >> 31 & 0x7fffffff); }

// The largest of some values, at least one.
PROMPTER_INLINE float maximum_of(const float *x, size_t count) {
  int32_t most = INT32_MIN;
  for (size_t i = 0; i < count; i++) {
    int32_t value = ordered(float_to_bits(x[i]));
    most = value > most ? value : most;
  }
  return bits_to_float(ordered(most));
}

// e^x with a relative error below 2e-7 for x in [-87, 88]; clamped outside.
// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2, e^r by its Taylor polynomial.
PROMPTER_INLINE float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it leaves the rounded integer below
  float shifted = x * 1.44269504f + shift, n = shifted - shift;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two pieces, the first exact
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // The low bits of `shifted` are n: made the exponent of a power of two.
  return p * bits_to_float((int32_t)(((uint32_t)float_to_bits(shifted) + 127u) << 23));
}

// The natural logarithm of a positive x, no denormal one: an error below 2e-7, absolute or
// relative. x = 2^n m with m in [sqrt(1/2), sqrt(2)], and log m = 2 artanh s with s = (m - 1) / (m
// + 1), by its Taylor series.
PROMPTER_INLINE float logarithm(float x) {
  const int32_t half = 0x3f3504f3;  // sqrt(1/2)
  int32_t exponent = (float_to_bits(x) - half) >> 23;
  float m = bits_to_float(float_to_bits(x) - (int32_t)((uint32_t)exponent << 23));
  float s = (m - 1.0f) / (m + 1.0f), square = s * s;
  float p = 2.0f / 9.0f;
  p = p * square + 2.0f / 7.0f;
  p = p * square + 2.0f / 5.0f;
  p = p * square + 2.0f / 3.0f;
  p = s * (p * square) + 2.0f * s;
  float n = (float)exponent;
  return (p + n * -2.12194440e-4f) + n * 0.693359375f;
}

// tanh x with an absolute error below 3e-7.
PROMPTER_INLINE float hyperbolic_tangent(float x) {
  return 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
}

// The normal distribution's cumulative function and density at x: absolute error below 2e-7.
// The cumulative function is (1 + erf(x / sqrt 2)) / 2, with erf by formula 7.1.26 of Abramowitz
// and Stegun, whose exponential is the density's.
PROMPTER_INLINE void normal_distribution(float x, float *cumulative, float *density) {
  float z = __builtin_fabsf(x) * 0.70710678f;
  float e = exponential(-z * z);
  float t = 1.0f / (1.0f + 0.3275911f * z);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float tail = 0.5f * p * t * e;
  *cumulative = x < 0.0f ? tail : 1.0f - tail;
  *density = 0.39894228f * e;
}

// A well-mixed 32-bit function of a counter, the source of dropout masks: it needs no state, so a
// mask does not depend on the order in which rows are computed. (MurmurHash3's finaliser.)
PROMPTER_INLINE uint32_t mixed(uint32_t h) {
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  h ^= h >> 16;
  return h;
}

// The factor of a dropped-out value: 0 with the probability that `threshold` / 2^32 is, else
// `scale`.
PROMPTER_INLINE float dropout_factor(uint32_t key, uint32_t index, uint32_t threshold, float scale) {
  return mixed(key + index * 0x9e3779b9u) < threshold ? 0.0f : scale;
}

// A key for one group of counters (a row, a head, a query) from the key above it.
PROMPTER_INLINE uint32_t derived_key(uint32_t key, uint32_t index) {
  return mixed(mixed(key ^ 0x7f4a7c15u) + index * 0x9e3779b9u);
}

#endif
