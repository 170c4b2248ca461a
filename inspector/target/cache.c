/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/uio.h>

#include "target/live.h"
#include "util/scope.h"

size_t cache_fetch(int pid, addr_t at, void *buf, size_t size)
{
	struct iovec local = { buf, size };
	struct iovec remote = { .iov_len = size };
	ssize_t got;

	memcpy(&remote.iov_base, &at.v, sizeof(at.v));
	got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	return got < 0 ? 0 : got;
}

/* Fill in what there is of the block: at once, or page by page around a hole.
 */
static void fill(struct block *b, int pid)
{
	size_t got = cache_fetch(pid, b->low, b->bytes, BlockBytes);

	b->valid = 0;
	for (unsigned i = 0; i < BlockPages; i++) {
		size_t page = i * PageBytes;

		if (got >= page + PageBytes
		    || cache_fetch(pid, addr_plus(b->low, page),
				   b->bytes + page, PageBytes)
			       == PageBytes)
			b->valid |= 1 << i;
	}
}

/* Return how many of N blocks have been fetched, from the first on. */
static size_t fetch_blocks(struct block *b, size_t n, int pid)
{
	struct iovec local[VectorMost], remote[VectorMost];
	ssize_t got;

	for (size_t i = 0; i < n; i++) {
		local[i] = (struct iovec){ b[i].bytes, BlockBytes };
		remote[i] = (struct iovec){ .iov_len = BlockBytes };
		memcpy(&remote[i].iov_base, &b[i].low.v, sizeof(b[i].low.v));
	}
	got = process_vm_readv(pid, local, n, remote, n, 0);
	n = got < 0 ? 0 : got / BlockBytes;
	for (size_t i = 0; i < n; i++)
		b[i].valid = (1 << BlockPages) - 1;
	return n;
}

void cache_refresh(struct cache *c, int pid)
{
	for (size_t done = 0; done < c->blocks.n;) {
		struct block *next = &c->blocks.items[done];
		size_t n = c->blocks.n - done;
		size_t got = fetch_blocks(next, n < VectorMost ? n : VectorMost,
					  pid);

		done += got;
		if (got < n && got < VectorMost) {
			fill(next + got, pid);
			done++;
		}
	}
}

static const struct block *block_at(struct cache *c, int pid, addr_t at)
{
	addr_t low = addr(at.v - at.v % BlockBytes);
	uint32_t *index;
	struct block *new;

	if (c->last < c->blocks.n && addr_eq(c->blocks.items[c->last].low, low))
		return &c->blocks.items[c->last];
	index = map_get(&c->index, low.v);
	if (index) {
		c->last = *index;
		return &c->blocks.items[*index];
	}
	if (pid == 0)
		return NULL;
	map_put(&c->index, low.v, c->blocks.n);
	new = ARRAY_PUSH(&c->blocks);
	*new = (struct block){ .low = low, .bytes = array_new(BlockBytes, 1) };
	c->last = c->blocks.n - 1;
	fill(new, pid);
	return new;
}

/* Copy what the page at AT holds. */
static size_t read_page(struct cache *c, int pid, addr_t at, void *buf,
			size_t size)
{
	const struct block *b = block_at(c, pid, at);
	size_t in_block = at.v % BlockBytes;
	size_t room = PageBytes - at.v % PageBytes;

	if (!b || !(b->valid >> in_block / PageBytes & 1))
		return 0;
	if (size > room)
		size = room;
	memcpy(buf, b->bytes + in_block, size);
	return size;
}

size_t cache_read(struct cache *c, int pid, addr_t at, void *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		size_t n = read_page(c, pid, addr_plus(at, got),
				     (char *)buf + got, size - got);

		if (n == 0)
			break;
		got += n;
	}
	return got;
}

void cache_free(struct cache *c)
{
	for (size_t i = 0; i < c->blocks.n; i++)
		free(c->blocks.items[i].bytes);
	free(c->blocks.items);
	map_free(&c->index);
	*c = (struct cache){ 0 };
}
