#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What `make install` puts where: a staged tree for a packager, and man pages
# that man finds and renders.
set -u

here=$SRC_DIR/tests/install
failed=0

complain() {
	echo "$*"
	failed=1
}

# has FILE WORDS: FILE is there and has WORDS.
has() {
	[ -f "$1" ] || complain "$1 was not installed"
	grep -qa -e "$2" "$1" || complain "$1 does not say '$2'"
}

# renders SECTION NAME WORDS: man shows the page, without a complaint.
renders() {
	MANPATH=$PWD/stage/usr/share/man MANWIDTH=78 \
		man --warnings -P cat "$1" "$2" >page 2>trouble ||
		complain "man $1 $2: status $?"
	[ ! -s trouble ] || complain "man $1 $2: $(cat trouble)"
	grep -q -e "$3" page || complain "man $1 $2 does not say '$3'"
}

"$here/place" PREFIX=/usr GDBDIR=/usr/share/seam-gdb DESTDIR="$PWD/stage" ||
	exit 1

# DESTDIR is where the files lie, PREFIX and GDBDIR what they say.
has stage/usr/lib/pkgconfig/seam.pc '^prefix=/usr$'
has stage/usr/lib/pkgconfig/seam_shared.pc '^prefix=/usr$'
has stage/usr/lib/libseam.a '/usr/share/seam-gdb/seam-gdb.py'
! grep -qa "$PWD" stage/usr/lib/libseam.a ||
	complain "libseam.a names the folder where it was staged"
has stage/usr/include/seam.h 'int seam_run('
has stage/usr/share/seam/seam.schema.json 'seam --json'
has stage/usr/share/bash-completion/completions/seam '^complete -F _seam seam$'
has stage/usr/share/zsh/site-functions/_seam '^#compdef seam$'
has stage/usr/share/fish/vendor_completions.d/seam.fish '^complete -c seam '
stage/usr/bin/seam --version | grep -q '^seam [0-9]' ||
	complain "the installed seam does not tell its version"
renders 1 seam 'segments'
renders 1 seam-gdb 'goroutine apply'
renders 3 seam 'all goroutines are asleep'
renders 3 seam_recv 'receives an element'
renders 3 mfree 'runtime.s allocator'

# Each public function has a page.
sed -n 's/^seam_shared.*//; s/^\(seam_.*\|mal\|mfree\)$/\1.3/p' \
	"$SRC_DIR/runtime/exports.txt" >wanted
(cd stage/usr/share/man/man3 && ls) >got
while read -r page; do
	grep -qx "$page" got || complain "$page was not installed"
done <wanted

# Nothing is forgotten: the scripts are those of the tree, the rest is known.
(cd "$SRC_DIR/gdb-scripts" && find . -name '*.py') >wanted
(cd "$SRC_DIR/inspector/layout/runtimes" && find . -name '*.rt') >>wanted
(cd stage/usr/share/seam-gdb && find . -type f ! -name '*.pyc') >got
sort -o wanted wanted
sort got | diff -u wanted - || complain "other gdb scripts than these"

# They are compiled, by what gdb has: whoever debugs may write nothing there. So
# are those of a tree in which a program is built.
tag=$(gdb -nx -batch -ex \
	'python import sys; print(sys.implementation.cache_tag)')
compiled() {
	for script in "$SRC_DIR"/gdb-scripts/seam/*.py; do
		module=$(basename "$script" .py)
		[ -e "$1/__pycache__/$module.$tag.pyc" ] ||
			complain "$1: $module is not compiled"
	done
}
compiled stage/usr/share/seam-gdb/seam
mkdir tree
(cd "$SRC_DIR" && cp -r Makefile asm gdb-scripts tests "$OLDPWD/tree")
rm -rf tree/gdb-scripts/seam/__pycache__
make -s -C tree BUILD=debug build/debug/compiled
compiled tree/gdb-scripts/seam
# One that was edited is not the one that was compiled.
touch -r tree/gdb-scripts/seam/render.py before
echo 'EDITED = True' >>tree/gdb-scripts/seam/render.py
touch -r before tree/gdb-scripts/seam/render.py
/usr/bin/python3 -c 'import sys; sys.path.insert(0, "tree/gdb-scripts")
import seam.render; seam.render.EDITED' || complain "what was edited is stale"
find stage -type f ! -path 'stage/usr/share/seam-gdb/*' \
	! -path '*/man3/*' | sort >got
diff -u - got <<END || complain "other files than these"
stage/usr/bin/seam
stage/usr/include/seam.h
stage/usr/lib/libseam.a
stage/usr/lib/libseam_shared.a
stage/usr/lib/pkgconfig/seam.pc
stage/usr/lib/pkgconfig/seam_shared.pc
stage/usr/share/bash-completion/completions/seam
stage/usr/share/fish/vendor_completions.d/seam.fish
stage/usr/share/man/man1/seam-gdb.1
stage/usr/share/man/man1/seam.1
stage/usr/share/man/man5/seam-rt.5
stage/usr/share/seam/seam.schema.json
stage/usr/share/zsh/site-functions/_seam
END

# Below a PREFIX of one's own lies all of it; what is for the whole system is
# where gdb looks by itself. Each says so.
where() {
	rm -rf other
	"$here/place" PREFIX="$1" DESTDIR="$PWD/other" >said || exit 1
	(cd other && find . -type f ! -path ".$2/*") >outside
	tail -1 said | grep -q -e "$3" || complain "PREFIX=$1: $(tail -1 said)"
}
where /opt/seam /opt/seam \
	"gdb's commands are in .*/other/opt/seam/share/seam/gdb; .*safe-path /opt/"
[ ! -s outside ] || complain "outside of PREFIX: $(cat outside)"
has other/opt/seam/lib/libseam.a '/opt/seam/share/seam/gdb/seam-gdb.py'
for prefix in /usr /usr/local/; do
	where $prefix "${prefix%/}" 'auto-load/seam: gdb loads them by itself$'
	[ -f other/usr/share/gdb/auto-load/seam/seam-gdb.py ] ||
		complain "PREFIX=$prefix: not where gdb looks by itself"
done

exit $failed
