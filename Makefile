# SPDX-License-Identifier: MIT
# make            build/driftctl
# make run        set up, build, and play the main job on this machine
# make test       set up, build, and run every test
# make test-long  the same with long fuzzing and the slow sweeps
# make bench      how fast it is, beside other programs, as ratios
# make fuzz       fuzzers in build-fuzz/fuzz/
# make install    PREFIX, DESTDIR and more, see packaging/install.mk
# make deb, rpm   packages in build/packages-out
# SAN=1 builds with AddressSanitizer and UBSan in a folder of its own.

PREFIX ?= /usr/local
DATADIR = $(PREFIX)/share/driftctl
LIBEXECDIR = $(PREFIX)/libexec/driftctl
MANDIR = $(PREFIX)/share/man
LOCALEDIR = $(PREFIX)/share/locale
VERSION := $(shell cat VERSION)

CC ?= cc
CFLAGS ?= $(if $(SAN),-O1,-O2) -g
BUILD ?= build$(if $(SAN),-san)
PKGS = libgit2 yaml-0.1 libxml-2.0 libarchive libacl libpcre2-8 libsodium \
	libdeflate libcrypto augeas libcryptsetup
OUR_CFLAGS = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. \
	-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wno-format-nonliteral \
	-Wno-missing-field-initializers \
	-fstack-protector-strong -fPIE -pthread -MMD -MP \
	-DVERSION='"$(VERSION)"' -DDATADIR='"$(DATADIR)"' \
	-DLIBEXECDIR='"$(LIBEXECDIR)"' -DBINDIR='"$(PREFIX)/bin"' \
	-DLOCALEDIR='"$(LOCALEDIR)"' \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
OUR_LDFLAGS = -pie -pthread -Wl,--as-needed -Wl,-z,relro,-z,now
# libcryptsetup is opened when it is needed (specs/lukshead.c).
LIBS = $(shell pkg-config --libs $(filter-out libcryptsetup,$(PKGS)) \
	2>/dev/null) -ldl
ifdef SAN
OUR_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
OUR_LDFLAGS += -fsanitize=address,undefined
endif
ifdef LIBFUZZER
OUR_CFLAGS += -fsanitize=fuzzer-no-link
endif
ifneq ($(CI)$(SAN),)
OUR_CFLAGS += -Werror
endif

# The front is linked with libc alone (see agent/front/front.c), what other
# programs are made of is in folders of their own; everything else is the full
# program that the front starts when there is work.
OTHERS = agent/front/% agent/rpm/% agent/notify/%
FULL_SRC := $(filter-out $(OTHERS),$(wildcard base/*.c specs/*.c \
	specs/views/*.c snapshots/*.c agent/*.c agent/*/*.c))
