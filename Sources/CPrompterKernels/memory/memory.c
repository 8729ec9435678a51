// SPDX-License-Identifier: Apache-2.0

#include "prompter_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory/arena.h"

// Small sizes are grouped into classes, four to each power of two, so that at most a quarter is
// wasted. A block may serve sizes of so many classes below its own. Large blocks come from an
// arena.
enum { classes = 256, smallest = 64, reach = 2, large = 1 << 16 };

// What one thread may keep of small blocks. Beyond this, they go back to the system.
static const size_t keepable = (size_t)1 << 28;

// What stands before a block's values; those are aligned to 64 bytes.
struct block {
  _Alignas(64) struct block *next;
  struct pool *owner;  // of the thread that asked for it
  size_t bytes;        // of values
  int index;           // of the class; negative: of the arena
};

// A thread's blocks. Other threads leave there what they release; a pool outlives its thread, for
// they may do so later, and serves a new one.
struct pool {
  struct block *free[classes];
  size_t kept;
  struct arena arena;
  _Atomic(struct block *) returned;
  atomic_int is_used;
  struct pool *next;  // of all pools that no thread uses
};

static _Thread_local struct pool *pool;
static struct pool *unused;
static pthread_mutex_t unused_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_all(struct block *b) {
  for (struct block *next; b != NULL; b = next) {
    next = b->next;
    free(b);
  }
}

static void keep(struct pool *p, struct block *b) {
  if (b->index < 0) {
    arena_give(&p->arena, b, sizeof *b + b->bytes);
  } else if (p->kept + b->bytes > keepable) {
    free(b);
  } else {
    b->next = p->free[b->index];
    p->free[b->index] = b;
    p->kept += b->bytes;
  }
}

static void take_back(struct pool *p) {
  if (atomic_load_explicit(&p->returned, memory_order_relaxed) == NULL) return;
  for (struct block *b = atomic_exchange(&p->returned, NULL), *next; b != NULL; b = next) {
    next = b->next;
    keep(p, b);
  }
}

// Leaves a pool that no thread uses with nothing but address space, and with what others hold.
static void empty(struct pool *p) {
  take_back(p);
  for (int c = 0; c < classes; c++) {
    free_all(p->free[c]);
    p->free[c] = NULL;
  }
  p->kept = 0;
  arena_let_go(&p->arena);
}

static void leave(void *value) {
  struct pool *p = value;
  pthread_mutex_lock(&unused_lock);
  atomic_store(&p->is_used, 0);
  empty(p);
  p->next = unused;
  unused = p;
  pthread_mutex_unlock(&unused_lock);
  pool = NULL;
}

static void make_key(void) { pthread_key_create(&key, leave); }

static struct pool *thread_pool(void) {
  if (pool != NULL) return pool;
  pthread_once(&once, make_key);
  pthread_mutex_lock(&unused_lock);
  pool = unused;
  if (pool != NULL) unused = pool->next;
  if (pool == NULL) pool = calloc(1, sizeof *pool);
  if (pool != NULL) atomic_store(&pool->is_used, 1);
  pthread_mutex_unlock(&unused_lock);
  if (pool == NULL) return NULL;
  pthread_setspecific(key, pool);
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
static struct block *small_block(struct pool *p, size_t bytes) {
  int index = class_of(&bytes);
  struct block *b = take(p, index, index + reach);
  if (b != NULL) return b;
  free(take(p, index - 1, index - reach));
  b = aligned_alloc(64, sizeof *b + bytes);
  if (b != NULL) *b = (struct block){.owner = p, .bytes = bytes, .index = index};
  return b;
}

static struct block *large_block(struct pool *p, size_t bytes) {
  struct block *b;
  size_t all = (sizeof *b + bytes + 63) & ~(size_t)63;
  b = arena_take(&p->arena, &all);
  if (b != NULL) *b = (struct block){.owner = p, .bytes = all - sizeof *b, .index = -1};
  return b;
}

void *prompter_allocate(size_t bytes) {
  struct pool *p = thread_pool();
  if (p == NULL || bytes > SIZE_MAX / 2) return NULL;
  take_back(p);
  struct block *b = bytes < large ? small_block(p, bytes) : large_block(p, bytes);
  return b == NULL ? NULL : b + 1;
}

// A block goes back to the thread that will ask for its like again: gradients are made by replicas
// and used up by the thread that trains.
void prompter_release(void *values) {
  if (values == NULL) return;
  struct block *b = (struct block *)values - 1;
  struct pool *owner = b->owner;
  if (owner == pool) {
    keep(owner, b);
    return;
  }
  b->next = atomic_load(&owner->returned);
  while (!atomic_compare_exchange_weak(&owner->returned, &b->next, b)) {}
  if (atomic_load(&owner->is_used)) return;
  pthread_mutex_lock(&unused_lock);
  if (!atomic_load(&owner->is_used)) empty(owner);
  pthread_mutex_unlock(&unused_lock);
}
