// SPDX-License-Identifier: Apache-2.0
// Matrix products by oneDNN where it has packed weights, by panels of our own elsewhere.
//
// A primitive run by two threads at once gives wrong results, so each thread makes its own, with
// its own scratch memory, and keeps it: creating one costs as much as running it.

#ifdef __linux__

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "products/float32/float32_panels.h"
#include "products/library/library_matrix.h"
#include "products/library/onednn.h"
#include "prompter_bfloat16.h"
#include "prompter_memory.h"

// One weight matrix [k, n] for one direction.
struct packed {
  void *values;  // NULL: not packed yet
  size_t k, n;
};

struct library_matrix {
  const float *weight;
  size_t outputs, inputs;
  dnnl_data_type_t type;  // of both factors
  int is_packed;
  struct packed packed[2];  // forward and backward
  struct panels panels[2];  // the same where is_packed is 0
  pthread_mutex_t lock;
};

// The library may choose another packed format, or cut a sum elsewhere, for another number of rows.
// The format for `representative` rows is used for all numbers. Sums of bfloat16 products are cut
// by how much of both factors fits a cache, so those are always taken of `block` rows: then a row's
// bits cannot depend on how many rows there are, whatever the library does.
enum { representative = 256, block = 64 };

static size_t usual_rows(dnnl_data_type_t type) { return type == dnnl_bf16 ? block : representative; }

// Whether the library has a packed format of its own for [rows, k] x [k, n].
static int has_packed_format(dnnl_data_type_t type, size_t n, size_t k) {
  dnnl_primitive_desc_t d = onednn_product(type, usual_rows(type), n, k, NULL);
  if (d == NULL) return 0;
  int result = onednn_is_blocked(dnnl_primitive_desc_query_md(d, dnnl_query_weights_md, 0));
  dnnl_primitive_desc_destroy(d);
  return result;
}

// AMX for bfloat16 comes only with AVX-512 for bfloat16. The library asks the system's leave to use
// AMX by itself, and uses AVX-512 without it.
int library_has_bfloat16(void) {
  unsigned needed = dnnl_cpu_isa_avx512_core_bf16;
  return ((unsigned)dnnl_get_effective_cpu_isa() & needed) == needed;
}

int library_takes_bfloat16(size_t outputs, size_t inputs) {
  return library_has_bfloat16() && has_packed_format(dnnl_bf16, outputs, inputs) &&
         has_packed_format(dnnl_bf16, inputs, outputs);
}

struct library_matrix *library_matrix_create(const float *weight, size_t outputs, size_t inputs,
                                             enum prompter_layout layout,
                                             enum prompter_precision precision) {
  struct library_matrix *matrix = calloc(1, sizeof *matrix);
  if (matrix == NULL) return NULL;
  *matrix = (struct library_matrix){
      .weight = weight, .outputs = outputs, .inputs = inputs,
      .type = precision == prompter_bfloat16 ? dnnl_bf16 : dnnl_f32,
      .packed = {{.k = inputs, .n = outputs}, {.k = outputs, .n = inputs}},
      .panels = {{.weight = weight, .n = outputs, .k = inputs, .is_transposed = 1},
                 {.weight = weight, .n = inputs, .k = outputs}}};
  pthread_mutex_init(&matrix->lock, NULL);
  matrix->is_packed =
      matrix->type == dnnl_bf16 || layout == prompter_layout_packed ||
      (layout == prompter_layout_automatic && has_packed_format(dnnl_f32, outputs, inputs));
  return matrix;
}

void library_matrix_destroy(struct library_matrix *matrix) {
  if (matrix == NULL) return;
  for (int direction = 0; direction < 2; direction++) {
    free(matrix->packed[direction].values);
    panels_clear(&matrix->panels[direction]);
  }
  pthread_mutex_destroy(&matrix->lock);
  free(matrix);
}

// The weight in the order of `target`, rounded first where it is to be bfloat16: the library's own
// rounding need not be ours.
static void *reordered(const struct library_matrix *matrix, const struct packed *packed,
                       enum order order, description target) {
  const void *values = matrix->weight;
  uint16_t *narrow = NULL;
  if (matrix->type == dnnl_bf16) {
    size_t count = packed->k * packed->n;
    values = narrow = malloc(count * sizeof *narrow);
    if (narrow == NULL) return NULL;
    prompter_narrow_bfloat16(narrow, matrix->weight, count);
  }
  void *result = onednn_reordered(matrix->type, values, packed->k, packed->n, order, target);
  free(narrow);
  return result;
}

