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
// or nothing but that a bias is added.
enum passing { passing_short = 16, passing_bit, passing_sum };

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

// Passes the next rows on, `count` at most. Not inlined, for a loop over tiles leaves no registers
// for an activation's constants.
PROMPTER_AMX __attribute__((noinline)) static void pass_rows(struct waiting *w,
                                                             enum passing passing, size_t count) {
  size_t end = at_most(w->next + count, w->rows);
  switch (passing) {
    case passing_short: pull_rows_back(passing_short, w, end); break;
    case passing_bit: pull_rows_back(passing_bit, w, end); break;
    case passing_sum: add_bias_to_rows(w, end); break;
    default: FOR_EACH_KIND((enum prompter_activation)passing, activate_rows, w, end)
  }
  w->next = end;
}

#endif

#endif
