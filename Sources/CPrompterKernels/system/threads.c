// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "prompter_threads.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>

int prompter_usable_cores(int *cores, int capacity) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  int count = 0;
  for (int core = 0; core < CPU_SETSIZE && count < capacity; core++) {
    if (CPU_ISSET(core, &set)) cores[count++] = core;
  }
  return count;
}

void prompter_pin_thread(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

#else

int prompter_usable_cores(int *cores, int capacity) {
  (void)cores;
  (void)capacity;
  return 0;
}

void prompter_pin_thread(int core) { (void)core; }

#endif

#ifdef __APPLE__

unsigned long long prompter_peak_memory(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (unsigned long long)usage.ru_maxrss : 0;
}

#else

// Not getrusage's figure: that begins with the memory of the program that started this one.
unsigned long long prompter_peak_memory(void) {
  FILE *status = fopen("/proc/self/status", "r");
  if (status == NULL) return 0;
  unsigned long long kibibytes = 0;
  char line[256];
  while (fgets(line, sizeof line, status) != NULL) {
    if (sscanf(line, "VmHWM: %llu kB", &kibibytes) == 1) break;
  }
  fclose(status);
  return kibibytes * 1024;
}

#endif

static volatile sig_atomic_t interrupted;

static void note(int number) {
  interrupted = number;
  signal(number, SIG_DFL);
}

void prompter_catch_interrupts(void) {
  interrupted = 0;
  signal(SIGINT, note);
  signal(SIGTERM, note);
}

int prompter_was_interrupted(void) { return interrupted != 0; }
