// SPDX-License-Identifier: Apache-2.0
// SHA-256 as FIPS 180-4 defines it, for checksums of downloads and of model weights.

#ifndef PROMPTER_SHA256_H
#define PROMPTER_SHA256_H

#include <stddef.h>
#include <stdint.h>

/// A hash under way.
struct prompter_sha256 {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
  int accelerated;
};

/// Begins a hash; `accelerated` allows the processor's own instructions where it has them.
void prompter_sha256_start(struct prompter_sha256 *hash, int accelerated);

/// Takes in the next `count` bytes.
void prompter_sha256_update(struct prompter_sha256 *hash, const void *bytes, size_t count);

/// Ends a hash and writes its 32 bytes.
void prompter_sha256_finish(struct prompter_sha256 *hash, uint8_t digest[32]);

#endif
