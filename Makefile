# Seam: see `make help`.

BUILD   ?= debug
CC      ?= gcc
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

CFLAGS_debug := -Og -g3 -fno-omit-frame-pointer
B := build/$(BUILD)
WARN := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings -Werror
CPP := -I. -MMD -MP -D_GNU_SOURCE
RUNTIME_CFLAGS := -std=gnu11 -g -O2 -fno-omit-frame-pointer -fsplit-stack -fno-stack-protector $(WARN) $(CPP) -Iruntime
RUNTIME_O := $(patsubst %.c,$B/%.o,$(filter-out runtime/stackalloc.c,$(wildcard runtime/*.c))) $(patsubst %.S,$B/%.o,$(wildcard asm/*.S))
EXPORTS := runtime/exports.txt

all: $B/libseam.a

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -c $< -o $@
$B/asm/%.o: asm/%.S
	@mkdir -p $(@D)
	$(CC) $(CPP) -c $< -o $@
$B/seam.o: $(RUNTIME_O) $(EXPORTS)
	ld -r -o $@ $(RUNTIME_O)
	objcopy --keep-global-symbols=$(EXPORTS) --rename-section .text=seam_text --rename-section .text.unlikely=seam_text $@
$B/libseam.a: $B/seam.o $B/runtime/stackalloc.o
	rm -f $@; ar rcs $@ $^
clean:
	rm -rf build
-include $(shell find build -name '*.d' 2>/dev/null)
