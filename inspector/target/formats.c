/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a stream asks for in memory comes from its header, which may be damaged:
 * zstd's library refuses windows above 128 MiB by itself, lz4's blocks are 4
 * MiB at most and gzip's window 32 KiB; xz is told a bound. Streams behind each
 * other in a file are one, as for the commands.
 */
#include <limits.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "target/packed.h"
#include "util/array.h"

static void advance(struct bytes *b, size_t n)
{
	*b = bytes_part(*b, n, SIZE_MAX);
}

static void *zstd_open(void)
{
	return ZSTD_createDStream();
}

static enum format_state zstd_unpack(void *state, struct bytes *packed,
				     uint8_t *out, size_t *n)
{
	ZSTD_inBuffer in = { packed->data, packed->size, 0 };
	ZSTD_outBuffer to = { out, *n, 0 };
	size_t left = ZSTD_decompressStream(state, &to, &in);

	advance(packed, in.pos);
	*n = to.pos;
	if (ZSTD_isError(left))
		return FORMAT_BAD;
	return left ? FORMAT_MORE : FORMAT_END;
}

static void zstd_close(void *state)
{
	ZSTD_freeDStream(state);
}

static void *gzip_open(void)
{
	z_stream *z = array_new(1, sizeof(*z));

	if (inflateInit2(z, 16 + MAX_WBITS) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static enum format_state gzip_unpack(void *state, struct bytes *packed,
				     uint8_t *out, size_t *n)
{
	z_stream *z = state;
	size_t most = packed->size < UINT_MAX ? packed->size : UINT_MAX;
	int got;

	z->next_in = (Bytef *)packed->data;
	z->avail_in = most;
	z->next_out = out;
	z->avail_out = *n;
	got = inflate(z, Z_NO_FLUSH);
	advance(packed, most - z->avail_in);
	*n -= z->avail_out;
	if (got == Z_STREAM_END)
		return inflateReset(z) == Z_OK ? FORMAT_END : FORMAT_BAD;
	return got == Z_OK || got == Z_BUF_ERROR ? FORMAT_MORE : FORMAT_BAD;
}

static void gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

static void *lz4_open(void)
{
	LZ4F_dctx *context;

	if (LZ4F_isError(
		    LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
		return NULL;
	return context;
}

static enum format_state lz4_unpack(void *state, struct bytes *packed,
				    uint8_t *out, size_t *n)
{
	size_t taken = packed->size;
	size_t left =
		LZ4F_decompress(state, out, n, packed->data, &taken, NULL);

	if (LZ4F_isError(left)) {
		*n = 0;
		return FORMAT_BAD;
	}
	advance(packed, taken);
	return left ? FORMAT_MORE : FORMAT_END;
}

static void lz4_close(void *state)
{
	LZ4F_freeDecompressionContext(state);
}

/* xz -9 takes 65 MiB. */
static const uint64_t XzMemory = UINT64_C(256) << 20;

static void *xz_open(void)
{
	lzma_stream *s = array_new(1, sizeof(*s));

	if (lzma_stream_decoder(s, XzMemory, LZMA_CONCATENATED) == LZMA_OK)
		return s;
	free(s);
	return NULL;
}

static enum format_state xz_unpack(void *state, struct bytes *packed,
				   uint8_t *out, size_t *n)
{
	lzma_stream *s = state;
	lzma_ret got;

	s->next_in = packed->data;
	s->avail_in = packed->size;
	s->next_out = out;
	s->avail_out = *n;
	got = lzma_code(s, packed->size ? LZMA_RUN : LZMA_FINISH);
	advance(packed, packed->size - s->avail_in);
	*n -= s->avail_out;
	if (got == LZMA_STREAM_END)
		return FORMAT_END;
	return got == LZMA_OK || got == LZMA_BUF_ERROR ? FORMAT_MORE
						       : FORMAT_BAD;
}

static void xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

static const struct format formats[] = {
	{ "zstd", "zstd -d", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_unpack,
	  zstd_close },
	{ "gzip", "gzip -d", "\x1f\x8b", 2, gzip_open, gzip_unpack,
	  gzip_close },
	{ "lz4", "lz4 -d", "\x04\x22\x4d\x18", 4, lz4_open, lz4_unpack,
	  lz4_close },
	{ "xz", "xz -d", "\xfd\x37\x7a\x58\x5a", 6, xz_open, xz_unpack,
	  xz_close },
};

const struct format *format_of(struct bytes b)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (b.size >= formats[i].magic_size
		    && memcmp(b.data, formats[i].magic, formats[i].magic_size)
			       == 0)
			return &formats[i];
	return NULL;
}
