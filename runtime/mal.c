/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mal.c - the runtime's own allocator, for segments, Gs and channels. It
 * stands on mmap alone, so that a goroutine may grow inside malloc.
 *
 * Memory is taken in arenas of ArenaSize bytes, aligned to their size, each
 * cut into blocks of one class:
 *
 *	arena	+--------------------------+  a multiple of ArenaSize
 *		| Arena                    |
 *		+--------------------------+  + firstblock(class)
 *		| block | block | ...      |  classsize[class] each
 *		+--------------------------+
 *
 * so that mfree finds a block's class below it. A block larger than every
 * class has an arena of its own, as long as need be, and goes back to the
 * kernel when freed; the other arenas are kept.
 *
 * Free blocks are linked through their first words: a few of each class in
 * the M's own Mcache, which needs no lock, the rest in central. mal does not
 * clear what it returns. The pages of a large block that no M holds are the
 * kernel's again: a stack that was deep once does not stay in memory.
 */
#include "checker.h"
#include "fork.h"
#include "runtime.h"

enum {
	ArenaSize = 1 << 20,
	/* Arenas are taken from the kernel this many at a time. */
	ChunkArenas = 16,
	ArenaMagic = 0x5ea3a12e,
	/* An M keeps at the most this much of a class for itself, */
	CacheBytes = 256 * 1024,
	/* but at least this many blocks. */
	CacheMin = 4,
	/*
	 * The pages of larger ones are given back when no M holds them, but
	 * for the first, where the link is.
	 */
	ReleaseMin = 16384,
	/* Of a cache; and see behind(). */
	Line = 64,
	Span = 8192,
	/*
	 * Where small blocks are many, from a class's second arena on, so many
	 * bytes of pages are asked for at once: one fault, not sixteen.
	 */
	NeedBytes = 64 * 1024,
};

typedef struct Arena {
	uint32_t magic;
	int32_t class;	 /* NSizeClass: one block, */
	uint64_t size;	 /* in a mapping of so many bytes */
	uint64_t pad[6]; /* a block after this is aligned to 64 */
} Arena;

static const uint32_t classsize[NSizeClass] = {
	64,   128,  192,   256,	  512,	 1024,	 StackMin, 2048,
	4096, 8192, 16384, 32768, 65536, 131072, 262144,
};

static struct Central {
	Lock lock;
	uint8_t *chunk; /* arenas not yet used */
	uint8_t *chunkend;
	struct Centralclass {
		void *head;    /* free blocks that no M holds */
		uint8_t *next; /* the newest arena's blocks not yet used */
		uint8_t *end;
		uint8_t *had; /* its pages below this have been asked for */
	} class[NSizeClass];
} central;

/* Of each class an M keeps at the most so many blocks for itself. */
static int32_t cachemax[NSizeClass];

/* An allocation that is to be refused must not be found in a cache. */
void malinit(void)
{
	for (int c = 0; c < NSizeClass && !knobs.refuse; c++) {
		cachemax[c] = CacheBytes / (int32_t)classsize[c];
		if (cachemax[c] < CacheMin)
			cachemax[c] = CacheMin;
	}
}

static int classof(uint64_t n)
{
	int c = 0;
	while (c < NSizeClass && classsize[c] < n)
		c++;
	return c;
}

/* Large blocks are to lie at a page. */
static uint64_t firstblock(int c)
{
	return classsize[c] < PageSize ? sizeof(Arena) : PageSize;
}

void forkedmal(void)
{
	central = (struct Central){ .lock = { 0 } };
}

/* SIZE bytes from the kernel at a multiple of ArenaSize; NULL: no memory. */
static uint8_t *mapaligned(uint64_t size)
{
	uint8_t *p = osalloc(size + ArenaSize);
	if (!p)
		return NULL;
	uint64_t head = -(uintptr_t)p & (ArenaSize - 1);
	if (head)
		osfree(p, head);
	osfree(p + head + size, ArenaSize - head);
	return p + head;
}

static uint8_t *newarena(void)
{
	if (central.chunk == central.chunkend) {
		uint8_t *p = mapaligned((uint64_t)ChunkArenas * ArenaSize);
		if (!p)
			return NULL;
		checkroot(p, (uint64_t)ChunkArenas * ArenaSize);
		central.chunk = p;
		central.chunkend = p + (uint64_t)ChunkArenas * ArenaSize;
	}
	uint8_t *p = central.chunk;
	central.chunk += ArenaSize;
	return p;
}

static bool refillclass(struct Centralclass *cc, int c)
{
	uint8_t *p = newarena();
	if (!p)
		return false;
	*(Arena *)p = (Arena){ ArenaMagic, c, ArenaSize, { 0 } };
	bool many = cc->end && classsize[c] < PageSize;
	cc->next = p + firstblock(c);
	cc->end = p + ArenaSize;
	cc->had = many ? p : cc->end;
	return true;
}

