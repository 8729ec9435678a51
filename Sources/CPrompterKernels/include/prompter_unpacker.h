// SPDX-License-Identifier: Apache-2.0
// gzip by zlib and Zstandard by its own library, a piece at a time.

#ifndef PROMPTER_UNPACKER_H
#define PROMPTER_UNPACKER_H

#include <stddef.h>
#include <stdint.h>

/// How bytes are packed.
enum prompter_packing {
  PROMPTER_GZIP = 0,
  PROMPTER_ZSTANDARD = 1,
};

/// What came of a step.
enum prompter_unpacking {
  PROMPTER_UNPACKING_GOES_ON = 0,
  /// A member or frame has ended; another may follow.
  PROMPTER_UNPACKING_ENDED = 1,
  PROMPTER_UNPACKING_MALFORMED = 2,
  PROMPTER_UNPACKING_NEEDS_MEMORY = 3,
};

struct prompter_unpacker;

/// Begins; null if there is no memory, or if this system's library is not linked.
struct prompter_unpacker *prompter_unpacker_make(enum prompter_packing packing);

/// Takes some of the input and makes some of the output, and says how much of each.
enum prompter_unpacking prompter_unpacker_step(
    struct prompter_unpacker *unpacker, const uint8_t *input, size_t count, size_t *used,
    uint8_t *output, size_t room, size_t *made);

/// Lets go of the memory.
void prompter_unpacker_free(struct prompter_unpacker *unpacker);

#endif
