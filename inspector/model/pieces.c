/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/pieces.h"

void pieces_look(const struct pieces *p, addr_t low, addr_t end)
{
	addr_t at = low;

	while (at.v < end.v) {
		uint64_t want = addr_span(at, end);
		size_t got;

		if (want > PieceBytes)
			want = PieceBytes;
		got = target_peek(p->target, at, p->buf, want);
		p->look(p->arg, at, p->buf, got);
		if (got == 0)
			got = PageBytes - at.v % PageBytes;
		else if (got == PieceBytes)
			got -= p->overlap;
		at = addr_plus(at, got);
	}
}
