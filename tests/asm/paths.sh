#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# At every instruction of asm/ an unwinder finds the stack that there is.
set -eu
status=0
for program in "$BUILD_DIR"/stepped/paths-*-gold "$BUILD_DIR"/stepped/paths-*-lld; do
	"$BUILD_DIR/stepped/step" "$program" end 0 slow 0 deadlock 2 ||
		status=1
done
exit $status