// The packed values, made when first asked for; the backward direction is never packed for
// inference.
static void *packed_values(struct library_matrix *matrix, struct packed *packed, enum order order) {
  pthread_mutex_lock(&matrix->lock);
  if (packed->values == NULL) {
    dnnl_primitive_desc_t d =
        onednn_product(matrix->type, usual_rows(matrix->type), packed->n, packed->k, NULL);
    if (d != NULL) {
      description target = dnnl_primitive_desc_query_md(d, dnnl_query_weights_md, 0);
      packed->values = reordered(matrix, packed, order, target);
      dnnl_primitive_desc_destroy(d);
    }
  }
  void *values = packed->values;
  pthread_mutex_unlock(&matrix->lock);
  return values;
}

// What one thread keeps for one shape.
struct product {
  dnnl_data_type_t type;
  size_t m, n, k;
  dnnl_primitive_t primitive;
  dnnl_memory_t a, b, c, scratch;
  void *scratch_values;
};

enum { cached = 512 };

struct cache {
  struct product products[cached];
};

static pthread_key_t cache_key;
static pthread_once_t cache_once = PTHREAD_ONCE_INIT;

static void empty(struct product *p) {
  if (p->primitive == NULL) return;
  dnnl_primitive_destroy(p->primitive);
  dnnl_memory_destroy(p->a);
  dnnl_memory_destroy(p->b);
  dnnl_memory_destroy(p->c);
  dnnl_memory_destroy(p->scratch);
  free(p->scratch_values);
  *p = (struct product){0};
}

static void free_cache(void *value) {
  struct cache *cache = value;
  for (size_t i = 0; i < cached; i++) empty(&cache->products[i]);
  free(cache);
}

static void make_cache_key(void) { pthread_key_create(&cache_key, free_cache); }

static struct cache *thread_cache(void) {
  pthread_once(&cache_once, make_cache_key);
  struct cache *cache = pthread_getspecific(cache_key);
  if (cache == NULL && (cache = calloc(1, sizeof *cache)) != NULL) {
    pthread_setspecific(cache_key, cache);
  }
  return cache;
}

static int make_product(struct product *p, dnnl_data_type_t type, size_t m, size_t n, size_t k) {
  dnnl_primitive_desc_t r = onednn_product(type, usual_rows(type), n, k, NULL), d = NULL;
  if (r != NULL) {
    d = onednn_product(type, m, n, k, dnnl_primitive_desc_query_md(r, dnnl_query_weights_md, 0));
    dnnl_primitive_desc_destroy(r);
  }
  if (d == NULL) return 1;
  description a = dnnl_primitive_desc_query_md(d, dnnl_query_src_md, 0);
  description b = dnnl_primitive_desc_query_md(d, dnnl_query_weights_md, 0);
  description c = dnnl_primitive_desc_query_md(d, dnnl_query_dst_md, 0);
  description s = dnnl_primitive_desc_query_md(d, dnnl_query_scratchpad_md, 0);
  size_t bytes = (dnnl_memory_desc_get_size(s) + 127) / 64 * 64;
  *p = (struct product){
      .type = type, .m = m, .n = n, .k = k, .scratch_values = aligned_alloc(64, bytes)};
  int status = p->scratch_values == NULL || dnnl_primitive_create(&p->primitive, d) ||
               dnnl_memory_create(&p->a, a, onednn_engine(), DNNL_MEMORY_NONE) ||
               dnnl_memory_create(&p->b, b, onednn_engine(), DNNL_MEMORY_NONE) ||
               dnnl_memory_create(&p->c, c, onednn_engine(), DNNL_MEMORY_NONE) ||
               dnnl_memory_create(&p->scratch, s, onednn_engine(), p->scratch_values);
  dnnl_primitive_desc_destroy(d);
  if (status) empty(p);  // or it would be found again, half made
  return status;
}

