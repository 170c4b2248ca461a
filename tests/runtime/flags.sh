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

for compiler in gcc clang; do
	for linker in gold lld; do
		for option in -pie -no-pie -static -fstack-protector-strong \
			-fstack-clash-protection -fomit-frame-pointer \
			-fcf-protection=return; do
			debug=
			right "$compiler" "$linker" "$option"
			debug=split,poison
			right "$compiler" "$linker" "$option"
		done
		for option in -fcf-protection -fcf-protection=branch; do
			refused 'seam: compile with -fcf-protection=none' \
				"$compiler" "$linker" "$option"
		done
	done
done
debug=
right gcc gold -flto
right clang gold -flto
right clang lld -flto
right clang lld -flto=thin
right gcc lld -flto -ffat-lto-objects
refused 'undefined symbol: main' gcc lld -flto

# clang says what it cannot compile.
program=$PWD/varargs.c
echo 'int many(int n, ...) { return n; } int main(void) { return 0; }' >varargs.c
refused 'Segmented stacks do not support vararg functions' clang lld

exit $failed
