// SPDX-License-Identifier: Apache-2.0
// Large blocks of one thread, cut from regions of the system's memory. What is freed becomes one
// with the free memory beside it, so that batches of any size share the same pages.

#ifndef PROMPTER_ARENA_H
#define PROMPTER_ARENA_H

#include <stddef.h>

// Free memory; it begins with this.
struct hole {
  struct hole *next;  // the next one by address
  size_t bytes;
};

struct arena {
  struct hole *holes;  // NULL: none
};

// `bytes` bytes, a multiple of 64 and aligned to 64; a little more where the rest would be too
// small for anything: `bytes` becomes what it is. NULL when memory is out.
void *arena_take(struct arena *arena, size_t *bytes);

// Takes back what arena_take gave.
void arena_give(struct arena *arena, void *start, size_t bytes);

// Gives the pages of all free memory back to the system, which brings them again, empty.
void arena_let_go(struct arena *arena);

#endif
