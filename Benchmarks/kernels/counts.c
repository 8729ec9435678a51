// SPDX-License-Identifier: Apache-2.0
// Runs each hot kernel once on shapes of real work, for callgrind to count; see counts.sh.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPrompterKernels.h"
#include "products/float32/float32_panels.h"
#include "products/int16/int16_panels.h"

// MiniLM's shape, and a batch of 32 texts of 13 tokens with 20 virtual tokens before each.
enum { heads = 12, size = 32, width = heads * size, inner = 4 * width };
enum { texts = 32, length = 13, virtual_tokens = 20, tokens = texts * length, longest = 384 };

static float *values(size_t count) {
  float *x = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (x == NULL) exit(1);
  for (size_t i = 0; i < count; i++) x[i] = (float)((i * 37 + 11) % 101) / 101.0f - 0.5f;
  return x;
}

// Attention over `rows` rows of `count` tokens, all with the same prompt, one way or both.
static void attention(size_t rows, size_t count, int backward) {
  size_t all = rows * count;
  float *x = values(all * 3 * width), *prefix = values(virtual_tokens * 2 * width);
  float *out = values(all * width), *sums = values(all * heads);
  int32_t *offsets = malloc((rows + 1) * sizeof *offsets);
  struct prompter_prefix *prefixes = malloc(rows * sizeof *prefixes);
  struct prompter_prefix_gradients *dprefixes = malloc(rows * sizeof *dprefixes);
  if (offsets == NULL || prefixes == NULL || dprefixes == NULL) exit(1);
  for (size_t r = 0; r <= rows; r++) offsets[r] = (int32_t)(r * count);
  for (size_t r = 0; r < rows; r++) {
    prefixes[r] = (struct prompter_prefix){prefix, prefix + virtual_tokens * width, width,
                                           virtual_tokens};
  }
  struct prompter_attention a;
  memset(&a, 0, sizeof a);
  a.rows = rows, a.heads = heads, a.size = size, a.scale = 0.17f;
  a.queries = x, a.keys = x + width, a.values = x + 2 * width;
  a.query_stride = a.key_stride = 3 * width, a.key_head_stride = size;
  a.query_offsets = offsets, a.key_begin = offsets, a.key_end = offsets + 1;
  a.prefixes = prefixes;
  a.dropout_scale = 1.0f;
  float *scratch = values(prompter_attention_scratch(count + virtual_tokens, size));
  if (!backward) {
    prompter_attention_forward(&a, out, width, sums, scratch);
    return;
  }
  float *dx = values(all * 3 * width), *dprefix = values(virtual_tokens * 2 * width);
  for (size_t r = 0; r < rows; r++) {
    dprefixes[r] =
        (struct prompter_prefix_gradients){dprefix, dprefix + virtual_tokens * width, width};
  }
  struct prompter_attention_gradients d = {
      .queries = dx, .keys = dx + width, .values = dx + 2 * width,
      .query_stride = 3 * width, .key_stride = 3 * width, .prefixes = dprefixes};
  prompter_attention_backward(&a, &d, out, values(all * width), width, sums, scratch);
}

static void gelu(void) {
  prompter_activate(values(tokens * inner), values(tokens * inner), prompter_slope_short,
                    values(tokens * inner), values(inner), prompter_activation_gelu, tokens, inner);
}

static void norm(int backward) {
  float *x = values(tokens * width), *gain = values(width), *deviation = values(tokens);
  float *normalized = values(tokens * width), *y = values(tokens * width);
  if (backward) {
    prompter_layer_norm_backward(y, NULL, NULL, x, normalized, deviation, gain, tokens, width);
  } else {
    prompter_layer_norm(y, normalized, deviation, x, gain, y, gain, gain, 1e-12f, tokens, width);
  }
}

static void adamw(void) {
  size_t count = 1 << 18;
  struct prompter_adamw_step step = {1.0f, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0.1f, 0.001f};
  prompter_adamw(values(count), values(count), values(count), values(count), &step, count);
}

// A product with one weight of MiniLM's feed-forward, one way or the other. The second way makes
// its panels each time; the first keeps them from the second product on.
static void product(size_t rows, int backward) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  struct panels p = {.weight = values(inner * width), .n = backward ? width : inner,
                     .k = backward ? inner : width, .is_transposed = !backward};
  float *x = values(rows * p.k), *y = values(rows * p.n);
  if (!backward) panels_multiply(&p, &lock, x, 1, y);
  if (panels_multiply(&p, &lock, x, rows, y)) exit(1);
}

// The same in int16, with panels that were made before.
static void product_int16(size_t rows, int backward) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static const float *lines[inner];
  float *weight = values(inner * width);
  for (size_t i = 0; i < inner; i++) lines[i] = weight + i * width;
  struct kept_panels p = {.rows = lines, .n = backward ? width : inner,
                          .k = backward ? inner : width, .is_transposed = !backward,
                          .lock = &lock};
  float *x = values(rows * p.k), *y = values(rows * p.n);
  if (int16_panels_multiply(&p, 0, x, 1, y) || int16_panels_multiply(&p, 0, x, rows, y)) exit(1);
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "prompter_attention_forward/short")) attention(texts, length, 0);
  else if (!strcmp(name, "prompter_attention_backward/short")) attention(texts, length, 1);
  else if (!strcmp(name, "prompter_attention_forward/long")) attention(1, longest, 0);
  else if (!strcmp(name, "prompter_attention_backward/long")) attention(1, longest, 1);
  else if (!strcmp(name, "prompter_activate/slopes")) gelu();
  else if (!strcmp(name, "prompter_layer_norm/residual")) norm(0);
  else if (!strcmp(name, "prompter_layer_norm_backward/frozen")) norm(1);
  else if (!strcmp(name, "prompter_adamw/262144")) adamw();
  else if (!strcmp(name, "multiply_kept/208")) product(tokens / 2, 0);
  else if (!strcmp(name, "multiply_kept/16")) product(16, 0);
  else if (!strcmp(name, "multiply_made/208")) product(tokens / 2, 1);
  else if (!strcmp(name, "multiply_block/208")) product_int16(tokens / 2, 0);
  else if (!strcmp(name, "multiply_block/208-deep")) product_int16(tokens / 2, 1);
  else if (!strcmp(name, "multiply_block/16")) product_int16(16, 0);
  else return fprintf(stderr, "counts: there is no kernel %s\n", name), 64;
  return 0;
}
