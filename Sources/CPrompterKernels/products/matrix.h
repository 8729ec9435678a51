// SPDX-License-Identifier: Apache-2.0
// What kernels of several products ask of a weight; products.c has the rest.

#ifndef PROMPTER_MATRIX_H
#define PROMPTER_MATRIX_H

#include "products/kept_panels.h"
#include "prompter_products.h"

// The panels of a weight whose products are taken in tiles of bfloat16; NULL for all others.
struct kept_panels *matrix_tiles(struct prompter_matrix *matrix, int is_backward);

#endif
