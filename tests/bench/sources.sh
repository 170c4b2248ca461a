#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sources.sh FOLDER lua      unpack FOLDER/lua/*.c,
# sources.sh FOLDER sqlite   FOLDER/sqlite/sqlite3.c and speedtest1.c,
#                            from Debian's source packages
#
# Where the sources are follows from where the packages come from. All that apt
# writes is in FOLDER. Each varargs function is marked SPLIT_VARARGS, since
# clang has no varargs under -fsplit-stack. Not a test: `make bench-deps`.
set -eu
mkdir -p "$1"
cd "$1"
folder=$PWD

apt_here() {
	apt-get -q -o Dir::Etc::sourcelist="$folder/sources.list" \
		-o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$folder/lists" \
		-o Dir::Cache="$folder/cache" \
		-o APT::Sandbox::User="$(id -un)" "$@"
}

# The release alone: what was added to it later has its own sources.
# shellcheck disable=SC2016 # apt's variables
source_lists() {
	apt-get indextargets \
		--format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' \
		'Identifier: Packages' 'Label: Debian' | sort -u
}

# At the first declaration: clang fixes a function's attributes when it meets a
# call of it.
mark_varargs() {
	sed -E -i '/^typedef/!s/^([A-Za-z].*\.\.\.\)( ?\{|;))/SPLIT_VARARGS \1/' \
		"$@"
	sed -z -E -i 's/\n([A-Za-z][^\n]*\(\n[^(){};]*\.\.\.\n\))/\nSPLIT_VARARGS \1/g' \
		"$@"
}

unpack() {
	rm -rf "$1"-* "unpacked-$1"
	apt_here source "$1"
	mv "$1"-*/ "unpacked-$1"
}

lua() {
	unpack lua5.4
	cp unpacked-lua5.4/src/*.[ch] lua
	rm lua/lua.c lua/luac.c
	# Debian's build writes the folder of its libraries there.
	echo '#define DEB_HOST_MULTIARCH "lib"' >lua/lua5.4-deb-multiarch.h
	mark_varargs lua/*.[ch]
}

sqlite() {
	unpack sqlite3
	(
		cd sqlite
		../unpacked-sqlite3/configure -q --disable-readline
		make -s sqlite3.c >/dev/null
	)
	cp unpacked-sqlite3/test/speedtest1.c sqlite
	mark_varargs sqlite/*.h sqlite/sqlite3.c sqlite/speedtest1.c
}

case ${2-} in
lua | sqlite)
	rm -rf "$2"
	mkdir -p lists/partial cache/archives/partial "$2"
	source_lists >sources.list
	apt_here update
	"$2"
	rm -rf unpacked-*
	;;
*)
	echo "usage: sources.sh FOLDER lua|sqlite" >&2
	exit 64
	;;
esac
