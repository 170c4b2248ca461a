#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Where debug information may be: in the program, compressed too, beside it, below
# .debug, by its build-id, at a debuginfod; and it may be cut off, or gone.
set -u

seam=$BUILD_DIR/seam
fixture=$BUILD_DIR/fixtures/grown-gcc-gold
failed=0

complain() {
	echo "$*"
	failed=1
}

# whole EXE WHERE: all is told that the program itself tells.
whole() {
	"$seam" stacks core.print_stack "$1" >out 2>&1
	cmp -s out wanted || complain "$2: $(diff wanted out | head -5)"
}

# refused WORDS EXE: status 2.
refused() {
	"$seam" stacks core.print_stack "$2" >out 2>&1
	got=$?
	[ $got = 2 ] || complain "$2: status $got"
	grep -q -e "$1" out || complain "$2: does not say '$1': $(cat out)"
}

unset DEBUGINFOD_URLS
cp "$fixture" program
gdb -nx -q -batch -iex 'set auto-load off' -ex 'break print_stack' -ex run \
	-ex 'generate-core-file core.print_stack' -ex kill \
	--args ./program self >gdb.out 2>&1
"$seam" stacks core.print_stack >wanted 2>&1 || complain "$(cat wanted gdb.out)"
mv program original

for how in zlib-gabi zlib-gnu; do
	objcopy --compress-debug-sections=$how original compressed &&
		whole compressed $how
done
# Which libdw reads from 0.192 on.
objcopy --compress-debug-sections=zstd original compressed 2>/dev/null &&
	if "$seam" stacks core.print_stack compressed >out 2>&1; then
		whole compressed zstd
	else
		refused 'compressed in a way that libdw cannot read; use `objcopy' \
			compressed
	fi

objcopy --only-keep-debug original program.debug
strip -o bare original
objcopy --add-gnu-debuglink=program.debug bare
whole bare 'beside it'
mkdir .debug && mv program.debug .debug
whole bare 'below .debug'

mv .debug/program.debug kept
head -c $(($(stat -c %s kept) / 2)) kept >program.debug
lost="'bare' has no debug information itself, and its debug file \
'program.debug' is not found, is damaged or not of this program"
refused "$lost" bare
objcopy --only-keep-debug "$BUILD_DIR/fixtures/parked-gcc-gold" program.debug
refused "$lost" bare
rm program.debug
refused "$lost" bare
strip -g -o stripped original
refused 'no debug information: it was built without -g, or stripped' stripped

# By build-id.
id=$(readelf -n original | sed -n 's/.*Build ID: //p')
mkdir -p "store/buildid/$id" && cp kept "store/buildid/$id/debuginfo"
export DEBUGINFOD_CACHE_PATH="$PWD/cache" DEBUGINFOD_URLS="file://$PWD/store"
whole stripped debuginfod
unset DEBUGINFOD_URLS
rm -r cache
if unshare -rm true 2>/dev/null; then
	rest=${id#??}
	unshare -rm sh -c "mount -t tmpfs none /usr/lib/debug &&
		mkdir -p /usr/lib/debug/.build-id/${id%"$rest"} &&
		cp kept /usr/lib/debug/.build-id/${id%"$rest"}/$rest.debug &&
		$seam stacks core.print_stack stripped" >out 2>&1
	cmp -s out wanted || complain "build-id: $(diff wanted out | head -5)"
else
	echo 'no namespace of our own: .build-id is not tried'
fi

# The program itself, and parts of its debug information.
size=$(stat -c %s original)
for percent in 1 20 50 80 99; do
	head -c $((size * percent / 100)) original >part
	refused 'it is cut off: [0-9]* of [0-9]* bytes are there' part
done
for section in info abbrev str; do
	objcopy -R .debug_$section original without
	refused 'or its debug information is damaged; missing: ' without
done
for section in line rnglists; do
	objcopy -R .debug_$section original without
	"$seam" stacks core.print_stack without >out 2>&1 ||
		complain "without .debug_$section: $(cat out)"
	grep -q '#.* visit' out || complain "without .debug_$section: no visit"
done
for section in aranges loclists; do
	objcopy -R .debug_$section original without
	whole without "without .debug_$section"
done

exit $failed
