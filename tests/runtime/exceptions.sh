#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# C++ exceptions on goroutines: caught across seams, handled while the
# goroutine waits; and what nobody catches ends the process in words.
# timeout: 600
set -u
program=$SRC_DIR/tests/runtime/exceptions.cc
# shellcheck source=tests/runtime/build.sh
. "$SRC_DIR/tests/runtime/build.sh"

# right SETTING WAY
right() {
	env "$1" timeout 120 ./program "$2" >log 2>&1
	[ "$(tail -n 1 log)" = right ] || complain "$what, $1, $2: is not right"
}

everything() {
	for way in up down; do
		for setting in SEAM_MAXPROCS=1 SEAM_MAXPROCS=4 \
			SEAM_DEBUG=split,poison SEAM_DEBUG=look; do
			right "$setting" "$way"
		done
	done
}

# told WORDS WAY
told() {
	timeout 120 ./program "$2" >log 2>&1 &&
		complain "$what, $2: ends well"
	grep -q "$1" log || complain "$what, $2: does not say '$1'"
}

for compiler in g++ clang++; do
	for linker in gold lld; do
		for option in -pie -no-pie -static; do
			what="$compiler $linker $option"
			if build "$compiler" "$linker" "$option"; then
				everything
			else
				complain "$what: is not built"
			fi
			told 'terminate called after throwing.*runtime_error' uncaught
			told 'what():  from below' noexcept
		done
	done
done

exit $failed
