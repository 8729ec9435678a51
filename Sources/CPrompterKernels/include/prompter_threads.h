// SPDX-License-Identifier: Apache-2.0
// Cores and threads.

#ifndef PROMPTER_THREADS_H
#define PROMPTER_THREADS_H

#include <stddef.h>

/// Fills `cores` with the numbers of the cores that this process may use and returns how many
/// there are, at most `capacity`. 0 where the system does not tell.
int prompter_usable_cores(int *cores, int capacity);

/// Ties the calling thread to one core. Does nothing where the system cannot.
void prompter_pin_thread(int core);

/// Starts a thread that calls `body` with `context` on a stack of `stack_bytes` and that nobody
/// waits for. Returns 0, or the system's error number if there is none; `body` is not called then.
int prompter_start_thread(void (*body)(void *), void *context, size_t stack_bytes);

/// The largest resident size of this process so far, in bytes; 0 where the system does not tell.
unsigned long long prompter_peak_memory(void);

/// Makes the first interrupt (ctrl-C) or request to terminate set a flag, and the next one end the
/// process at once.
void prompter_catch_interrupts(void);

/// Whether an interrupt has come since `prompter_catch_interrupts`.
int prompter_was_interrupted(void);

#endif
