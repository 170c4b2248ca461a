#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# newer.sh FOLDER   unpack the gdb of Debian 13 there, with all that it needs,
#                   as FOLDER/bin/gdb
#
# Nothing is installed, and all that apt writes is in FOLDER. Not a test: `make
# newer-gdb`, which then runs those of gdb with it. Its libraries are its own, and
# so is its loader, so that it runs on Debian 12.
set -eu

if [ $# != 1 ]; then
	echo "usage: newer.sh FOLDER" >&2
	exit 64
fi
mkdir -p "$1"
cd "$1"
folder=$PWD

apt_here() {
	apt-get -q -o Dir::Etc::sourcelist="$folder/sources.list" \
		-o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$folder/lists" \
		-o Dir::State::status="$folder/status" \
		-o Dir::Cache="$folder/cache" \
		-o Debug::NoLocking=1 \
		-o APT::Sandbox::User="$(id -un)" "$@"
}

mkdir -p lists/partial cache/archives/partial bin
# Where this machine has its packages from.
# shellcheck disable=SC2016 # apt's variables
uri=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
	'Label: Debian' 'Component: main' | sort -u | head -n 1)
echo "deb $uri trixie main" >sources.list
: >status
apt_here update
apt_here install -y --download-only --no-install-recommends gdb
for package in cache/archives/*.deb; do
	dpkg-deb -x "$package" root
done
# Make takes what ends so, in the build, for prerequisites.
find root -type f -name '*.d' -delete
cat >bin/gdb <<EOF
#!/bin/sh
export PYTHONHOME='$folder/root/usr'
lib='$folder/root/usr/lib'
exec "\$lib"64/ld-linux-x86-64.so.2 \
	--library-path "\$lib/x86_64-linux-gnu:\$lib" \
	'$folder/root/usr/bin/gdb' --data-directory='$folder/root/usr/share/gdb' "\$@"
EOF
chmod +x bin/gdb
bin/gdb -nx -batch -ex "show version" | head -n 1
