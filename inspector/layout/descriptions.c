/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "layout/descriptions.h"
#include "target/regular.h"
#include "util/scope.h"

extern const char _binary_seam_rt_start[];
extern const char _binary_seam_rt_end[];
extern const char _binary_gccgo_rt_start[];
extern const char _binary_gccgo_rt_end[];

void descriptions_built_in(struct description ret[DescriptionsBuiltIn])
{
	ret[0] = (struct description){
		.file = "seam.rt",
		.text = _binary_seam_rt_start,
		.size = _binary_seam_rt_end - _binary_seam_rt_start,
	};
	ret[1] = (struct description){
		.file = "gccgo.rt",
		.text = _binary_gccgo_rt_start,
		.size = _binary_gccgo_rt_end - _binary_gccgo_rt_start,
	};
}

struct error *description_read(const char *file, struct description *ret)
{
	SCOPE(memory) char *text = NULL;
	SCOPE(fd) int fd = -1;
	size_t size;
	const char *why = open_regular(file, &fd, &size);
	ssize_t n = 0;

	if (!why && size > DescriptionMost)
		return error_new("'%s' is no description of a runtime: it is "
				 "longer than %d bytes",
				 file, DescriptionMost);
	if (!why) {
		text = array_new(size, 1);
		n = read(fd, text, size);
		why = n < 0 ? strerror(errno) : NULL;
	}
	if (why)
		return error_new("cannot read '%s': %s", file, why);
	*ret = (struct description){ file, RELEASE(text), n, true };
	return NULL;
}
