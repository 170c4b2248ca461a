/* SPDX-License-Identifier: BSD-2-Clause */
/* sharedlib.cc - a C++ library in a C program (sharedcc.c): see shared.sh. */
#include <seam.h>

#include <stdexcept>
#include <string>

/* Whether each exception is one's own after others have had theirs. */
extern "C" int handles(int id)
{
	for (int i = 0; i < 50; i++) {
		std::string mine = std::to_string(id * 1000 + i);
		try {
			throw std::runtime_error(mine);
		} catch (const std::exception &e) {
			seam_yield();
			if (mine != e.what())
				return 0;
		}
	}
	return 1;
}
