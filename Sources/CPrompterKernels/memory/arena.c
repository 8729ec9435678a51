// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "memory/arena.h"

#include <stdint.h>
#include <sys/mman.h>

#include "prompter_mapping.h"

// Address space that is asked for at a time; the system gives pages as they are touched. What is
// smaller than `least` is not worth a hole.
static const size_t region = (size_t)1 << 30;
enum { least = 4096 };

// What freed memory may keep of one block; the pages of larger ones go back at once.
static const size_t keepable = (size_t)1 << 28;

static char *end_of(struct hole *hole) { return (char *)hole + hole->bytes; }

static void *map(size_t bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

// A new region as a hole, a small one where address space is limited. Returns 0 on success.
static int grow(struct arena *arena, size_t bytes) {
  size_t needed = (bytes + 0xffff) & ~(size_t)0xffff, size = needed < region ? region : needed;
  void *start = map(size);
  if (start == NULL) start = map(size = needed);
  if (start == NULL) return 1;
  arena_give(arena, start, size);
  return 0;
}

// The first hole that is large enough: so blocks lie as densely as they can.
void *arena_take(struct arena *arena, size_t *bytes) {
  struct hole **link = &arena->holes;
  while (*link != NULL && (*link)->bytes < *bytes) link = &(*link)->next;
  if (*link == NULL) return grow(arena, *bytes) == 0 ? arena_take(arena, bytes) : NULL;
  struct hole *hole = *link;
  if (hole->bytes - *bytes < least) {
    *bytes = hole->bytes;
    *link = hole->next;
  } else {
    struct hole *rest = (struct hole *)((char *)hole + *bytes);
    *rest = (struct hole){hole->next, hole->bytes - *bytes};
    *link = rest;
  }
  return hole;
}

void arena_give(struct arena *arena, void *start, size_t bytes) {
  if (bytes > keepable) prompter_let_go(start, bytes);
  struct hole *before = NULL, *after = arena->holes, *hole = start;
  while (after != NULL && (uintptr_t)after < (uintptr_t)start) {
    before = after;
    after = after->next;
  }
  *hole = (struct hole){after, bytes};
  if (after != NULL && end_of(hole) == (char *)after) {
    *hole = (struct hole){after->next, bytes + after->bytes};
  }
  if (before == NULL) {
    arena->holes = hole;
  } else if (end_of(before) == (char *)hole) {
    before->bytes += hole->bytes;
    before->next = hole->next;
  } else {
    before->next = hole;
  }
}

void arena_let_go(struct arena *arena) {
  for (struct hole *hole = arena->holes; hole != NULL; hole = hole->next) {
    prompter_let_go(hole + 1, hole->bytes - sizeof *hole);
  }
}
