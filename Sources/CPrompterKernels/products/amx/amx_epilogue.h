// SPDX-License-Identifier: Apache-2.0
// What becomes of sums between two products: row by row, while tiles of the next sums are computed.

#ifndef PROMPTER_AMX_EPILOGUE_H
#define PROMPTER_AMX_EPILOGUE_H

#include "elements/activation.h"
#include "products/amx/amx_panels.h"

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>

#define PROMPTER_AMX                                                                  \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512cd,avx512dq,avx512vl," \
                        "avx512bf16,fma,bmi,bmi2,prfchw")))
#define PROMPTER_AMX_INLINE PROMPTER_AMX __attribute__((always_inline)) static inline

// A tile is sixteen lines of 64 bytes: of rows, 32 values in bfloat16 each. Two tiles of rows and
// two of columns make 32 x 32 sums.
enum { lines = 16, deep = 32, tile = lines * deep, wide = 2 * panel_columns };

// What is done to sums: an activation (its kind), the pullback of one from slopes as they are kept,
// or nothing but that a bias is added; or a gated activation (its kind and `passing_gated`), or the
// pullback of one.
enum passing {
  passing_short = 16, passing_bit, passing_sum, passing_gated_back, passing_gated = 32
};

// Sums [rows, 32] that wait for it, and where they go: to tiles of the next product.
struct waiting {
  const float *sums;
  size_t rows, next;  // the next one to be passed on
  size_t columns;
  float bias[wide];
  char *slopes;  // of these sums, row after row; NULL: not wanted
  size_t slope_bytes;  // of a row of them
  uint16_t *target;  // of the first row
  size_t sixteen;    // from one sixteen rows to the next
};

PROMPTER_AMX_INLINE void keep_slopes(const struct waiting *w, enum prompter_activation kind,
                                     char *kept, const float *slope) {
  if (kind == prompter_activation_relu) {
    *(uint32_t *)kept = bits_of(slope, wide);
  } else if (w->columns == wide) {
    keep_shorts((uint16_t *)kept, slope, wide);
  } else {
    keep_shorts((uint16_t *)kept, slope, w->columns);
  }
}

PROMPTER_AMX_INLINE void apply_slopes(const struct waiting *w, enum passing passing,
                                      const char *kept, const float *sums, float *value) {
  if (passing == passing_bit) {
    apply_word(value, sums, *(const uint32_t *)kept, wide);
  } else if (w->columns == wide) {
    apply_shorts(value, sums, (const uint16_t *)kept, wide);
  } else {
    apply_shorts(value, sums, (const uint16_t *)kept, w->columns);
  }
}

PROMPTER_AMX_INLINE void store_halves(const struct waiting *w, size_t row, const float *value) {
  __m512bh halves = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(value + 16), _mm512_loadu_ps(value));
  _mm512_store_si512(w->target + row / lines * w->sixteen + row % lines * deep, (__m512i)halves);
}

// An activation whose value is about to be rounded to bfloat16; `slope` may be NULL.
PROMPTER_AMX_INLINE void activate_wide(enum prompter_activation kind, float *restrict value,
                                       float *restrict slope, const float *restrict sums,
                                       const float *restrict bias) {
  if (kind == prompter_activation_gelu) {
    float unused;
    for (size_t i = 0; i < wide; i++) {
      rough_gelu(sums[i] + bias[i], &value[i], slope != NULL ? &slope[i] : &unused);
    }
  } else {
    activate(kind, value, slope, sums, bias, wide);
  }
}

// Columns beyond the last one are zeros before and after: every activation leaves them.
PROMPTER_AMX_INLINE void activate_rows(enum prompter_activation kind, const struct waiting *w,
                                       size_t end) {
  for (size_t r = w->next; r < end; r++) {
    float value[wide], slope[wide];
    if (w->slopes == NULL) {
      activate_wide(kind, value, NULL, w->sums + r * wide, w->bias);
    } else {
      activate_wide(kind, value, slope, w->sums + r * wide, w->bias);
      keep_slopes(w, kind, w->slopes + r * w->slope_bytes, slope);
    }
    store_halves(w, r, value);
  }
}

