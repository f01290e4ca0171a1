# SPDX-License-Identifier: MIT
# make install          everything below DESTDIR, hooks of the package managers
#                       that are on this machine included
# make uninstall        the same away; settings and the store stay
# make install-hooks    HOOKS: which, whether their package manager is here or not
# make dist, deb, rpm   a tarball of what is committed, packages made of that
# Nothing that is installed knows of DESTDIR.

SYSCONFDIR ?= /etc
# As systemd.pc has it below /usr; elsewhere systemd looks there, too.
UNITDIR ?= $(or $(if $(filter /usr,$(PREFIX)),$(shell pkg-config \
	--variable=systemdsystemunitdir systemd 2>/dev/null)),\
	$(PREFIX)/lib/systemd/system)
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
DOCDIR ?= $(PREFIX)/share/doc/driftctl
LICENSEDIR ?= $(DOCDIR)
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

.PHONY: install install-programs install-data install-man install-settings \
	install-hooks install-shims install-units enable-units uninstall \
	dist deb rpm

# put MODE,FILES,FOLDER
put = @$(if $(strip $(2)),install -d $(DESTDIR)$(3) && \
	install -m $(1) $(2) $(DESTDIR)$(3),:)

install: install-programs install-data install-man install-settings \
    install-shims install-units install-hooks

install-programs: all
	$(call put,755,$(BUILD)/driftctl,$(PREFIX)/bin)
	$(call put,755,$(patsubst %,$(BUILD)/%,$(filter-out driftctl,\
	    $(PROGRAMS))),$(LIBEXECDIR))