static struct product *product_for(dnnl_data_type_t type, size_t m, size_t n, size_t k) {
  struct cache *cache = thread_cache();
  if (cache == NULL) return NULL;
  size_t slot = (m * 1000003u + n * 10007u + k * 101u + type) % cached;
  for (size_t i = 0; i < 8; i++) {
    struct product *p = &cache->products[(slot + i) % cached];
    if (p->primitive == NULL) return make_product(p, type, m, n, k) ? NULL : p;
    if (p->type == type && p->m == m && p->n == n && p->k == k) return p;
  }
  struct product *p = &cache->products[slot];
  empty(p);
  return make_product(p, type, m, n, k) ? NULL : p;
}

static int run_product(struct product *p, const void *x, const void *weight, float *y) {
  dnnl_memory_set_data_handle(p->a, (void *)x);
  dnnl_memory_set_data_handle(p->b, (void *)weight);
  dnnl_memory_set_data_handle(p->c, y);
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, p->a},
                                 {DNNL_ARG_WEIGHTS, p->b},
                                 {DNNL_ARG_DST, p->c},
                                 {DNNL_ARG_SCRATCHPAD, p->scratch}};
  return dnnl_primitive_execute(p->primitive, onednn_stream(), 4, arguments) ||
         dnnl_stream_wait(onednn_stream());
}

static int multiply_packed(const float *x, const void *weight, float *y, size_t m, size_t n,
                           size_t k) {
  struct product *p = product_for(dnnl_f32, (m + 31) / 32 * 32, n, k);
  return p == NULL || weight == NULL || run_product(p, x, weight, y);
}

// A block of rows at a time: x is rounded where the next product finds it in a cache. The result of
// a last block of few rows, which may have no room for a whole one, takes a detour.
static int multiply_narrow(const float *x, const void *weight, float *y, size_t m, size_t n,
                           size_t k) {
  struct product *p = product_for(dnnl_bf16, block, n, k);
  uint16_t *narrow = prompter_allocate(block * k * sizeof *narrow);
  float *spare = prompter_allocate(block * n * sizeof *spare);
  int status = p == NULL || weight == NULL || narrow == NULL || spare == NULL;
  for (size_t r = 0; r < m && !status; r += block) {
    size_t count = m - r < block ? m - r : block;
    prompter_narrow_bfloat16(narrow, x + r * k, count * k);
    memset(narrow + count * k, 0, (block - count) * k * sizeof *narrow);
    int has_room = count > block / 2;
    status = run_product(p, narrow, weight, has_room ? y + r * n : spare);
    if (!has_room) memcpy(y + r * n, spare, count * n * sizeof *y);
  }
  prompter_release(spare);
  prompter_release(narrow);
  return status;
}

int library_matrix_multiply(struct library_matrix *matrix, int is_backward, const float *x,
                            size_t rows, float *y) {
  struct packed *packed = &matrix->packed[is_backward];
  if (rows == 0) return 0;
  if (!matrix->is_packed) {
    return panels_multiply(&matrix->panels[is_backward], &matrix->lock, x, rows, y);
  }
  // The weight itself is [outputs, inputs]: what the backward product takes, as it stands.
  const void *weight = packed_values(matrix, packed, is_backward ? plain : transposed);
  return matrix->type == dnnl_bf16
             ? multiply_narrow(x, weight, y, rows, packed->n, packed->k)
             : multiply_packed(x, weight, y, rows, packed->n, packed->k);
}

int prompter_product(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a,
                     const float *b, float *c, int accumulate) {
  if (m == 0 || n == 0) return 0;
  if (k == 0) {
    if (!accumulate) memset(c, 0, m * n * sizeof *c);
    return 0;
  }
  return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n,
                    (dnnl_dim_t)k, 1.0f, a, (dnnl_dim_t)(transpose_a ? m : k), b,
                    (dnnl_dim_t)(transpose_b ? k : n), accumulate ? 1.0f : 0.0f, c, (dnnl_dim_t)n);
}

// Debian's oneDNN is built with OpenMP, whose setting belongs to the calling thread. Looked up by
// name because other builds of the library have no OpenMP.
void prompter_use_one_thread(void) {
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set != NULL) set(1);
}

const char *prompter_product_library(void) {
  static char name[64];
  const dnnl_version_t *version = dnnl_version();
  snprintf(name, sizeof name, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
  return name;
}

#endif
