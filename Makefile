# SPDX-License-Identifier: BSD-2-Clause
# Seam. `make help` lists the targets; docs/HACKING.md explains them.

# What may be set on the command line, or in config.mak.
-include config.mak
BUILD   ?= debug
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0
# Where a stock gdb loads scripts by itself, from any program that names them: for
# what is installed for the whole system. Else all of it stays below PREFIX, and
# whoever trusts what lies there tells his gdb so.
AUTO_LOAD := /usr/share/gdb/auto-load
GDBDIR  ?= $(if $(filter /usr /usr/local,$(PREFIX:/=)),$(AUTO_LOAD)/seam,$(PREFIX:/=)/share/seam/gdb)
# Where shells look for completions.
COMPLETIONS := $(addprefix $(PREFIX)/share/,bash-completion/completions/seam zsh/site-functions/_seam fish/vendor_completions.d/seam.fish)
# The linker in seam.pc: gold or lld.
SEAM_LD ?= gold

# The tests' programs: each compiler with each linker.
CCS := gcc clang
LDS := gold lld

B    := build/$(BUILD)
WARN := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings -Werror
CPP  := -I. -MMD -MP -D_GNU_SOURCE
OPT_debug   := -Og -g3 -fno-omit-frame-pointer
OPT_release := -O2 -g -DNDEBUG
OPT_asan    := -O1 -g3 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover
OPT = $(or $(OPT_$(BUILD)),$(OPT_debug))

# How all that runs on goroutines is compiled: see seam.h.
CHECKED := -fsplit-stack -fcf-protection=none

# The runtime is optimised in every build: its stack use is argued in stack.h.
RUNTIME_CFLAGS := -std=gnu11 -O2 -g -fno-omit-frame-pointer -fno-stack-protector $(CHECKED) $(WARN) $(CPP) -Iruntime
INSPECTOR_CPP := $(CPP) -Iinspector -I$B/generated -DSEAM_VERSION='"$(VERSION)"'
INSPECTOR_CFLAGS := -std=gnu11 $(OPT) $(WARN) $(INSPECTOR_CPP)

