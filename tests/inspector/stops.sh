#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A loaded process stopped at random: see tests/soak/stops.c. `make stops` does it
# as often as you like.
set -u

failed=0
for words in '' poison split; do
	SEAM_DEBUG=$words "$BUILD_DIR/soak/stops" 150 \
		"$BUILD_DIR/fixtures/loaded-gcc-gold" || failed=1
done
exit $failed
