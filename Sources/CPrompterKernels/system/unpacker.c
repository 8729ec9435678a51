// SPDX-License-Identifier: Apache-2.0
// The only file that sees zlib.h and zstd.h. macOS has the first of them and not the second.

#include "prompter_unpacker.h"

#include <stdlib.h>
#include <zlib.h>

#if defined(__linux__)
#include <zstd.h>
#include <zstd_errors.h>
#endif

struct prompter_unpacker {
  enum prompter_packing packing;
  int has_ended;
  z_stream gzip;
#if defined(__linux__)
  ZSTD_DStream *zstandard;
#endif
};

// zlib counts in 32 bits.
static const size_t longest = (size_t)1 << 30;

static int start(struct prompter_unpacker *unpacker) {
  if (unpacker->packing == PROMPTER_GZIP) {
    // 16 asks for gzip's header and checksum around a window of up to 32 KiB.
    return inflateInit2(&unpacker->gzip, 16 + MAX_WBITS) == Z_OK;
  }
#if defined(__linux__)
  unpacker->zstandard = ZSTD_createDStream();
  return unpacker->zstandard != NULL;
#else
  return 0;
#endif
}

struct prompter_unpacker *prompter_unpacker_make(enum prompter_packing packing) {
  struct prompter_unpacker *unpacker = calloc(1, sizeof *unpacker);
  if (unpacker == NULL) return NULL;
  unpacker->packing = packing;
  if (start(unpacker)) return unpacker;
  free(unpacker);
  return NULL;
}

void prompter_unpacker_free(struct prompter_unpacker *unpacker) {
  if (unpacker == NULL) return;
  if (unpacker->packing == PROMPTER_GZIP) {
    inflateEnd(&unpacker->gzip);
  } else {
#if defined(__linux__)
    ZSTD_freeDStream(unpacker->zstandard);
#endif
  }
  free(unpacker);
}

static enum prompter_unpacking inflate_some(
    struct prompter_unpacker *unpacker, const uint8_t *input, size_t count, size_t *used,
    uint8_t *output, size_t room, size_t *made) {
  z_stream *stream = &unpacker->gzip;
  if (unpacker->has_ended && inflateReset(stream) != Z_OK) return PROMPTER_UNPACKING_MALFORMED;
  stream->next_in = (Bytef *)input;  // zlib does not write there.
  stream->avail_in = (uInt)count;
  stream->next_out = output;
  stream->avail_out = (uInt)room;
  int status = inflate(stream, Z_NO_FLUSH);
  *used = count - stream->avail_in;
  *made = room - stream->avail_out;
  switch (status) {
    case Z_STREAM_END: return PROMPTER_UNPACKING_ENDED;
    case Z_OK:
    case Z_BUF_ERROR: return PROMPTER_UNPACKING_GOES_ON;
    case Z_MEM_ERROR: return PROMPTER_UNPACKING_NEEDS_MEMORY;
    default: return PROMPTER_UNPACKING_MALFORMED;
  }
}

#if defined(__linux__)
static enum prompter_unpacking decompress_some(
    struct prompter_unpacker *unpacker, const uint8_t *input, size_t count, size_t *used,
    uint8_t *output, size_t room, size_t *made) {
  ZSTD_inBuffer in = {input, count, 0};
  ZSTD_outBuffer out = {output, room, 0};
  size_t status = ZSTD_decompressStream(unpacker->zstandard, &out, &in);
  *used = in.pos;
  *made = out.pos;
  if (!ZSTD_isError(status)) {
    return status == 0 ? PROMPTER_UNPACKING_ENDED : PROMPTER_UNPACKING_GOES_ON;
  }
  switch (ZSTD_getErrorCode(status)) {
    // Frames with a window of over 128 MiB are refused as well.
    case ZSTD_error_memory_allocation:
    case ZSTD_error_frameParameter_windowTooLarge: return PROMPTER_UNPACKING_NEEDS_MEMORY;
    default: return PROMPTER_UNPACKING_MALFORMED;
  }
}
#endif

enum prompter_unpacking prompter_unpacker_step(
    struct prompter_unpacker *unpacker, const uint8_t *input, size_t count, size_t *used,
    uint8_t *output, size_t room, size_t *made) {
  if (count > longest) count = longest;
  if (room > longest) room = longest;
  enum prompter_unpacking status = PROMPTER_UNPACKING_MALFORMED;
  if (unpacker->packing == PROMPTER_GZIP) {
    status = inflate_some(unpacker, input, count, used, output, room, made);
  }
#if defined(__linux__)
  if (unpacker->packing == PROMPTER_ZSTANDARD) {
    status = decompress_some(unpacker, input, count, used, output, room, made);
  }
#endif
  unpacker->has_ended = status == PROMPTER_UNPACKING_ENDED;
  return status;
}