FRONT_SRC := $(wildcard agent/front/*.c)
RPM_SRC := $(wildcard agent/rpm/*.c)
NOTIFY_SRC := $(wildcard agent/notify/*.c)
MAIN_SRC := agent/main.c $(wildcard agent/cmd_*.c)
LIB_SRC := $(filter-out $(MAIN_SRC),$(FULL_SRC))
MAN := $(wildcard doc/*.[158])
# Beside the program, as it looks for them there (agent/language.c).
MO := $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/driftctl.mo,\
	$(wildcard po/*.po))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,\
	$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,\
	$(wildcard tests/fuzz/fuzz_*.c))
TIDY := $(patsubst %.c,$(BUILD)/tidy/%.ok,$(FULL_SRC) $(FRONT_SRC) $(RPM_SRC) \
	$(NOTIFY_SRC))

.PHONY: all schema run test test-long check bench layers lint fuzz rpm-plugin \
	install-rpm-plugin clean units units-built fuzzers tidy pam \
	pot attribution always
.SECONDARY:
# The first is what a person calls, the others are started by it.
PROGRAMS = driftctl driftctl-full driftctl-rpm driftctl-notify
all: $(PROGRAMS:%=$(BUILD)/%) $(MO)

$(BUILD)/locale/%/LC_MESSAGES/driftctl.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check --output-file=$@ $<

# The texts of the sources anew, for translators; a test compares.
pot:
	@sh po/pot.sh > po/driftctl.pot.new
	@mv po/driftctl.pot.new po/driftctl.pot
	@for po in po/*.po; do msgmerge --quiet --update --backup=none \
		--no-fuzzy-matching --add-location=file $$po po/driftctl.pot || \
		exit 1; done

# Other flags (another PREFIX, say) make other objects.
$(BUILD)/flags: export FLAGS_NOW = $(CC) $(OUR_CFLAGS) $(CFLAGS)
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_NOW" | cmp -s - $@ || \
		printf '%s\n' "$$FLAGS_NOW" > $@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/libdriftctl.a: $(call obj,$(LIB_SRC))
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/driftctl: $(call obj,$(FRONT_SRC)) $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(BUILD)/driftctl-full: $(call obj,$(MAIN_SRC)) $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# librpm is in nobody's way here (see agent/pkg/rpmdb.h).
$(BUILD)/driftctl-rpm: $(call obj,$(RPM_SRC)) $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ \
		$(shell pkg-config --libs rpm 2>/dev/null)

# The same of libcurl.
$(BUILD)/driftctl-notify: $(call obj,$(NOTIFY_SRC)) $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ \
		$(shell pkg-config --libs libcurl 2>/dev/null)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libdriftctl.a
	@mkdir -p $(@D)
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Without libFuzzer a main that only feeds files to the target.
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o \
    $(if $(LIBFUZZER),,$(BUILD)/obj/tests/fuzz/replay.o) \
    $(BUILD)/libdriftctl.a
	@mkdir -p $(@D)
	$(CC) $(OUR_LDFLAGS) $(if $(LIBFUZZER),-fsanitize=fuzzer) $(CFLAGS) \
		$(LDFLAGS) -o $@ $^ $(LIBS)

# What libpam makes of generated stacks, beside what specs/ makes of them;
# -rdynamic, so that its own syslog and audit_open stand before the others.
$(BUILD)/pam/compare: $(patsubst %,$(BUILD)/obj/tests/pam/%.o,compare world) \
    $(BUILD)/libdriftctl.a
	@mkdir -p $(@D)
	$(CC) $(OUR_LDFLAGS) -rdynamic $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) \
		-lpam

$(BUILD)/pam/probe.so: tests/pam/probe.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(CFLAGS) -fPIC -shared -o $@ $< -ldl

# rpm's own plugin: its header is public from 4.20 on. RPM_PLUGINS: rpm's
# %{__plugindir}, where `make install-rpm-plugin` puts it.
RPM_PLUGINS ?= $(shell rpm --eval '%{__plugindir}')
$(BUILD)/rpm-plugin/driftctl.so: packaging/rpm-plugin/driftctl.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion \
		-DPROGRAM='"$(PREFIX)/bin/driftctl"' $(CFLAGS) -fPIC -shared \
		$(LDFLAGS) -o $@ $<

rpm-plugin: $(BUILD)/rpm-plugin/driftctl.so

install-rpm-plugin: rpm-plugin
	install -d $(DESTDIR)$(RPM_PLUGINS) $(DESTDIR)/usr/lib/rpm/macros.d
	install $(BUILD)/rpm-plugin/driftctl.so $(DESTDIR)$(RPM_PLUGINS)
	install -m 644 packaging/rpm-plugin/macros.transaction_driftctl \
		$(DESTDIR)/usr/lib/rpm/macros.d

# What packages did, of two roots; driftctl-rpm is found beside it.
$(BUILD)/attribution: $(BUILD)/obj/tests/pm/attribution.o \
    $(BUILD)/libdriftctl.a $(BUILD)/driftctl-rpm
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) \
		$(LIBS)

attribution: $(BUILD)/attribution

pam: $(BUILD)/pam/compare $(BUILD)/pam/probe.so

units-built: $(TESTS)

units: units-built
	@for t in $(TESTS); do $$t || exit 1; done

fuzzers: $(FUZZERS)

fuzz:
	$(MAKE) CC=clang SAN=1 LIBFUZZER=1 BUILD=build-fuzz fuzzers

# A source is looked at again when it or a header of its has changed.
$(BUILD)/tidy/%.ok: %.c $(BUILD)/obj/%.o .clang-tidy
	@mkdir -p $(@D) && rm -f $@
	clang-tidy --quiet $< -- $(OUR_CFLAGS) 2> /dev/null
	@touch $@

tidy: $(TIDY)

# The language as its tables have it, for editors; a test compares.
schema: all
	LC_ALL=C $(BUILD)/driftctl spec schema > doc/driftctl-specs.schema.json

layers: all
	@BUILD=$(BUILD) sh tests/layers.sh

lint:
	@bash tests/run.sh lint

run:
	@sh packaging/setup.sh build
	@$(MAKE) --no-print-directory all
	@DRIFTCTL=$(BUILD)/driftctl sh packaging/run-demo.sh

check test:
	@sh packaging/setup.sh test
	@MAKE=$(MAKE) bash tests/run.sh

test-long:
	@sh packaging/setup.sh test
	@MAKE=$(MAKE) bash tests/run.sh long

bench:
	@sh packaging/setup.sh bench
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) sh tests/bench/bench.sh

include packaging/install.mk

clean:
	rm -rf build build-san build-fuzz build-clang

-include $(shell find $(BUILD)/obj -name '*.d' -type f 2>/dev/null)
