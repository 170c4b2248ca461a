#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A shared library has the runtime in it and runs goroutines for a program that
# was compiled and linked without any of our options; docs/ordinary-c.md has
# the line that builds it.
# timeout: 300
set -u
failed=0
rooms=$SRC_DIR/tests/runtime
libs=$(sed -n 's,^Libs: .*-lseam \(.*\) -fuse-ld=.*,\1,p' "$BUILD_DIR/seam.pc")

complain() {
	echo "$*"
	[ ! -f log ] || cat log
	failed=1
}

# build COMPILER LINKER: make ./library.so
build() {
	rm -f library.so
	# shellcheck disable=SC2086 # a word an option
	"$1" -g -O2 -fsplit-stack -fPIC -shared -I"$SRC_DIR/runtime" \
		"$rooms/library.c" "$BUILD_DIR/libseam.a" $libs -fuse-ld="$2" \
		-Wl,--exclude-libs,ALL -Wl,-z,nodelete -o library.so >log 2>&1
}

# right SETTING: the host is right with it
right() {
	env "$1" timeout 60 ./host ./library.so >log 2>&1
	[ "$(tail -n 1 log)" = right ] || complain "$compiler $linker $1: is not right"
}

gcc -O2 -pthread "$rooms/host.c" -o host >log 2>&1 || complain 'the host is not built'
for compiler in gcc clang; do
	for linker in gold lld; do
		build $compiler $linker || complain "$compiler $linker: is not built"
		nm -Dg --defined-only library.so | sed 's/.* //' >names
		[ "$(grep -c '^library_' names)" = 3 ] || complain 'its functions are missing'
		! grep -E 'seam_(go|run)|morestack|longjmp' names ||
			complain "$compiler $linker: shows what is ours"
		right SEAM_MAXPROCS=1
		right SEAM_MAXPROCS=4
		right SEAM_DEBUG=split,poison
	done
done

exit $failed
