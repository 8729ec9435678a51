// SPDX-License-Identifier: Apache-2.0
// The sums of a whole tile of integer products, six rows and sixteen columns, in AVX2.
//
// It is written in assembly for its order. Both products of a row come before both of their sums,
// the loop begins at a cache line, and what it loads it loads when it is used. Compilers put each
// sum right behind its product; that is 5 % slower, for the loop fills all pipes and what decides
// is how the processor shares instructions out to them.

#ifndef PROMPTER_AVX2_INT16_TILE_H
#define PROMPTER_AVX2_INT16_TILE_H

#include "products/small_product.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define PROMPTER_AVX2 __attribute__((target("avx2,fma")))
#define PROMPTER_AVX2_INLINE PROMPTER_AVX2 __attribute__((always_inline)) static inline

// One pair of one row, whose sums are %[s<left>] and %[s<right>].
#define PROMPTER_TILE_ROW(pair, row, left, right)             \
  "vpbroadcastd 24*" #pair "+4*" #row "(%[a]), %[factor]\n"   \
  "vpmaddwd %[low], %[factor], %[product]\n"                  \
  "vpmaddwd %[high], %[factor], %[factor]\n"                  \
  "vpaddd %[product], %[s" #left "], %[s" #left "]\n"         \
  "vpaddd %[factor], %[s" #right "], %[s" #right "]\n"

#define PROMPTER_TILE_PAIR(pair)              \
  "vmovdqu 64*" #pair "(%[b]), %[low]\n"      \
  "vmovdqu 64*" #pair "+32(%[b]), %[high]\n"  \
  PROMPTER_TILE_ROW(pair, 0, 0, 1)            \
  PROMPTER_TILE_ROW(pair, 1, 2, 3)            \
  PROMPTER_TILE_ROW(pair, 2, 4, 5)            \
  PROMPTER_TILE_ROW(pair, 3, 6, 7)            \
  PROMPTER_TILE_ROW(pair, 4, 8, 9)            \
  PROMPTER_TILE_ROW(pair, 5, 10, 11)

// Adds `fours` times four pairs, at least four, to the sums [6 rows][2 halves]; fetches a step of
// what is ahead for every two.
PROMPTER_AVX2_INLINE void add_fours(size_t fours, const float *a, const float *b,
                                    struct ahead ahead, __m256i sum[12]) {
  size_t step = ahead.step * sizeof *ahead.next;
  __m256i low, high, factor, product;
  __asm__ volatile(
      ".p2align 6\n"
      "1: prefetcht0 (%[next])\n"
      "prefetcht0 (%[next], %[step])\n"
      "lea (%[next], %[step], 2), %[next]\n"
      PROMPTER_TILE_PAIR(0) PROMPTER_TILE_PAIR(1) PROMPTER_TILE_PAIR(2) PROMPTER_TILE_PAIR(3)
      "add $4*24, %[a]\n"
      "add $4*64, %[b]\n"
      "dec %[fours]\n"
      "jnz 1b\n"
      : [fours] "+r"(fours), [a] "+r"(a), [b] "+r"(b), [next] "+r"(ahead.next),
        [s0] "+x"(sum[0]), [s1] "+x"(sum[1]), [s2] "+x"(sum[2]), [s3] "+x"(sum[3]),
        [s4] "+x"(sum[4]), [s5] "+x"(sum[5]), [s6] "+x"(sum[6]), [s7] "+x"(sum[7]),
        [s8] "+x"(sum[8]), [s9] "+x"(sum[9]), [s10] "+x"(sum[10]), [s11] "+x"(sum[11]),
        [low] "=&x"(low), [high] "=&x"(high), [factor] "=&x"(factor), [product] "=&x"(product)
      : [step] "r"(step)
      : "memory", "cc");
}
#endif

#endif
