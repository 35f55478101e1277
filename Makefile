# portsim: a discrete-event simulator of port space.
#
# Sources are found by wildcard and dependencies are written by the compiler: a new file is in
# the build by existing.  `make help` lists what can be made.

CC     ?= gcc
ifdef MPI
CC     := $(or $(MPICC),mpicc)
BUILD  ?= build/mpi
endif
BUILD  ?= build
OPT    ?= -O2
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)

VERSION := 0.1.0

# Debian 12 names: what the program needs, what its tests need, what `make test-kernel` and `make
# test-browser` can use, what `make test-mpi` and `make check` add.
PACKAGES        := gcc libc6-dev libgsl-dev libcjson-dev librandom123-dev libmd-dev libsqlite3-dev gnuplot-nox
PACKAGES_TEST   := $(PACKAGES) libcmocka-dev python3 python3-jsonschema
PACKAGES_KERNEL := iproute2 nftables haproxy nginx-light libnginx-mod-stream
PACKAGES_MPI    := $(PACKAGES_TEST) libopenmpi-dev openmpi-bin
PACKAGES_BROWSER := chromium chromium-driver python3
PACKAGES_CHECK  := $(PACKAGES_TEST) clang clang-format clang-tidy cppcheck

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Werror
CFLAGS   += -std=c11 -ffp-contract=off $(OPT) -g $(WARNINGS) $(EXTRA)
CPPFLAGS += -I. -D_GNU_SOURCE -DPORTSIM_VERSION='"$(VERSION)"' -MMD -MP
LDLIBS   += -lgsl -lgslcblas -lcjson -lmd -lsqlite3 -lpthread -lm

# The side of sim/study/ranks.h that is not built.
RANKS   := sim/study/ranks_$(if $(MPI),none,mpi).c
LIBRARY := $(filter-out $(RANKS),$(wildcard sim/base/*.c sim/engine/*.c sim/engine/dist/*.c \
             sim/scenario/*.c sim/results/*.c models/*.c models/alloc/*.c sim/trial/*.c \
             sim/theory/*.c sim/study/*.c sim/study/*/*.c sim/views/*.c))
CLI     := $(wildcard sim/cli/*.c)
TESTS   := $(wildcard tests/test_*.c)
TESTLIB := $(filter-out $(TESTS),$(wildcard tests/*.c))
BENCH   := $(wildcard tests/bench/*.c)
SOURCES := $(wildcard sim/*/*.[ch] sim/*/*/*.[ch] models/*.[ch] models/*/*.[ch] tests/*.[ch] tests/*/*.[ch])

LIBRARY_O := $(LIBRARY:%.c=$(BUILD)/%.o)
CLI_O     := $(CLI:%.c=$(BUILD)/%.o)
TESTLIB_O := $(TESTLIB:%.c=$(BUILD)/%.o)
TEST_BIN  := $(TESTS:%.c=$(BUILD)/%)
BENCH_BIN := $(BENCH:%.c=$(BUILD)/%)
LAW_ROWS  := $(abspath $(BUILD))/laws

.PHONY: all portsim help demo test test-long test-kernel test-browser test-mpi check layers format format-check lint sanitize tsan same-bytes bench golden laws lessons library install clean packages packages-test packages-kernel packages-browser packages-mpi packages-check
.SECONDARY:

all: portsim ## build the program, ./portsim (the default; MPI=1: for mpirun)

# Whichever was built last, also when it is older than the other: see MPI.
portsim: $(BUILD)/portsim
	@cmp -s $< $@ || cp $< $@

$(BUILD)/portsim: $(LIBRARY_O) $(CLI_O)
	@echo "  link  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(CC) $(CFLAGS) $(CPPFLAGS) -c $< -o $@
	@sed -i '1s|^[^:]*:|$@:|' $(@:.o=.d) # a compiler cache may write the path in its own way

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TESTLIB_O) $(LIBRARY_O)
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LDLIBS)

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(TESTLIB_O) $(LIBRARY_O)
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: packages ## install what is missing, build, and show how ports run out
	@$(MAKE) --no-print-directory -j$(JOBS) portsim
	@./portsim demo

test: packages-test ## install what is missing, build, and run every test
	@$(MAKE) --no-print-directory -j$(JOBS) run-tests

.PHONY: run-tests
run-tests: $(BUILD)/portsim $(TEST_BIN)
	@rm -rf $(LAW_ROWS) && mkdir -p $(LAW_ROWS)
	@PORTSIM=$(BUILD)/portsim PORTSIM_QUICK=$(QUICK) PORTSIM_LAWS=$(LAW_ROWS) sh tests/run.sh $(TEST_BIN)

test-long: packages-test ## every test, those of statistics often enough to be published (half an hour)
	@PORTSIM_LONG=1 $(MAKE) --no-print-directory -j$(JOBS) run-tests

test-kernel: $(BUILD)/portsim ## the laws, asked of this machine's kernel (root; SMALL=1: in a minute)
	@PORTSIM=$(BUILD)/portsim python3 -B tests/live/laws.py $(if $(SMALL),--small)
	@PORTSIM=$(BUILD)/portsim python3 -B tests/live/proxies.py $(if $(SMALL),--small)

test-browser: $(BUILD)/portsim ## the pages that portsim writes, in Chromium at two widths
	@PORTSIM=$(BUILD)/portsim python3 -B tests/browser/run.py

