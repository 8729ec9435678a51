// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "prompter_threads.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

struct start {
  void (*body)(void *);
  void *context;
};

static void *begin(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  start.body(start.context);
  return NULL;
}

int prompter_start_thread(void (*body)(void *), void *context, size_t stack_bytes) {
  struct start *start = malloc(sizeof *start);
  if (start == NULL) return ENOMEM;
  *start = (struct start){body, context};
  pthread_attr_t attributes;
  int code = pthread_attr_init(&attributes);
  if (code == 0) {
    pthread_t thread;
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    code = pthread_create(&thread, &attributes, begin, start);
    pthread_attr_destroy(&attributes);
  }
  if (code != 0) free(start);
  return code;
}

#ifdef __linux__
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
  // A parent with threads of a pool may have had them blocked, and children begin with that.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int prompter_was_interrupted(void) { return interrupted != 0; }
