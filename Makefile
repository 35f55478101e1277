# portsim: a discrete-event simulator of port space.
#
# Sources are found by wildcard and dependencies written by the compiler: a new file is in
# the build by existing.  `make help` lists what can be made.

CC      ?= gcc
BUILD   ?= build
OPT     ?= -O2
PREFIX  ?= /usr/local

# Debian 12 names: what the program needs, what its tests need, what `make check` adds.
PACKAGES_RUN   := gcc make pkg-config libgsl-dev libcjson-dev librandom123-dev libmd-dev gnuplot-nox
PACKAGES_TEST  := $(PACKAGES_RUN) libcmocka-dev python3 python3-jsonschema
PACKAGES_CHECK := $(PACKAGES_TEST) clang clang-format clang-tidy cppcheck libclang-rt-14-dev

VERSION := 0.1.0

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Werror
CFLAGS   += -std=c11 -ffp-contract=off $(OPT) -g $(WARNINGS) $(EXTRA)
CPPFLAGS += -I. -D_GNU_SOURCE -DPORTSIM_VERSION='"$(VERSION)"' -DPORTSIM_PREFIX='"$(PREFIX)"' -MMD -MP
LDLIBS   += -lgsl -lgslcblas -lcjson -lmd -lm

LIBRARY  := $(wildcard sim/base/*.c sim/engine/*.c sim/engine/dist/*.c sim/scenario/*.c \
              sim/results/*.c models/*.c models/alloc/*.c sim/trial/*.c sim/study/*.c sim/views/*.c)
CLI      := $(wildcard sim/cli/*.c)
TESTS    := $(wildcard tests/test_*.c)
TESTLIB  := $(filter-out $(TESTS),$(wildcard tests/*.c))
BENCHES  := $(wildcard tests/bench/*.c)

LIBRARY_O := $(LIBRARY:%.c=$(BUILD)/%.o)
TESTLIB_O := $(TESTLIB:%.c=$(BUILD)/%.o)
CLI_O     := $(CLI:%.c=$(BUILD)/%.o)
TEST_BIN  := $(TESTS:tests/%.c=$(BUILD)/tests/%)

.PHONY: all
all: portsim

portsim: $(BUILD)/portsim ## the program (the default)
	@cp $< $@

$(BUILD)/portsim: $(LIBRARY_O) $(CLI_O)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CPPFLAGS) -c $< -o $@

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TESTLIB_O) $(LIBRARY_O)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