test-mpi: packages-mpi ## a study on 1 to 4 ranks under mpirun, and one of them killed
	@$(MAKE) --no-print-directory -j$(JOBS) run-tests MPI=1 BUILD=$(BUILD)/mpi \
	  TEST_BIN="$(BUILD)/mpi/tests/test_ranks $(BUILD)/mpi/tests/test_mpi"

check: packages-check ## what must pass before a commit: layers, format, lint, tests, sanitizers
	@$(MAKE) --no-print-directory -j$(JOBS) run-tests
	@$(MAKE) --no-print-directory check-rest
	@echo "check: all passed"

# All of it but the tests themselves, for who has just run them.
.PHONY: check-rest
check-rest: packages-check
	@$(MAKE) --no-print-directory layers
	@$(MAKE) --no-print-directory format-check
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory laws-check
	@$(MAKE) --no-print-directory sanitize
	@$(MAKE) --no-print-directory same-bytes

layers: ## the order of the floors, by grep
	@sh tests/layers.sh

format: ## lay out every source file
	@clang-format -i $(SOURCES)

format-check:
	@clang-format --dry-run --Werror $(SOURCES) && echo "format: as .clang-format says"

lint: ## static analysis: clang-tidy and cppcheck
	@printf '%s\n' $(LIBRARY) $(CLI) | xargs -P $(JOBS) -n 4 sh -c \
	  'clang-tidy --quiet "$$@" -- -std=c11 -I. -D_GNU_SOURCE -DPORTSIM_VERSION=\"\" 2>/dev/null' tidy
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	  --error-exitcode=1 --suppressions-list=tests/cppcheck.txt -I. sim models
	@echo "lint: nothing found"

sanitize: ## every test under AddressSanitizer and UndefinedBehaviorSanitizer, growing by one
	@$(MAKE) --no-print-directory -j$(JOBS) run-tests BUILD=$(BUILD)/sanitize OPT=-O1 \
	  EXTRA="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DSIM_TINY_GROWTH" \
	  QUICK=1

# Where address space is laid out by chance more widely than clang 14 expects, the layout has to
# be fixed.
FIXED = $(shell setarch -R true 2>/dev/null && echo setarch -R)

tsan: ## what runs on threads, and whole sweeps, under ThreadSanitizer (clang)
	@$(FIXED) $(MAKE) --no-print-directory -j$(JOBS) run-tests BUILD=$(BUILD)/tsan CC=clang OPT=-O1 \
	  EXTRA=-fsanitize=thread QUICK=1 TEST_BIN="$(BUILD)/tsan/tests/test_workers"
	@$(FIXED) sh tests/tsan.sh $(BUILD)/tsan

same-bytes: ## one scenario, gcc and clang, -O0 and -O2: the same bytes
	@sh tests/same_bytes.sh $(BUILD)

bench: packages-test ## speed and memory, as ratios in one run
	@$(MAKE) --no-print-directory -j$(JOBS) run-bench

.PHONY: run-bench
run-bench: $(BENCH_BIN)
	@for b in $(BENCH_BIN); do $$b || exit 1; done

golden: portsim ## rewrite tests/golden; the commit says why
	@sh tests/golden.sh --write

lessons: $(BUILD)/portsim ## rewrite what the lessons show, docs/lessons; the commit says why
	@PORTSIM=$(BUILD)/portsim python3 -B tests/lessons.py --write docs/lessons/[0-9]*.md

LAW_TESTS := $(patsubst %.c,$(BUILD)/%,$(shell grep -l '"tests/laws.h"' $(TESTS)))

library: $(BUILD)/portsim ## rewrite scenarios/README.md and its pictures from runs (minutes)
	python3 scenarios/library.py $(BUILD)/portsim $(BUILD)/library

laws: packages-test ## rewrite docs/KERNEL_LAWS.md from what the conformance tests report
	@$(MAKE) --no-print-directory -j$(JOBS) run-tests TEST_BIN="$(LAW_TESTS)"
	@sh tests/laws.sh $(LAW_ROWS) >docs/KERNEL_LAWS.md

# What the last run of the tests said against the committed page.
.PHONY: laws-check
laws-check:
	@sh tests/laws.sh $(LAW_ROWS) | diff docs/KERNEL_LAWS.md - && echo "laws: as the tests say" || \
	  { echo "laws: docs/KERNEL_LAWS.md is not what the tests say; see make laws" >&2; exit 1; }

install: portsim ## copy program, scenarios and plots under PREFIX
	install -D -m 755 portsim $(DESTDIR)$(PREFIX)/bin/portsim
	install -d $(DESTDIR)$(PREFIX)/share/portsim/scenarios/allocator-suite $(DESTDIR)$(PREFIX)/share/portsim/plots
	install -m 644 $(wildcard scenarios/*.json scenarios/*.csv) $(DESTDIR)$(PREFIX)/share/portsim/scenarios
	install -m 644 $(wildcard scenarios/allocator-suite/*) $(DESTDIR)$(PREFIX)/share/portsim/scenarios/allocator-suite
	install -m 644 $(wildcard plots/*) $(DESTDIR)$(PREFIX)/share/portsim/plots

clean: ## remove what was built
	rm -rf $(BUILD) portsim

packages:
	@sh .ci/packages $(PACKAGES)

packages-test:
	@sh .ci/packages $(PACKAGES_TEST)

packages-check:
	@sh .ci/packages $(PACKAGES_CHECK)

packages-mpi:
	@sh .ci/packages $(PACKAGES_MPI)

packages-browser:
	@sh .ci/packages $(PACKAGES_BROWSER)

packages-kernel:
	@sh .ci/packages $(PACKAGES_KERNEL)