/* The next block reaches into pages that have not been asked for. */
static void needpages(struct Centralclass *cc)
{
	int64_t n = cc->end - cc->had;
	if (n > NeedBytes)
		n = NeedBytes;
	osneed(cc->had, (uint64_t)n);
	cc->had += n;
}

/*
 * Where the block after P begins. What a goroutine uses of a segment lies at
 * the same place in each: at every 2,048 bytes that would be the same few sets
 * of a cache, which a thousand goroutines overflow. So small blocks move on by
 * a line at each multiple of Span. (First segments, an odd number of lines, do
 * by themselves.)
 */
static uint8_t *behind(uint8_t *p, int c)
{
	uint8_t *next = p + classsize[c];
	bool same = (uintptr_t)p / Span == (uintptr_t)next / Span;
	return same || classsize[c] >= PageSize ? next : next + Line;
}

/* One block of class C, with central.lock held. */
static void *takeblock(int c)
{
	struct Centralclass *cc = &central.class[c];
	if (refused())
		return NULL;
	if (cc->head) {
		void *p = cc->head;
		cc->head = *(void **)p;
		return p;
	}
	if (cc->end - cc->next < (int64_t)classsize[c] && !refillclass(cc, c))
		return NULL;
	void *p = cc->next;
	cc->next = behind(p, c);
	if (cc->next > cc->had)
		needpages(cc);
	return p;
}

/*
 * Blocks of class C for this M; return one of them. Each time twice as many as
 * the last, up to half a cache: who needs few is not to touch the pages of
 * many.
 */
static void *refill(struct Mfree *f, int c)
{
	lockm(&central.lock);
	void *p = takeblock(c);
	f->more = 2 * f->more + 1;
	if (f->more > cachemax[c] / 2)
		f->more = cachemax[c] / 2;
	while (p && f->n < f->more) {
		void **q = takeblock(c);
		if (!q)
			break;
		*q = f->head;
		f->head = q;
		f->n++;
	}
	unlock(&central.lock);
	return p;
}

/* Hand all but N of this M's blocks of class C to the others. */
static void drain(struct Mfree *f, int c, int32_t n)
{
	lockm(&central.lock);
	for (; f->n > n; f->n--) {
		void **p = f->head;
		f->head = *p;
		if (classsize[c] >= ReleaseMin)
			osrelease((uint8_t *)p + PageSize,
				  classsize[c] - PageSize);
		*p = central.class[c].head;
		central.class[c].head = p;
	}
	unlock(&central.lock);
}

static void *mallarge(uint64_t n)
{
	if (n > UINT64_C(1) << 46)
		return NULL;
	uint64_t size = (n + sizeof(Arena) + 4095) & ~UINT64_C(4095);
	uint8_t *p = mapaligned(size);
	if (!p)
		return NULL;
	checkroot(p, size);
	*(Arena *)p = (Arena){ ArenaMagic, NSizeClass, size, { 0 } };
	return p + sizeof(Arena);
}

void *mal(uint64_t n)
{
	int c = classof(n);
	if (c == NSizeClass)
		return mallarge(n);

	M *mp = getm();
	if (!mp) {
		lockm(&central.lock);
		void *p = takeblock(c);
		unlock(&central.lock);
		return p;
	}
	struct Mfree *f = &mp->mcache.free[c];
	if (!f->head)
		return refill(f, c);
	void *p = f->head;
	f->head = *(void **)p;
	f->n--;
	return p;
}

void mfree(void *p)
{
	if (!p)
		return;
	Arena *a = (Arena *)((uintptr_t)p & ~(uintptr_t)(ArenaSize - 1));
	if (a->magic != ArenaMagic)
		throw("mfree: not a block of mal's");
	if (a->class == NSizeClass) {
		checknoroot(a, a->size);
		osfree(a, a->size);
		return;
	}
	M *mp = getm();
	if (!mp) {
		lockm(&central.lock);
		*(void **)p = central.class[a->class].head;
		central.class[a->class].head = p;
		unlock(&central.lock);
		return;
	}
	struct Mfree *f = &mp->mcache.free[a->class];
	*(void **)p = f->head;
	f->head = p;
	if (++f->n > cachemax[a->class])
		drain(f, a->class, cachemax[a->class] / 2);
}

void malshare(M *mp)
{
	for (int c = 0; c < NSizeClass; c++)
		if (mp->mcache.free[c].n)
			drain(&mp->mcache.free[c], c, 0);
}

static NOSPLIT void *malcall(void *n)
{
	return mal((uint64_t)n);
}

static NOSPLIT void *mfreecall(void *p)
{
	mfree(p);
	return NULL;
}

void *gmal(uint64_t n)
{
	return systemstack(malcall, (void *)n);
}

void gmfree(void *p)
{
	systemstack(mfreecall, p);
}
