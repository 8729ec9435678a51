// SPDX-License-Identifier: Apache-2.0
// Pooled, aligned memory. Each thread keeps the blocks it asked for, whoever released them, and
// hands them out again, so that a training step allocates nothing from the system after the first
// one.

#ifndef PROMPTER_MEMORY_H
#define PROMPTER_MEMORY_H

#include <stddef.h>

/// Returns at least `bytes` bytes, aligned to 64, contents undefined; NULL when memory is out.
void *prompter_allocate(size_t bytes);

/// Returns a block of `prompter_allocate` to the pool of the thread that asked for it.
void prompter_release(void *values);

#endif
