#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A program is right under the compilers' other options that touch stacks and
# prologues, or the linker refuses it in words.
# timeout: 300
set -u
debug=
program=$SRC_DIR/tests/install/program.c
# shellcheck source=tests/runtime/build.sh
. "$SRC_DIR/tests/runtime/build.sh"

right() {
	if ! build "$@"; then
		complain "$*: is not built"
		return
	fi
	SEAM_DEBUG=$debug timeout 60 ./program >log 2>&1
	[ "$(tail -n 1 log)" = right ] || complain "$*: is not right"
}

# refused WORDS COMPILER LINKER OPTION...
refused() {
	words=$1
	shift
	if build "$@"; then
		complain "$*: is built"
	fi
	grep -q "$words" log || complain "$*: does not say '$words'"
}

# clang puts endbr64 before fewer functions; see docs/ordinary-c.md.
refused 'failed to match split-stack sequence' gcc gold -fcf-protection
refused "couldn't adjust its prologue" gcc lld -fcf-protection
for compiler in gcc clang; do
	for linker in gold lld; do
		for option in -pie -no-pie -static -fstack-protector-strong \
			-fstack-clash-protection -fomit-frame-pointer; do
			debug=
			right "$compiler" "$linker" "$option"
			debug=split,poison
			right "$compiler" "$linker" "$option"
		done
	done
done
debug=
right gcc gold -flto
right clang gold -flto
right clang lld -flto

exit $failed
