// SPDX-License-Identifier: Apache-2.0
// Tiles turned in registers: a tile of rows and one of columns are the transposes of each other.

#ifndef PROMPTER_AMX_TRANSPOSE_H
#define PROMPTER_AMX_TRANSPOSE_H

#include "products/amx/amx_epilogue.h"

#if defined(__x86_64__) && defined(__linux__)

// Sixteen lines of sixteen pairs, transposed: within quarters of a line, then the quarters.
PROMPTER_AMX_INLINE void turn_over(__m512i a[lines]) {
  __m512i b[lines];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i += 2) {
    b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
    b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i += 4) {
    a[i] = _mm512_unpacklo_epi64(b[i], b[i + 2]);
    a[i + 1] = _mm512_unpackhi_epi64(b[i], b[i + 2]);
    a[i + 2] = _mm512_unpacklo_epi64(b[i + 1], b[i + 3]);
    a[i + 3] = _mm512_unpackhi_epi64(b[i + 1], b[i + 3]);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) {
#pragma clang loop unroll(full)
    for (size_t half = 0; half < lines; half += 8) {
      b[half + i] = _mm512_shuffle_i32x4(a[half + i], a[half + i + 4], 0x88);
      b[half + i + 4] = _mm512_shuffle_i32x4(a[half + i], a[half + i + 4], 0xdd);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 8; i++) {
    a[i] = _mm512_shuffle_i32x4(b[i], b[i + 8], 0x88);
    a[i + 8] = _mm512_shuffle_i32x4(b[i], b[i + 8], 0xdd);
  }
}

PROMPTER_AMX_INLINE void store_tile(const __m512i pairs[lines], uint16_t *target) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < lines; i++) _mm512_store_si512(target + i * deep, pairs[i]);
}

#endif

#endif
