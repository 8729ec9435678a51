// SPDX-License-Identifier: Apache-2.0
// Mapped files, known by name, so that the loss of one can be explained.

#ifndef PROMPTER_MAPPING_H
#define PROMPTER_MAPPING_H

#include <stddef.h>

/// Notes that a file's bytes are mapped from `base` on. Beyond 256 files nothing is noted.
void prompter_note_mapping(const void *base, size_t count, const char *path);

/// Forgets a mapping, before it is undone.
void prompter_forget_mapping(const void *base);

/// Gives back the memory of what was read of a mapped file, but for the pages that `bytes` from
/// `start` on share with others. Read again, it comes from the file again; memory that is no file's
/// has lost its values.
void prompter_let_go(const void *start, size_t bytes);

/// From now on the process ends with `status` and a sentence on standard error, behind `prefix`,
/// when bytes of a mapped file are gone, where the system would end it with a signal. `prefix` must
/// last.
void prompter_explain_lost_mappings(const char *prefix, int status);

#endif
