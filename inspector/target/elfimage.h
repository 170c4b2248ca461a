/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elfimage.h - the few things that are read from an ELF file before any
 * library sees it: headers, notes, the build-id. The bytes may be cut off
 * anywhere or be no ELF at all.
 */
#ifndef TARGET_ELFIMAGE_H
#define TARGET_ELFIMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/addr.h"

struct bytes {
	const uint8_t *data;
	size_t size;
};

struct elf_note {
	uint32_t type;
	struct bytes name; /* its NUL included */
	struct bytes desc;
};

/* Bytes [OFFSET, OFFSET + SIZE) of B, less what lies beyond its end. */
struct bytes bytes_part(struct bytes b, uint64_t offset, uint64_t size);

/* Copy SIZE bytes at OFFSET. Return false if B does not hold them all. */
bool bytes_get(struct bytes b, uint64_t offset, void *ret, size_t size);

/* False unless B starts as a little-endian 64-bit ELF file for x86-64. */
bool elf_header(struct bytes b, Elf64_Ehdr *ret);

/* Of an ELF file that elf_header() refuses, what it is for: "aarch64"; NULL: it
 * is none. */
const char *elf_other(struct bytes b);

/* How many bytes the file should have at the least, as its headers say. */
uint64_t elf_size(struct bytes b, const Elf64_Ehdr *header);

/* How many program headers there are, PN_XNUM taken into account. */
uint64_t elf_phnum(struct bytes b, const Elf64_Ehdr *header);

bool elf_phdr(struct bytes b, const Elf64_Ehdr *header, uint64_t i,
	      Elf64_Phdr *ret);

/* Take the next note off the front of REST; false at the end. */
bool elf_note_next(struct bytes *rest, struct elf_note *ret);

/* Empty if there is none. */
struct bytes elf_build_id(struct bytes b);

/*
 * What is to be added to the file's addresses where its bytes from OFFSET on
 * are mapped at LOW. False if no segment of the file holds OFFSET.
 */
bool elf_bias(struct bytes b, addr_t low, uint64_t offset, uint64_t *ret);

#endif
