// SPDX-License-Identifier: Apache-2.0
// The sums of a whole tile of integer products, six rows and sixteen columns, in AVX2.
//
// It is written in assembly for its order. Both products of a row come before both of their sums,
// the loop begins at a cache line, and what it loads it loads when it is used. Compilers put each sum
// right behind its product; that is 5 % slower, for the loop fills all pipes and what decides is how
// the processor shares instructions out to them.

#ifndef PROMPTER_INT16_TILE_H
#define PROMPTER_INT16_TILE_H

#include "small_product.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define PROMPTER_AVX2 __attribute__((target("avx2,fma")))
#define PROMPTER_AVX2_INLINE PROMPTER_AVX2 __attribute__((always_inline)) static inline

// One pair of one row: %ymm12 and %ymm13 are the panel's, %ymm<left> and %ymm<right> the sums.
#define PROMPTER_TILE_ROW(pair, row, left, right)             \
  "vpbroadcastd 24*" #pair "+4*" #row "(%[a]), %%ymm14\n"     \
  "vpmaddwd %%ymm12, %%ymm14, %%ymm15\n"                      \
  "vpmaddwd %%ymm13, %%ymm14, %%ymm14\n"                      \
  "vpaddd %%ymm15, %%ymm" #left ", %%ymm" #left "\n"          \
  "vpaddd %%ymm14, %%ymm" #right ", %%ymm" #right "\n"

#define PROMPTER_TILE_PAIR(pair)              \
  "vmovdqu 64*" #pair "(%[b]), %%ymm12\n"     \
  "vmovdqu 64*" #pair "+32(%[b]), %%ymm13\n"  \
  PROMPTER_TILE_ROW(pair, 0, 0, 1)            \
  PROMPTER_TILE_ROW(pair, 1, 2, 3)            \
  PROMPTER_TILE_ROW(pair, 2, 4, 5)            \
  PROMPTER_TILE_ROW(pair, 3, 6, 7)            \
  PROMPTER_TILE_ROW(pair, 4, 8, 9)            \
  PROMPTER_TILE_ROW(pair, 5, 10, 11)

#define PROMPTER_TILE_CLEAR(sum) "vpxor %%xmm" #sum ", %%xmm" #sum ", %%xmm" #sum "\n"
#define PROMPTER_TILE_STORE(sum) "vmovdqu %%ymm" #sum ", 32*" #sum "(%[sums])\n"
#define PROMPTER_TILE_SUMS(each) \
  each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9) each(10) each(11)

// sums [6 rows][2 halves] of `fours` times four pairs, at least four; fetches a step of what is
// ahead for every two.
PROMPTER_AVX2_INLINE void tile_sums(size_t fours, const float *a, const float *b,
                                    struct ahead ahead, __m256i sums[12]) {
  size_t step = ahead.step * sizeof *ahead.next;
  __asm__ volatile(
      PROMPTER_TILE_SUMS(PROMPTER_TILE_CLEAR)
      ".p2align 6\n"
      "1: prefetcht0 (%[next])\n"
      "prefetcht0 (%[next], %[step])\n"
      "lea (%[next], %[step], 2), %[next]\n"
      PROMPTER_TILE_PAIR(0) PROMPTER_TILE_PAIR(1) PROMPTER_TILE_PAIR(2) PROMPTER_TILE_PAIR(3)
      "add $4*24, %[a]\n"
      "add $4*64, %[b]\n"
      "dec %[fours]\n"
      "jnz 1b\n"
      PROMPTER_TILE_SUMS(PROMPTER_TILE_STORE)
      : [fours] "+r"(fours), [a] "+r"(a), [b] "+r"(b), [next] "+r"(ahead.next)
      : [step] "r"(step), [sums] "r"(sums)
      : "memory", "cc", "ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8",
        "ymm9", "ymm10", "ymm11", "ymm12", "ymm13", "ymm14", "ymm15");
}
#endif

#endif
