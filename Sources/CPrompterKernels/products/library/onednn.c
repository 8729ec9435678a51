// SPDX-License-Identifier: Apache-2.0

#ifdef __linux__

#include "products/library/onednn.h"

#include <pthread.h>
#include <stdlib.h>

static dnnl_engine_t engine;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;

static void make_engine(void) {
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) engine = NULL;
}

dnnl_engine_t onednn_engine(void) {
  pthread_once(&engine_once, make_engine);
  return engine;
}

dnnl_stream_t onednn_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (stream == NULL && onednn_engine() != NULL) {
    if (dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) != dnnl_success) stream = NULL;
  }
  return stream;
}

static int describe(owned_description *d, dnnl_data_type_t type, size_t rows, size_t columns,
                    enum order order) {
  dnnl_dims_t dims = {(dnnl_dim_t)rows, (dnnl_dim_t)columns};
  dnnl_dims_t strides = {(dnnl_dim_t)(order == plain ? columns : 1),
                         (dnnl_dim_t)(order == plain ? 1 : rows)};
#if DNNL_VERSION_MAJOR >= 3
  return order == any ? dnnl_memory_desc_create_with_tag(d, 2, dims, type, dnnl_format_tag_any)
                      : dnnl_memory_desc_create_with_strides(d, 2, dims, type, strides);
#else
  return order == any ? dnnl_memory_desc_init_by_tag(d, 2, dims, type, dnnl_format_tag_any)
                      : dnnl_memory_desc_init_by_strides(d, 2, dims, type, strides);
#endif
}

#if DNNL_VERSION_MAJOR >= 3
#define VIEW(d) (d)
static void discard(owned_description *d) { dnnl_memory_desc_destroy(*d); }
int onednn_is_blocked(description d) {
  int blocks = 0;
  return dnnl_memory_desc_query(d, dnnl_query_inner_nblks_s32, &blocks) == dnnl_success && blocks > 0;
}
#else
#define VIEW(d) (&(d))
static void discard(owned_description *d) { (void)d; }
int onednn_is_blocked(description d) { return d->format_desc.blocking.inner_nblks > 0; }
#endif

dnnl_primitive_desc_t onednn_product(dnnl_data_type_t type, size_t m, size_t n, size_t k,
                                     description weight) {
  owned_description a, b, c;
  if (describe(&a, type, m, k, plain) || describe(&b, type, k, n, any) ||
      describe(&c, dnnl_f32, m, n, plain)) {
    return NULL;
  }
  dnnl_primitive_attr_t attributes;
  dnnl_primitive_desc_t result = NULL;
  if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
#if DNNL_VERSION_MAJOR >= 3
  int status = dnnl_matmul_primitive_desc_create(&result, onednn_engine(), a,
                                                 weight != NULL ? weight : b, NULL, c, attributes);
#else
  dnnl_matmul_desc_t matmul;
  int status = dnnl_matmul_desc_init(&matmul, &a, weight != NULL ? weight : &b, NULL, &c);
  if (status == dnnl_success) {
    status = dnnl_primitive_desc_create(&result, &matmul, attributes, onednn_engine(), NULL);
  }
#endif
  dnnl_primitive_attr_destroy(attributes);
  discard(&a);
  discard(&b);
  discard(&c);
  return status == dnnl_success ? result : NULL;
}

void *onednn_reordered(dnnl_data_type_t type, const void *values, size_t k, size_t n,
                       enum order order, description target) {
  owned_description source;
  if (describe(&source, type, k, n, order)) return NULL;
  size_t bytes = (dnnl_memory_desc_get_size(target) + 63) / 64 * 64;
  void *result = aligned_alloc(64, bytes);
  dnnl_memory_t from = NULL, to = NULL;
  dnnl_primitive_desc_t d = NULL;
  dnnl_primitive_t reorder = NULL;
  int status = result == NULL ||
               dnnl_memory_create(&from, VIEW(source), onednn_engine(), (void *)values) ||
               dnnl_memory_create(&to, target, engine, result) ||
               dnnl_reorder_primitive_desc_create(&d, VIEW(source), engine, target, engine, NULL) ||
               dnnl_primitive_create(&reorder, d);
  if (!status) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    status = dnnl_primitive_execute(reorder, onednn_stream(), 2, arguments) ||
             dnnl_stream_wait(onednn_stream());
  }
  if (reorder != NULL) dnnl_primitive_destroy(reorder);
  if (d != NULL) dnnl_primitive_desc_destroy(d);
  if (from != NULL) dnnl_memory_destroy(from);
  if (to != NULL) dnnl_memory_destroy(to);
  discard(&source);
  if (!status) return result;
  free(result);
  return NULL;
}

#endif
