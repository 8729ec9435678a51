// SPDX-License-Identifier: Apache-2.0

#include "prompter_memory.h"

#include <pthread.h>
#include <stdlib.h>

// Sizes are grouped into classes, four to each power of two, so that at most a quarter is wasted.
// A block may serve sizes of so many classes below its own.
enum { classes = 256, smallest = 64, reach = 2 };

// What one thread may keep. Beyond this, blocks go back to the system.
static const size_t keepable = (size_t)1 << 30;

// What stands before a block's values; those are aligned to 64 bytes.
struct block {
  _Alignas(64) struct block *next;
  size_t bytes;  // of values
  int index;     // of the class
};

struct pool {
  struct block *free[classes];
  size_t kept;
};

static _Thread_local struct pool *pool;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drain(void *value) {
  struct pool *p = value;
  for (int c = 0; c < classes; c++) {
    for (struct block *b = p->free[c], *next; b != NULL; b = next) {
      next = b->next;
      free(b);
    }
  }
  free(p);
  pool = NULL;
}

static void make_key(void) { pthread_key_create(&key, drain); }

static struct pool *thread_pool(void) {
  if (pool == NULL) {
    pthread_once(&once, make_key);
    pool = calloc(1, sizeof *pool);
    pthread_setspecific(key, pool);
  }
  return pool;
}

// Rounds `bytes` up to its class's size and returns the class's index.
static int class_of(size_t *bytes) {
  size_t size = *bytes < smallest ? smallest : *bytes;
  int power = 63 - __builtin_clzl(size);
  size_t quarter = (size_t)1 << (power - 2);
  size_t steps = (size - ((size_t)1 << power) + quarter - 1) / quarter;
  *bytes = (((size_t)1 << power) + steps * quarter + 63) & ~(size_t)63;
  return power * 4 + (int)steps;
}

// Takes a block of one of the classes from `first` to `last` out of the pool; NULL if it has none.
static struct block *take(struct pool *p, int first, int last) {
  int step = first <= last ? 1 : -1;
  for (int c = first; c != last + step; c += step) {
    if (c < 0 || c >= classes || p->free[c] == NULL) continue;
    struct block *b = p->free[c];
    p->free[c] = b->next;
    p->kept -= b->bytes;
    return b;
  }
  return NULL;
}

// Batches differ in size. A block that is made anew replaces one that has become too small, if any
// is free; smaller ones can use it later. So a thread ends with the blocks of its largest batch.
void *prompter_allocate(size_t bytes) {
  int index = class_of(&bytes);
  struct pool *p = thread_pool();
  struct block *b = p == NULL ? NULL : take(p, index, index + reach);
  if (b == NULL) {
    if (p != NULL) free(take(p, index - 1, index - reach));
    b = aligned_alloc(64, sizeof *b + bytes);
    if (b == NULL) return NULL;
    b->bytes = bytes;
    b->index = index;
  }
  return b + 1;
}

void prompter_release(void *values) {
  if (values == NULL) return;
  struct block *b = (struct block *)values - 1;
  struct pool *p = thread_pool();
  if (p == NULL || p->kept + b->bytes > keepable) {
    free(b);
    return;
  }
  b->next = p->free[b->index];
  p->free[b->index] = b;
  p->kept += b->bytes;
}
