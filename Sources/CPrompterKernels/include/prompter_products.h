// SPDX-License-Identifier: Apache-2.0
// Matrix products by oneDNN and kernels of our own on Linux, by Accelerate on Apple's systems.

#ifndef PROMPTER_PRODUCTS_H
#define PROMPTER_PRODUCTS_H

#include <stddef.h>

#include "prompter_rounded.h"

/// A frozen weight [outputs, inputs], ready for the products of the forward and backward passes.
/// Any number of threads may use one at a time.
struct prompter_matrix;

/// How a frozen weight is kept.
enum prompter_layout {
  /// In tiles where the CPU has them for the precision; else packed by the library where it has a
  /// packed format for this CPU; else in panels.
  prompter_layout_automatic,
  /// Always through the library's packed path.
  prompter_layout_packed,
  /// Always in panels, for kernels of our own.
  prompter_layout_panels,
};

/// What the factors of a frozen weight's products are.
enum prompter_precision {
  /// Float32, as they are.
  prompter_float32,
  /// Rounded to bfloat16, the weight once and the other factor in each product. Sums and results
  /// are float32.
  prompter_bfloat16,
  /// 16-bit integers times a unit for each row of the weight, or column, and each row of the other
  /// factor, or for each 512 of its values. Sums of integers are exact, results are float32.
  prompter_int16,
};

/// Whether this CPU multiplies int16 faster than float32.
int prompter_has_fast_int16(void);

/// Whether this CPU has tiles for bfloat16, which prompter_product_rounded needs to be fast.
int prompter_has_bfloat16_tiles(void);

/// Whether this CPU multiplies bfloat16 itself. Where it does not, rounded factors are multiplied
/// in float32: the same numbers but for the order of additions, more slowly.
int prompter_has_bfloat16(void);

/// Whether a weight prepared so may stand in several parts.
int prompter_joins_parts(enum prompter_layout layout, enum prompter_precision precision);

/// Prepares a weight whose rows stand in `count` parts of equal size, one unless
/// prompter_joins_parts. They must outlive the result and never change; of parts in a mapped file
/// (`is_mapped`) no more pages are kept in memory than needed. NULL when memory is out. A layout of
/// panels uses neither the CPU's own bfloat16 products nor its integer ones.
struct prompter_matrix *prompter_matrix_create(const float *const *parts, size_t count,
                                               size_t outputs, size_t inputs,
                                               enum prompter_layout layout,
                                               enum prompter_precision precision, int is_mapped);
void prompter_matrix_destroy(struct prompter_matrix *matrix);

/// Whether all values that products have read so far are finite: those of the whole weight once
/// there was a product.
int prompter_matrix_is_finite(const struct prompter_matrix *matrix);

/// The rows that a product's matrices must have room for when they hold `rows`: a multiple of 32,
/// for the library's packed weights.
size_t prompter_room(size_t rows);

/// y [rows, outputs] = x [rows, inputs] W^T. Both must have room for `prompter_room(rows)` rows;
/// what stands beyond `rows` is read and overwritten but never mixed into other rows. Returns 0 on
/// success.
int prompter_matrix_multiply(struct prompter_matrix *matrix, const float *x, size_t rows, float *y);

/// x [rows, inputs] = y [rows, outputs] W, with the same room to spare.
int prompter_matrix_multiply_transposed(struct prompter_matrix *matrix, const float *y, size_t rows,
                                        float *x);

/// y = x W^T + bias or, backward, x W + bias, rounded to bfloat16 as it comes; `bias` may be NULL.
/// x must have the room of the above.
int prompter_matrix_round_product(struct prompter_matrix *matrix, int is_backward, const float *x,
                                  const float *bias, size_t rows, struct prompter_rounded y);

/// y = x W^T or, backward, x W, for rows that are bfloat16 already; y must have the room of the
/// above.
int prompter_matrix_multiply_rounded(struct prompter_matrix *matrix, int is_backward,
                                     struct prompter_rounded x, size_t rows, float *y);

/// c [m, n] = op(a) [m, k] op(b) [k, n], or c += that; op transposes where the flag says so, then
/// a is stored [k, m] and b [n, k].
int prompter_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a,
                     const float *b, float *c, int accumulate);

/// The same of a and b rounded to bfloat16: by tiles where the CPU has them, else in float32. Sums
/// are float32.
int prompter_product_rounded(int transpose_a, int transpose_b, size_t m, size_t n, size_t k,
                             const float *a, const float *b, float *c, int accumulate);

/// Makes the product library use only the calling thread for calls from the calling thread.
void prompter_use_one_thread(void);

/// The library's name and version, for reports.
const char *prompter_product_library(void);

#endif
