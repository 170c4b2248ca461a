#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A user's program, built by the README's one line against an installed Seam:
# each compiler, linker and kind of executable runs right; GNU ld's says why
# it does not.
# timeout: 300
set -u

here=$SRC_DIR/tests/install
program=$here/program.c
PKG_CONFIG_PATH=$PWD/usr/lib/pkgconfig
export PKG_CONFIG_PATH
failed=0

complain() {
	echo "$*"
	failed=1
}

flags() {
	pkg-config --cflags --libs --define-variable=ld="$1" seam
}

# built WHAT COMMAND...: COMMAND makes ./program without a word.
built() {
	what=$1
	shift
	rm -f program
	"$@" -o program >log 2>&1 && [ ! -s log ] && return
	complain "$what is not built in silence:"
	cat log
	return 1
}

# runs WHAT: ./program does what it should.
runs() {
	timeout 60 ./program >out 2>&1
	status=$?
	[ $status = 0 ] && [ "$(tail -n 1 out)" = right ] &&
		[ "$(grep -c '^numbers right: 100.0%$' out)" = 8 ] && return
	complain "$1: status $status"
	cat out
}

# kind KIND: ./program is a pie, a no-pie, or static.
kind() {
	readelf -hl program >elf
	case $1 in
	pie) grep -q 'Type: *DYN' elf && grep -q INTERP elf ;;
	no-pie) grep -q 'Type: *EXEC' elf && grep -q INTERP elf ;;
	static) grep -q 'Type: *EXEC' elf && ! grep -q INTERP elf ;;
	esac || complain "$what is no $1 executable"
}

# one_line COMPILER LINKER KIND [OPTION]
one_line() {
	# shellcheck disable=SC2046,SC2086 # a word an option
	built "$1 $2 $3" $1 -Wall -Wextra ${4-} "$program" $(flags $2) ||
		return
	kind "$3"
	runs "$what"
}

# -fsplit-stack reaches the compiler but not the linker.
two_lines() {
	# shellcheck disable=SC2046 # a word an option
	built "$1 $2 object" "$1" -c "$program" $(pkg-config --cflags seam) ||
		return
	mv program program.o
	# shellcheck disable=SC2046 # a word an option
	built "$1 $2 in two lines" "$1" program.o \
		$(pkg-config --libs --define-variable=ld="$2" seam) &&
		runs "$what"
}

"$here/place" PREFIX="$PWD/usr" GDBDIR="$PWD/gdb" DESTDIR= || exit 1

for compiler in gcc clang; do
	for linker in gold lld; do
		one_line $compiler $linker pie
		one_line $compiler $linker no-pie -no-pie
		one_line $compiler $linker static -static
		two_lines $compiler $linker
	done
done

# The line of the README for lld, and C++.
# shellcheck disable=SC2046 # a word an option
built "clang, README" clang "$program" $(pkg-config --cflags --libs seam) \
	-fuse-ld=lld && runs "$what"
for linker in gold lld; do
	# shellcheck disable=SC2046 # a word an option
	built "g++ $linker" g++ -Wall -Wextra -pedantic "$here/program.cc" \
		$(flags $linker) && runs "$what"
done

# GNU ld does not know --split-stack-adjust-size, so nobody gets as far with
# seam.pc's options.
# shellcheck disable=SC2046 # a word an option
built "gcc bfd" gcc "$program" $(pkg-config --cflags seam) -Lusr/lib -lseam \
	-fuse-ld=bfd && {
	./program >out 2>trouble
	[ $? = 2 ] || complain "linked by GNU ld: the status is not 2"
	grep -q 'does not widen' trouble ||
		complain "linked by GNU ld: does not say why: $(cat trouble)"
	grep -q 'Link with -fuse-ld=gold' trouble ||
		complain "linked by GNU ld: gives no advice: $(cat trouble)"
	[ ! -s out ] || complain "linked by GNU ld: runs all the same"
}

exit $failed
