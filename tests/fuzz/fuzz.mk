# SPDX-License-Identifier: BSD-2-Clause
# Included by the Makefile: the inspector under libFuzzer, which clang brings, with
# the sanitizers. FUZZ_SECONDS for each; findings are kept in $B/fuzz/found.

FUZZERS := core whole-core dwarf cfi filter names
FUZZ := $B/fuzz
FUZZ_SECONDS ?= 3600
# An empty array begins at NULL, to which clang lets nobody add 0.
FUZZ_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=undefined $(INSPECTOR_CPP)
FUZZED_O := $(INSPECTOR_C:%.c=$(FUZZ)/%.o)

$(FUZZ)/inspector/%.o: inspector/%.c tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link $(if $(filter main,$*),-Dmain=seam_main) -c $< -o $@

# $(call fuzzer,NAME,SOURCE,FLAGS)
define fuzzer
$(FUZZ)/$(1): tests/fuzz/$(2).c $(FUZZED_O) $(RUNTIMES_O) tests/fuzz/fuzz.mk
	@mkdir -p $$(@D)
	clang $(FUZZ_CFLAGS) -fsanitize=fuzzer $(3) $$(filter %.c %.o,$$^) $(INSPECTOR_LIBS) -o $$@
tests fuzzers: $(FUZZ)/$(1)
endef
$(foreach f,core filter names,$(eval $(call fuzzer,$f,$f)))
$(eval $(call fuzzer,whole-core,whole,-DEDITED=EDITED_CORE))
$(eval $(call fuzzer,dwarf,whole,-DEDITED=EDITED_DWARF))
$(eval $(call fuzzer,cfi,whole,-DEDITED=EDITED_CFI))

.PHONY: fuzz fuzzers
fuzz: have-deps ## each fuzzer for FUZZ_SECONDS=3600; F=core,cfi only these
	$(MAKE) -j$$(nproc) all tests
	BUILD_DIR=$(CURDIR)/$B tests/fuzz/seeds.py --seconds $(FUZZ_SECONDS) $(if $(F),--only $(F))