# Lists are patterns: what comes to a folder comes along.
install-data: $(MO)
	$(call put,644,$(wildcard specs/catalog/*.yaml),$(DATADIR)/specs)
	$(call put,644,$(wildcard doc/*.schema.json),$(DATADIR))
	$(call put,644,$(wildcard packaging/journal/*.catalog),$(CATALOGDIR))
	$(call put,644,README.md,$(DOCDIR))
	$(call put,644,LICENSE,$(LICENSEDIR))
	$(call put,644,packaging/completions/driftctl,$(BASHDIR))
	$(call put,644,packaging/completions/_driftctl,$(ZSHDIR))
	$(call put,644,packaging/completions/driftctl.fish,$(FISHDIR))
	@for mo in $(MO:$(BUILD)/locale/%=%); do \
		install -D -m 644 $(BUILD)/locale/$$mo \
		    $(DESTDIR)$(LOCALEDIR)/$$mo || exit 1; \
	done

install-man:
	$(call put,644,$(wildcard doc/*.1),$(MANDIR)/man1)
	$(call put,644,$(wildcard doc/*.5),$(MANDIR)/man5)
	$(call put,644,$(wildcard doc/*.8),$(MANDIR)/man8)

# Somebody's own settings stay.
install-settings:
	@install -d -m 755 $(DESTDIR)$(SYSCONFDIR)/driftctl \
	    $(DESTDIR)$(SYSCONFDIR)/driftctl/specs
	@[ -e $(DESTDIR)$(SYSCONFDIR)/driftctl/driftctl.yaml ] || \
	    install -m 644 packaging/driftctl.yaml \
	    $(DESTDIR)$(SYSCONFDIR)/driftctl

# What hooks are installed from, and compared with by `driftctl doctor`.
SHIMS = $(wildcard packaging/hooks/* packaging/cron/*)
# Nothing of these runs before it is enabled.
install-shims: TO = $(DESTDIR)$(DATADIR)/hooks
install-shims: FILES = $(SHIMS)
install-units: TO = $(DESTDIR)$(UNITDIR)
install-units: FILES = $(wildcard packaging/systemd/*)
install-shims install-units:
	@install -d $(TO)
	@for file in $(FILES); do \
		sed 's|@BINDIR@|$(PREFIX)/bin|g' $$file > $(TO)/$${file##*/} && \
		case $$(head -n 1 $$file) in '#!'*) mode=755 ;; *) mode=644 ;; \
		esac && chmod $$mode $(TO)/$${file##*/} || exit 1; \
	done

# Where each package manager looks for what it is to call. "systemd" enables
# the units, which a plain `make install` leaves to somebody.
HOOKS ?= zypp apt dpkg dnf4 dnf5 pacman cron systemd
HERE = $(foreach hook,zypp=zypper apt=apt-get dpkg=dpkg dnf4=dnf-3 dnf5=dnf5 \
	pacman=pacman,$(if $(shell command -v $(lastword $(subst =, ,$(hook)))),\
	$(firstword $(subst =, ,$(hook)))))
install: HOOKS = cron $(HERE)
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
install-hooks:
	@set -- $(foreach h,$(HOOKS),$(HOOK_$(h))); \
	while [ $$# -gt 0 ]; do \
		install -d "$(DESTDIR)$$(dirname "$$3")" && \
		sed 's|@BINDIR@|$(PREFIX)/bin|g' "packaging/hooks/$$2" \
		    > "$(DESTDIR)$$3" && chmod $$1 "$(DESTDIR)$$3" || exit 1; \
		shift 3; \
	done
	@$(if $(filter systemd,$(HOOKS)),$(MAKE) -s enable-units)

# As `systemctl enable` does it, also where none is.
WANTS = $(DESTDIR)/etc/systemd/system
enable-units: install-units
	@install -d $(WANTS)/multi-user.target.wants $(WANTS)/timers.target.wants
	@ln -sf $(UNITDIR)/driftctl-boot.service $(WANTS)/multi-user.target.wants
	@ln -sf $(UNITDIR)/driftctl-report.timer $(WANTS)/timers.target.wants


# What another installation would put there goes, then the folders that are
# nobody else's. Who edited settings has them kept.
uninstall:
	@staged=$$(mktemp -d) && trap 'rm -rf "$$staged"' EXIT && \
	$(MAKE) -s install DESTDIR="$$staged" && cd "$$staged" && \
	find . ! -type d ! -path '.$(SYSCONFDIR)/driftctl/*' | \
	while IFS= read -r file; do rm -f "$(DESTDIR)/$$file" || exit 1; done
	@for dir in $(DATADIR)/specs $(DATADIR)/hooks $(DATADIR) $(LIBEXECDIR) \
	    $(DOCDIR) $(LICENSEDIR) $(SYSCONFDIR)/driftctl/specs; do \
		[ ! -d "$(DESTDIR)$$dir" ] || rmdir --ignore-fail-on-non-empty \
		    "$(DESTDIR)$$dir" || exit 1; \
	done

# Packages are made of what is committed, as others would make them of the
# tarball. OUT: where they come to be.
OUT ?= build/packages-out
NAME = driftctl-$(VERSION)
TARBALL = $(OUT)/$(NAME).tar.gz
COMMIT ?= HEAD
dist:
	@mkdir -p $(OUT)
	@git archive --format=tar --prefix=$(NAME)/ $(COMMIT) | \
	    gzip -9n > $(TARBALL).$$$$ && mv $(TARBALL).$$$$ $(TARBALL)
	@echo $(TARBALL)

DEBBUILD ?= -us -uc
deb: dist
	@rm -rf $(OUT)/deb && mkdir -p $(OUT)/deb
	@tar xf $(TARBALL) -C $(OUT)/deb
	@cp -r $(OUT)/deb/$(NAME)/packaging/debian $(OUT)/deb/$(NAME)/debian
	cd $(OUT)/deb/$(NAME) && env -u MAKEFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	    dpkg-buildpackage -b $(DEBBUILD)

RPMBUILD ?= -bb
rpm: dist
	@mkdir -p $(OUT)/rpm/SOURCES
	@cp $(TARBALL) $(OUT)/rpm/SOURCES
	env -u MAKEFLAGS -u MAKELEVEL -u MAKEOVERRIDES rpmbuild $(RPMBUILD) \
	    --define "_topdir $(abspath $(OUT))/rpm" packaging/rpm/driftctl.spec
