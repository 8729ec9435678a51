// SPDX-License-Identifier: Apache-2.0

#include "prompter_memory.h"

#include <pthread.h>
#include <stdlib.h>

// Sizes are grouped into classes, four to each power of two, so that at most a quarter is wasted.
enum { classes = 256, smallest = 64 };

// What one thread may keep. Beyond this, blocks go back to the system.
static const size_t keepable = (size_t)1 << 30;

struct block {
  struct block *next;
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

void *prompter_allocate(size_t bytes) {
  int index = class_of(&bytes);
  struct pool *p = thread_pool();
  if (p != NULL && p->free[index] != NULL) {
    struct block *b = p->free[index];
    p->free[index] = b->next;
    p->kept -= bytes;
    return b;
  }
  return aligned_alloc(64, bytes);
}

void prompter_release(void *block, size_t bytes) {
  if (block == NULL) return;
  int index = class_of(&bytes);
  struct pool *p = thread_pool();
  if (p == NULL || p->kept + bytes > keepable) {
    free(block);
    return;
  }
  struct block *b = block;
  b->next = p->free[index];
  p->free[index] = b;
  p->kept += bytes;
}
