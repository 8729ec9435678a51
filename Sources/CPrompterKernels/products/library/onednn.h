// SPDX-License-Identifier: Apache-2.0
// oneDNN's engine, streams and descriptions, whose 2.x and 3.x interfaces differ.

#ifndef PROMPTER_ONEDNN_H
#define PROMPTER_ONEDNN_H

#include <dnnl.h>
#include <stddef.h>

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t description;
typedef dnnl_memory_desc_t owned_description;
#else
typedef const dnnl_memory_desc_t *description;
typedef dnnl_memory_desc_t owned_description;
#endif

// A row-major matrix, or its transpose, or (with `any`) one in the library's own order.
enum order { plain, transposed, any };

// The engine that all share; NULL if there is none.
dnnl_engine_t onednn_engine(void);

// The calling thread's stream; NULL if there is none.
dnnl_stream_t onednn_stream(void);

// The primitive for [m, k] x [k, n] of this type into float32, its weight as described or else in
// the library's own order; NULL if there is none. The caller destroys it.
dnnl_primitive_desc_t onednn_product(dnnl_data_type_t type, size_t m, size_t n, size_t k,
                                     description weight);

// Whether a description is of the library's own order.
int onednn_is_blocked(description d);

// Reorders a [k, n] matrix of this type into the order of `target`. Returns NULL on failure; the
// caller frees it.
void *onednn_reordered(dnnl_data_type_t type, const void *values, size_t k, size_t n,
                       enum order order, description target);

#endif
