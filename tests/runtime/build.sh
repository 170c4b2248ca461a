#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# For the scripts of this room, which source it: building a program as seam.pc
# says, and saying what is wrong.
# shellcheck disable=SC2034,SC2154 # theirs: program; ours: failed
set -u
failed=0
libs=$(sed -n 's,^Libs: .*-lseam \(.*\) -fuse-ld=.*,\1,p' "$BUILD_DIR/seam.pc")

complain() {
	echo "$*"
	[ ! -f log ] || cat log
	failed=1
}

# build COMPILER LINKER OPTION...: make ./program
build() {
	compiler=$1
	linker=$2
	shift 2
	rm -f program
	# shellcheck disable=SC2086 # a word an option
	"$compiler" -g -O2 -fsplit-stack "$@" -I"$SRC_DIR/runtime" "$program" \
		"$BUILD_DIR/libseam.a" $libs -fuse-ld="$linker" -o program >log 2>&1
}
