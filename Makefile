# SPDX-License-Identifier: MIT
# make          build/driftctl
# make run      set up, build, and play the main job on this machine
# make test     set up, build, and run every test
# SAN=1 builds with AddressSanitizer and UBSan in a folder of its own.

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
LOCALSTATEDIR ?= /var
DATADIR = $(PREFIX)/share/driftctl
LIBEXECDIR = $(PREFIX)/libexec/driftctl
VERSION := $(shell cat VERSION)

CC ?= cc
CFLAGS ?= -O2 -g
BUILD ?= build$(if $(SAN),-san)
PKGS = libgit2 yaml-0.1 libxml-2.0 libarchive libacl libpcre2-8 libsodium \
	libdeflate libcrypto
OUR_CFLAGS = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. \
	-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wno-format-nonliteral \
	-fstack-protector-strong -fPIE -pthread -MMD -MP \
	-DVERSION='"$(VERSION)"' -DDATADIR='"$(DATADIR)"' \
	-DLIBEXECDIR='"$(LIBEXECDIR)"' \
	-DLOCALEDIR='"$(PREFIX)/share/locale"' \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
OUR_LDFLAGS = -pie -pthread -Wl,--as-needed -Wl,-z,relro,-z,now
LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)
ifdef SAN
OUR_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined
OUR_LDFLAGS += -fsanitize=address,undefined
endif
ifdef CI
OUR_CFLAGS += -Werror
endif

# The front is linked with libc alone (see agent/front/front.c); everything
# else is the full program that it starts when there is work.
FULL_SRC := $(wildcard base/*.c specs/*.c specs/views/*.c snapshots/*.c \
	agent/*.c)
FRONT_SRC := $(wildcard agent/front/*.c)
LIB_SRC := $(filter-out agent/main.c agent/cmd_%.c,$(FULL_SRC))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,\
	$(wildcard tests/unit/test_*.c))

.PHONY: all run test test-long check bench layers lint fuzz install clean \
	units deps
all: $(BUILD)/driftctl $(BUILD)/driftctl-full

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/libdriftctl.a: $(call obj,$(LIB_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/driftctl: $(call obj,$(FRONT_SRC)) $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(BUILD)/driftctl-full: $(call obj,agent/main.c $(wildcard agent/cmd_*.c)) \
    $(BUILD)/libdriftctl.a
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libdriftctl.a
	@mkdir -p $(@D)
	$(CC) $(OUR_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

units: $(TESTS)
	@for t in $(TESTS); do $$t || exit 1; done

layers:
	@sh tests/layers.sh

clean:
	rm -rf build build-san

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
