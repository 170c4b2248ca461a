#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Shared libraries, compiled with stack checks and without, bound at once and
# as they are called, linked and opened; one that brings libgcc's split stacks
# is refused in words.
# timeout: 600
set -u
here=$SRC_DIR/tests/runtime
preload=
program=$here/shared.c
# shellcheck source=tests/runtime/build.sh
. "$SRC_DIR/tests/runtime/build.sh"
shared=$(sed -n 's,^Libs: .*-lseam_shared \(.*\) -fuse-ld=.*,\1,p' \
	"$BUILD_DIR/seam_shared.pc")

# library COMPILER LINKER OPTION...: make ./libit.so of $source
library() {
	compiler=$1
	linker=$2
	shift 2
	rm -f libit.so
	"$compiler" -g -O2 -fPIC -shared -I"$SRC_DIR/runtime" "$source" "$@" \
		-fuse-ld="$linker" -o libit.so >log 2>&1 ||
		complain "$compiler $linker $*: no library"
}

# right WORD...: ./program WORD... is, with a seam at each call as well
right() {
	for debug in '' split,poison; do
		SEAM_DEBUG=$debug timeout 120 ./program "$@" >log 2>&1
		[ "$(tail -n 1 log)" = right ] ||
			complain "$what, $*, $debug: is not right"
	done
}

used() {
	build "$1" "$2" -DLINKED -L. -Wl,-rpath,"$PWD" -lit ||
		complain "$what: is not linked"
	right
	build "$1" "$2" || complain "$what: is not built"
	right ./libit.so
}

# refuses WORD...: ./program WORD... says why it does not go on, and at once
refuses() {
	timeout 120 env LD_PRELOAD="$preload" ./program "$@" >log 2>&1
	[ $? = 2 ] || complain "$what, $*: the status is not 2"
	grep -q "seam: libgcc's split stacks are in this process" log ||
		complain "$what, $*: does not say why"
	grep -q opened log && complain "$what, $*: goes on"
}

source=$here/sharedlib.c
for compiler in gcc clang; do
	for linker in gold lld; do
		for binding in now lazy; do
			what="$compiler $linker, without checks, $binding"
			library "$compiler" "$linker" -DDEPTH=20 -DBLOCK=500 \
				-Wl,-z,"$binding"
			used "$compiler" "$linker"
		done
		what="$compiler $linker, with checks"
		# shellcheck disable=SC2086 # a word an option
		library "$compiler" "$linker" -DDEPTH=1000 -DBLOCK=20000 \
			-fsplit-stack "$BUILD_DIR/libseam_shared.a" $shared
		used "$compiler" "$linker"

		# Its own runtime: a guard for the main thread.
		what="$compiler $linker, with libgcc's split stacks"
		library "$compiler" "$linker" -DDEPTH=20 -DBLOCK=500 -fsplit-stack
		build "$compiler" "$linker" -DLINKED -L. -Wl,-rpath,"$PWD" -lit ||
			complain "$what: is not linked"
		refuses
		build "$compiler" "$linker" || complain "$what: is not built"
		refuses ./libit.so

		# The program exports nothing to it: seam_run sees the guard.
		what="$compiler $linker, with libgcc's split stacks, preloaded"
		exporting=$libs
		libs=$(echo "$libs" | sed 's/-Wl,--export-dynamic-symbol=[^ ]*//g')
		build "$compiler" "$linker" || complain "$what: is not built"
		libs=$exporting
		preload=./libit.so
		refuses ./nothing
		preload=
	done
done

# C++ in a C program: a goroutine waits while it handles an exception. For a
# library that is opened later the program has to know of libstdc++.
source=$here/sharedlib.cc
program=$here/sharedcc.c
for linker in gold lld; do
	what="C++ library, $linker"
	# shellcheck disable=SC2086 # a word an option
	library g++ "$linker" -fsplit-stack "$BUILD_DIR/libseam_shared.a" $shared
	build gcc "$linker" -DLINKED -L. -Wl,-rpath,"$PWD" -lit \
		-Wl,--export-dynamic-symbol=seam_yield ||
		complain "$what: is not linked"
	right
	build gcc "$linker" -Wl,--no-as-needed -lstdc++ \
		-Wl,--export-dynamic-symbol=seam_yield ||
		complain "$what: is not built"
	right
done

exit $failed
