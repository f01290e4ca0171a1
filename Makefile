# SPDX-License-Identifier: MIT
# make            build/driftctl
# make run        set up, build, and play the main job on this machine
# make test       set up, build, and run every test
# make test-long  the same with long fuzzing and the slow sweeps
# make bench      how fast it is, beside other programs, as ratios
# make fuzz       fuzzers in build-fuzz/fuzz/
# make install    PREFIX, DESTDIR
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

.PHONY: all schema run test test-long check bench layers lint fuzz install \
	install-hooks install-shims install-units enable-units rpm-plugin \
	install-rpm-plugin clean units units-built fuzzers tidy pam \
	pot attribution always
.SECONDARY:
all: $(BUILD)/driftctl $(BUILD)/driftctl-full $(BUILD)/driftctl-rpm \
	$(BUILD)/driftctl-notify $(MO)

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
$(BUILD)/pam/compare: $(BUILD)/obj/tests/pam/compare.o $(BUILD)/libdriftctl.a
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

install: all install-shims install-units
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR) \
		$(DESTDIR)$(DATADIR)/specs
	install $(BUILD)/driftctl $(DESTDIR)$(PREFIX)/bin/driftctl
	install $(BUILD)/driftctl-full $(DESTDIR)$(LIBEXECDIR)/driftctl-full
	install $(BUILD)/driftctl-rpm $(DESTDIR)$(LIBEXECDIR)/driftctl-rpm
	install $(BUILD)/driftctl-notify \
		$(DESTDIR)$(LIBEXECDIR)/driftctl-notify
	install -m 644 specs/catalog/*.yaml $(DESTDIR)$(DATADIR)/specs
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/catalog
	install -m 644 packaging/journal/driftctl.catalog \
		$(DESTDIR)$(PREFIX)/lib/systemd/catalog
	install -m 644 doc/notification.schema.json $(DESTDIR)$(DATADIR)
	install -m 644 doc/driftctl-specs.schema.json $(DESTDIR)$(DATADIR)
	@for mo in $(MO:$(BUILD)/locale/%=%); do \
		install -D -m 644 $(BUILD)/locale/$$mo \
		    $(DESTDIR)$(LOCALEDIR)/$$mo || exit 1; \
	done
	@for page in $(MAN); do \
		dir=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
		install -d $$dir && install -m 644 $$page $$dir || exit 1; \
	done

# What hooks are installed from, and compared with by `driftctl doctor`.
SHIMS = $(wildcard packaging/hooks/* packaging/cron/*)
# Nothing of these runs before it is enabled.
UNITDIR ?= $(PREFIX)/lib/systemd/system
install-shims: TO = $(DESTDIR)$(DATADIR)/hooks
install-shims: FILES = $(SHIMS)
install-units: TO = $(DESTDIR)$(UNITDIR)
install-units: FILES = $(wildcard packaging/systemd/*)
install-shims install-units:
	@install -d $(TO)
	@for file in $(FILES); do \
		sed 's|@BINDIR@|$(PREFIX)/bin|g' $$file > $(TO)/$${file##*/} && \
		chmod 644 $(TO)/$${file##*/} || exit 1; \
	done

# Where each package manager looks for what it is to call. HOOKS: which.
HOOKS ?= zypp apt dpkg dnf4 dnf5 pacman cron systemd
HOOK_zypp = 755 zypp-plugin /usr/lib/zypp/plugins/commit/driftctl
HOOK_apt = 644 apt.conf /etc/apt/apt.conf.d/00driftctl
HOOK_dpkg = 644 dpkg.cfg /etc/dpkg/dpkg.cfg.d/driftctl
PYTHON_SITE ?= /usr/lib/python3/dist-packages
HOOK_dnf4 = 644 dnf4.py $(PYTHON_SITE)/dnf-plugins/driftctl.py
HOOK_dnf5 = 644 dnf5.actions \
	/etc/dnf/libdnf5-plugins/actions.d/driftctl.actions
HOOK_pacman = 644 pacman-begin.hook \
	/usr/share/libalpm/hooks/00-driftctl-begin.hook \
	644 pacman-end.hook /usr/share/libalpm/hooks/zz-driftctl-end.hook
HOOK_cron = 644 ../cron/driftctl.cron /etc/cron.d/driftctl
install-hooks: $(if $(filter systemd,$(HOOKS)),enable-units)
	@set -- $(foreach h,$(HOOKS),$(HOOK_$(h))); \
	while [ $$# -gt 0 ]; do \
		install -d "$(DESTDIR)$$(dirname "$$3")" && \
		sed 's|@BINDIR@|$(PREFIX)/bin|g' "packaging/hooks/$$2" \
		    > "$(DESTDIR)$$3" && chmod $$1 "$(DESTDIR)$$3" || exit 1; \
		shift 3; \
	done

# As `systemctl enable` does it, also where none is.
WANTS = $(DESTDIR)/etc/systemd/system
enable-units: install-units
	@install -d $(WANTS)/multi-user.target.wants $(WANTS)/timers.target.wants
	@ln -sf $(UNITDIR)/driftctl-boot.service $(WANTS)/multi-user.target.wants
	@ln -sf $(UNITDIR)/driftctl-report.timer $(WANTS)/timers.target.wants

clean:
	rm -rf build build-san build-fuzz build-clang

-include $(shell find $(BUILD)/obj -name '*.d' -type f 2>/dev/null)