RUNTIME_O := $(patsubst %,$B/%.o,$(filter-out runtime/stackalloc asm/shared,$(basename $(wildcard runtime/*.c asm/*.S))))
INSPECTOR_C := $(wildcard inspector/*.c inspector/*/*.c)
INSPECTOR_LIBS := -ldw -lelf -ljson-c -lzstd -lz -llz4 -llzma
# The descriptions of runtimes are linked in as they are.
RUNTIMES_O := $(patsubst inspector/layout/runtimes/%,$B/inspector/%.o,$(wildcard inspector/layout/runtimes/*.rt))
INSPECTOR_O := $(INSPECTOR_C:%.c=$B/%.o) $(RUNTIMES_O)

# How a program is compiled and linked; seam.pc says the same.
room := $(shell sed -n 's/^#define NonSplitRoom //p' asm/offsets.h)
# What shared libraries are to take from us, not from libc; and for debuggers.
exported := __morestack longjmp _longjmp siglongjmp __longjmp_chk sigaction signal __sysv_signal sysv_signal seam_errno \
	seam_shared_morestack seam_shared_non_split seam_shared_allocate __morestack_initial_sp sigemptyset
SHARED_LIBS := -Wl,-z,now -Wl,--split-stack-adjust-size=$(room)
SEAM_LIBS := -pthread $(SHARED_LIBS) $(exported:%=-Wl,--export-dynamic-symbol=%)
PROGRAM = -g $(CHECKED) -Iruntime

.DELETE_ON_ERROR:
.PHONY: all deps demo test stress soak stops golden newer-gdb lint bench-deps bench-runtime bench-inspector bench-gdb install clean help

all: $B/compiled $B/libseam.a $B/libseam_shared.a $B/seam $B/seam.pc $B/seam_shared.pc ## the runtime, the inspector, in build/$(BUILD)

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  \1	/p' Makefile tests/tests.mk tests/fuzz/fuzz.mk tests/bench/bench.mk

# What is missing is installed once, before anything that needs it.
deps: ## install the Debian packages in tests/packages.txt
	tests/deps.sh install

have-deps:
	@tests/deps.sh check >/dev/null || tests/deps.sh install

demo: have-deps ## build, then show what Seam does on a program worth debugging
	$(MAKE) -j$$(nproc) all $B/examples/indexer
	docs/examples/demo.sh $B

test: have-deps ## build and run all tests; T=name runs those whose name has it
	$(MAKE) -j$$(nproc) all tests
	BUILD_DIR=$(CURDIR)/$B tests/run $(T)

# The runtime: one object, of which a program sees what exports.txt lists, and
# stackalloc.o beside it, so that a program can bring its own.
$B/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -c $< -o $@

$B/asm/%.o: asm/%.S
	@mkdir -p $(@D)
	$(CC) $(CPP) -c $< -o $@

# $(call archive,OBJECTS) makes $@ and, beside it, its one object.
define archive
	ld -r -o $(@D)/seam.o $(1)
	objcopy --keep-global-symbols=runtime/exports.txt --rename-section .text=seam_text --rename-section .text.unlikely=seam_text --rename-section .text.startup=seam_text $(@D)/seam.o
	rm -f $@
	ar rcs $@ $(@D)/seam.o $B/runtime/stackalloc.o
endef

# In the tree gdb is pointed at the tree's scripts, installed at GDBDIR's.
$B/autoload.o: gdb-scripts/autoload.S
	$(CC) -DSEAM_GDB_SCRIPT='"$(CURDIR)/gdb-scripts/seam-gdb.py"' -c $< -o $@

# gdb's commands, compiled for whoever may not write beside them: by the system's
# Python, which gdb has in it, and not by one that stands before it in PATH. One that
# was edited since is read all the same.
COMPILE := env -u PYTHONDONTWRITEBYTECODE -u PYTHONPYCACHEPREFIX $(firstword $(wildcard /usr/bin/python3) python3) -m compileall -q
$B/compiled: $(wildcard gdb-scripts/seam/*.py)
	@mkdir -p $(@D)
	$(COMPILE) gdb-scripts/seam
	@touch $@

$B/libseam.a: $(RUNTIME_O) $B/runtime/stackalloc.o $B/autoload.o runtime/exports.txt
	$(call archive,$(RUNTIME_O) $B/autoload.o)

$B/seam.pc $B/installed/seam.pc: Makefile
	@mkdir -p $(@D)
	printf '%s\n' 'prefix=$(PREFIX)' 'ld=$(SEAM_LD)' '' 'Name: seam' \
	'Description: goroutines on segmented stacks' 'Version: $(VERSION)' \
	'Cflags: -I$${prefix}/include $(CHECKED)' \
	'Libs: -L$${prefix}/lib -lseam $(SEAM_LIBS) -fuse-ld=$${ld}' >$@

# What shared libraries link that are compiled with stack checks.
$B/libseam_shared.a: $B/asm/shared.o
	rm -f $@
	ar rcs $@ $<

$B/seam_shared.pc $B/installed/seam_shared.pc: Makefile
	@mkdir -p $(@D)
	printf '%s\n' 'prefix=$(PREFIX)' 'ld=$(SEAM_LD)' '' 'Name: seam_shared' \
	'Description: shared libraries whose functions run on goroutines' 'Version: $(VERSION)' \
	'Cflags: -I$${prefix}/include -fPIC $(CHECKED)' \
	'Libs: -L$${prefix}/lib -lseam_shared $(SHARED_LIBS) -fuse-ld=$${ld}' >$@

# The inspector
$B/inspector/%.o: inspector/%.c
	@mkdir -p $(@D)
	$(CC) $(INSPECTOR_CFLAGS) -c $< -o $@

# The names of system calls by their numbers, from the kernel's header.
$B/generated/model/calls.h: Makefile
	@mkdir -p $(@D)
	echo '#include <asm/unistd_64.h>' | $(CC) -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/[\2] = "\1",/p' >$@
$B/inspector/model/crew.o $B/asan/inspector/model/crew.o $B/fuzz/inspector/model/crew.o: $B/generated/model/calls.h

$B/inspector/%.rt.o: inspector/layout/runtimes/%.rt
	@mkdir -p $(@D)
	cd $(<D) && ld -r -b binary -z noexecstack -o $(CURDIR)/$@ $(<F)

$B/seam: $(INSPECTOR_O)
	$(CC) $(OPT) $^ $(INSPECTOR_LIBS) -o $@

install: all ## to $(DESTDIR)$(PREFIX), the gdb commands to $(DESTDIR)$(GDBDIR)
	mkdir -p $B/installed $(addprefix $(DESTDIR),$(PREFIX)/bin $(PREFIX)/lib/pkgconfig $(PREFIX)/include $(PREFIX)/share/man/man1 $(PREFIX)/share/man/man3 $(PREFIX)/share/man/man5 $(PREFIX)/share/seam $(dir $(COMPLETIONS)) $(GDBDIR)/seam)
	$(CC) -DSEAM_GDB_SCRIPT='"$(GDBDIR)/seam-gdb.py"' -c gdb-scripts/autoload.S -o $B/installed/autoload.o
	$(MAKE) --no-print-directory $B/installed/libseam.a
	$(MAKE) --no-print-directory -B $B/installed/seam.pc $B/installed/seam_shared.pc
	install -m 755 $B/seam $(DESTDIR)$(PREFIX)/bin
	install -m 644 $B/installed/libseam.a $B/libseam_shared.a $(DESTDIR)$(PREFIX)/lib
	install -m 644 $B/installed/seam.pc $B/installed/seam_shared.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 runtime/seam.h $(DESTDIR)$(PREFIX)/include
	for c in $(COMPLETIONS); do case $$c in *bash*) s=bash;; *zsh*) s=zsh;; *) s=fish;; esac; $B/seam --completion=$$s >$(DESTDIR)$$c || exit; done
	install -m 644 docs/seam.schema.json $(DESTDIR)$(PREFIX)/share/seam
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/man/*.3 $(DESTDIR)$(PREFIX)/share/man/man3
	awk -v to=$(DESTDIR)$(PREFIX)/share/man/man3/ 'FNR == 1 { page = FILENAME; sub(".*/", "", page) } /^\.Sh/ { names = $$2 == "NAME" } names && /^\.Nm/ && $$2 ".3" != page { print ".so man3/" page >(to $$2 ".3") }' docs/man/*.3
	install -m 644 docs/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 gdb-scripts/seam-gdb.py inspector/layout/runtimes/*.rt $(DESTDIR)$(GDBDIR)
	install -m 644 gdb-scripts/seam/*.py $(DESTDIR)$(GDBDIR)/seam
	$(COMPILE) -s '$(DESTDIR)' -p / $(DESTDIR)$(GDBDIR)/seam
	@echo "gdb's commands are in $(DESTDIR)$(GDBDIR)$(if $(filter $(AUTO_LOAD)/%,$(GDBDIR)),: gdb loads them by itself,; it loads them by itself with \`add-auto-load-safe-path $(GDBDIR)' in ~/.config/gdb/gdbinit)"

$B/installed/libseam.a: $(RUNTIME_O) $B/runtime/stackalloc.o $B/installed/autoload.o
	$(call archive,$(RUNTIME_O) $B/installed/autoload.o)

clean: ## remove build/
	rm -rf build

compile_commands.json:
	bear -- $(MAKE) -B all

include tests/tests.mk
include tests/fuzz/fuzz.mk
include tests/bench/bench.mk
-include $(shell find build -type f -name '*.d' 2>/dev/null)