PROMPTER_AMX_INLINE void pull_rows_back(enum passing passing, const struct waiting *w, size_t end) {
  float value[wide] = {0};
  for (size_t r = w->next; r < end; r++) {
    apply_slopes(w, passing, w->slopes + r * w->slope_bytes, w->sums + r * wide, value);
    store_halves(w, r, value);
  }
}

PROMPTER_AMX_INLINE void add_bias_to_rows(const struct waiting *w, size_t end) {
  for (size_t r = w->next; r < end; r++) {
    float value[wide];
    for (size_t i = 0; i < wide; i++) value[i] = w->sums[r * wide + i] + w->bias[i];
    store_halves(w, r, value);
  }
}

PROMPTER_AMX_INLINE __m512bh narrow_both(const float *low, const float *high) {
  return _mm512_cvtne2ps_pbh(_mm512_loadu_ps(high), _mm512_loadu_ps(low));
}

// Sixteen sums of the half that is activated, then those of the half that it is multiplied by: half
// a line of the next product's rows. A line of slopes is kept: by either half.
PROMPTER_AMX_INLINE void gate_rows(enum prompter_activation kind, const struct waiting *w,
                                   size_t end) {
  enum { half = wide / 2 };
  for (size_t r = w->next; r < end; r++) {
    const float *sums = w->sums + r * wide;
    float value[half], slope[half], gate[half], line[half];
    for (size_t i = 0; i < half; i++) {
      float x = sums[i] + w->bias[i];
      if (kind == prompter_activation_gelu) {
        rough_gelu(x, &value[i], &slope[i]);
      } else {
        activation(kind, x, &value[i], &slope[i]);
      }
      gate[i] = sums[half + i] + w->bias[half + i];
      line[i] = value[i] * gate[i];
      slope[i] *= gate[i];
    }
    uint16_t *target = w->target + r / lines * w->sixteen + r % lines * deep;
    _mm256_store_si256((__m256i *)target, (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(line)));
    if (w->slopes == NULL) continue;
    _mm512_store_si512(w->slopes + r * w->slope_bytes, (__m512i)narrow_both(slope, value));
  }
}

// The first or the second sixteen values of a line, in float32.
PROMPTER_AMX_INLINE __m512 widened_half(const void *line, int second) {
  __m256i halves = _mm256_load_si256((const __m256i *)line + second);
  return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
}

// The gradients of 32 gated values make two lines of gradients of both halves, sixteen each.
PROMPTER_AMX_INLINE void pull_gates_back(const struct waiting *w, size_t end) {
  for (size_t r = w->next; r < end; r++) {
    for (size_t i = 0; i < 2; i++) {
      const char *slopes = w->slopes + i * 2 * lines * w->slope_bytes + r * w->slope_bytes;
      __m512 dy = _mm512_loadu_ps(w->sums + r * wide + i * 16);
      __m512 first = _mm512_mul_ps(dy, widened_half(slopes, 0));
      __m512 second = _mm512_mul_ps(dy, widened_half(slopes, 1));
      uint16_t *target = w->target + r / lines * w->sixteen + r % lines * deep + i * tile;
      _mm512_store_si512(target, (__m512i)_mm512_cvtne2ps_pbh(second, first));
    }
  }
}

// Passes the next rows on, `count` at most. Not inlined, for a loop over tiles leaves no registers
// for an activation's constants.
PROMPTER_AMX __attribute__((noinline)) static void pass_rows(struct waiting *w,
                                                             enum passing passing, size_t count) {
  size_t end = at_most(w->next + count, w->rows);
  switch (passing) {
    case passing_short: pull_rows_back(passing_short, w, end); break;
    case passing_bit: pull_rows_back(passing_bit, w, end); break;
    case passing_sum: add_bias_to_rows(w, end); break;
    case passing_gated_back: pull_gates_back(w, end); break;
    default:
      if (passing >= passing_gated) {
        FOR_EACH_KIND((enum prompter_activation)(passing - passing_gated), gate_rows, w, end)
      } else {
        FOR_EACH_KIND((enum prompter_activation)passing, activate_rows, w, end)
      }
  }
  w->next = end;
}

#endif

#endif
