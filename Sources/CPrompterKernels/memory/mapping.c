// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "prompter_mapping.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { most = 256 };

static struct {
  _Atomic(const char *) base;  // NULL: free; written last, for a signal may come at any time
  size_t count;
  char path[1024];
} mappings[most];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *message_prefix;
static int exit_status;

// A path is shown by a signal's handler, which has no time to make it fit for a terminal.
static void copy_path(char *copy, const char *path, size_t capacity) {
  size_t i = 0;
  for (; path[i] != 0 && i + 1 < capacity; i++) {
    unsigned char byte = (unsigned char)path[i];
    int is_control = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && (path[i + 1] & 0xE0) == 0x80);
    copy[i] = is_control ? '?' : path[i];
  }
  copy[i] = 0;
}

void prompter_note_mapping(const void *base, size_t count, const char *path) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < most; i++) {
    if (atomic_load(&mappings[i].base) != NULL) continue;
    mappings[i].count = count;
    copy_path(mappings[i].path, path, sizeof mappings[i].path);
    atomic_store(&mappings[i].base, base);
    break;
  }
  pthread_mutex_unlock(&lock);
}

void prompter_forget_mapping(const void *base) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < most; i++) {
    if (atomic_load(&mappings[i].base) == base) atomic_store(&mappings[i].base, NULL);
  }
  pthread_mutex_unlock(&lock);
}

void prompter_let_go(const void *start, size_t bytes) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)start + page - 1;
  uintptr_t begin = first / page * page, end = ((uintptr_t)start + bytes) / page * page;
  if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
}

static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

// Only what a signal's handler may call. A fault that is not a mapped file's comes again,
// unhandled.
static void explain(int number, siginfo_t *info, void *context) {
  (void)context;
  const char *address = info->si_addr;
  for (int i = 0; i < most; i++) {
    const char *base = atomic_load(&mappings[i].base);
    if (base == NULL || address < base || address >= base + mappings[i].count) continue;
    say(message_prefix);
    say(mappings[i].path);
    say(" became shorter while it was read, or its disk failed.\n");
    _exit(exit_status);
  }
  signal(number, SIG_DFL);
}

void prompter_explain_lost_mappings(const char *prefix, int status) {
  message_prefix = prefix;
  exit_status = status;
  struct sigaction action = {.sa_sigaction = explain, .sa_flags = SA_SIGINFO};
  sigaction(SIGBUS, &action, NULL);
}
