#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Cores that are not as they should be: the wrong program or none, cut off, by
# gdb, and caught where the stack is being grown or shrunk.
set -u

seam=$BUILD_DIR/seam
fixtures=$BUILD_DIR/fixtures
failed=0

complain() {
	echo "$*"
	failed=1
}

# expect STATUS WORDS ARGUMENTS...: seam ends with STATUS, and its output has
# WORDS.
expect() {
	status=$1 words=$2
	shift 2
	"$seam" "$@" >out 2>&1
	got=$?
	[ $got = "$status" ] || complain "seam $*: status $got, not $status"
	grep -q -e "$words" out || {
		complain "seam $*: does not say '$words':"
		cat out
	}
}

# core_at FUNCTION PROGRAM: core.FUNCTION, of PROGRAM as it enters FUNCTION.
core_at() {
	gdb -nx -q -batch -iex 'set auto-load off' -ex "break $1" -ex run \
		-ex "generate-core-file core.$1" -ex kill --args "$2" self \
		>gdb.out 2>&1
	[ -f "core.$1" ] || {
		complain "gdb makes no core of $2 at $1:"
		cat gdb.out
	}
}

cp "$fixtures/grown-gcc-gold" program
core_at print_stack ./program
core_at newstack ./program
core=core.print_stack
expect 0 'walker' list $core

# The program.
expect 2 'its build-id is [0-9a-f]*, the one in memory was [0-9a-f]*' \
	list $core "$fixtures/parked-gcc-gold"
expect 2 'it is no ELF file' list $core "$0"
expect 2 "'.' as the program of .*: it is not a regular file" list $core .
: >empty
expect 2 "'empty' as the program of .*: it is empty" list $core empty
mv program moved
expect 2 'No such file or directory; if it was moved, name it' list $core
expect 0 'walker' list $core moved
strip -g -o stripped moved && mkdir there && mv moved there/program
expect 2 'has no debug information: it was built without -g, or stripped' \
	list $core stripped
mv there/program program

# Stripped, with a debug file; run by the dynamic linker.
objcopy --only-keep-debug program program.debug
strip -o bare program
objcopy --add-gnu-debuglink=program.debug bare
mv program whole && mv bare program
expect 0 'walker' list $core
mv whole program
linker=$(readelf -l program | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
: >ready
"$linker" ./program live >ready &
pid=$!
until grep -q ready ready; do
	kill -0 $pid || exit 1
	sleep 0.1
done
expect 0 'park grown.c' list -p $pid
gdb -nx -batch -iex 'set auto-load off' -ex 'generate-core-file core.linker' \
	-p $pid >gdb.out 2>&1 || complain "$(cat gdb.out)"
kill $pid
expect 0 'park grown.c' list core.linker
mkdir elsewhere && mv program elsewhere
expect 0 'park grown.c' list core.linker elsewhere/program
mv elsewhere/program program

# Names that would move the cursor.
escape=$(printf '\033')
LC_ALL=C sed "s/visit/v${escape}sit/g; s/grown\.c/gro${escape}n.c/g" program >names
expect 0 '#.* v\\x1bsit at gro\\x1bn\.c:' stacks $core names
grep -q "$escape" out && complain "escapes are printed"
expect 2 "cannot use core 'a\\\\x1bb'" list "a${escape}b"

# Goroutines together.
expect 0 'goroutines in .* by stack' groups $core
expect 0 'walker' groups --by name $core
expect 0 'walker;walk;visit.* 1$' groups --folded $core 2

# Cut off. The kernel writes notes first, as notes_first.py does; gdb last: then
# what is left does not say where the program lay.
python3 "$SRC_DIR/tests/inspector/notes_first.py" $core first.core
expect 0 'walker' list first.core
size=$(stat -c %s first.core)
for part in 1 5 20 50 80 99; do
	cut=$((size * part / 100))
	head -c $cut first.core >cut.core
	for command in list groups; do
		"$seam" $command cut.core >out 2>trouble
		got=$?
		[ $got = 1 ] || { [ $got = 2 ] && [ $part -lt 99 ]; } ||
			complain "$command of $part%: status $got"
		grep -q "core is cut off: $cut of [0-9]* bytes are there" \
			trouble || complain "cut to $part%: $(cat trouble)"
	done
done
grep -q walker out || complain "groups of 99%: $(cat out)"
head -c $(($(stat -c %s $core) * 99 / 100)) $core >cut.core
expect 2 'core is cut off' list cut.core
expect 2 'which program it is of; what says so may be cut off' list cut.core
expect 2 'where .* was loaded; what says so may' list cut.core "$fixtures/grown-gcc-gold"
head -c 100 $core >cut.core
expect 2 'core is cut off in its headers' list cut.core
expect 2 'is no core of an x86-64 program' list "$0"

# Of other machines: their number at offset 18, the class and the order of bytes
# at 4 and 5.
# of_machine CLASS ORDER NUMBER: other.core
of_machine() {
	cp $core other.core
	printf '%b' "$1$2" | dd of=other.core bs=1 seek=4 conv=notrunc status=none
	printf '%b' "$3" | dd of=other.core bs=1 seek=18 conv=notrunc status=none
}
of_machine '\02' '\01' '\0267\0'
expect 2 'is of a program for aarch64; seam reads x86-64' list other.core
of_machine '\02' '\02' '\0\026'
expect 2 'is of a program for s390; ' list other.core
of_machine '\01' '\01' '\076\0'
expect 2 'is of a program for x32; ' list other.core
of_machine '\02' '\01' '\0377\0377'
expect 2 'is of a program for another machine; ' list other.core
cp program foreign
printf '\267' | dd of=foreign bs=1 seek=18 conv=notrunc status=none
expect 2 "cannot use 'foreign' as the program of .*: it is for aarch64" \
	list $core foreign

# No core at all.
expect 2 "'./program' is no core but a program .*: CORE EXE" \
	list ./program $core
expect 2 "'missing': No such file or directory" list missing
expect 2 "'.': it is not a regular file" list .
expect 2 "'empty': it is empty" list empty
mkfifo pipe
expect 2 "'pipe': it is not a regular file" list pipe

# Nobody takes the answer.
"$seam" stacks $core >/dev/full 2>trouble
got=$?
[ $got = 2 ] || complain "/dev/full: status $got"
grep -q 'cannot write the answer: No space left' trouble ||
	complain "/dev/full: $(cat trouble)"
"$seam" list $core 2>trouble | head -1 >first
grep -q 'signal SIGTRAP: thread [0-9]*, goroutine 1' first || complain "head: $(cat first)"
[ ! -s trouble ] || complain "head: $(cat trouble)"

# Where the stack is being grown: from newstack, on the thread's own stack,
# into the goroutine's.
expect 0 'in newstack at stack.c' stacks --raw core.newstack
grep -q ' in gostart' out || complain "newstack: the trace is not whole"
expect 0 'goroutine' stacks core.newstack
grep -q 'newstack' out && complain "newstack is told as if it were called"

exit $failed
