#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154
# Why a path is tracked, who asks what of it, which line decides, and what
# would change the verdict.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc/pam.d" "$ROOT/etc/systemd/system/a.service.d" \
	    "$ROOT/usr/lib/systemd/system" "$ROOT/srv" "$ROOT/opt" \
	    "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	printf '@include common\nauth required pam_deny.so\n' \
	    > "$ROOT/etc/pam.d/imap"
	printf '# shared\nauth sufficient pam_sss.so use_first_pass\n' \
	    > "$ROOT/etc/pam.d/common"
	printf '[Service]\nExecStart=/bin/a\n' \
	    > "$ROOT/usr/lib/systemd/system/a.service"
	printf '[Service]\nNice=5\n' \
	    > "$ROOT/etc/systemd/system/a.service.d/nice.conf"
	printf '[m]\nport=993\n' > "$ROOT/srv/mail.conf"
	chmod 0644 "$ROOT/srv/mail.conf"
	SPEC=$BATS_TEST_TMPDIR/specs/mail.yaml
	cat > "$SPEC" <<-'END'
	spec: mail
	track: /srv/extra/**
	ignore: /etc/**/*.cache
	rules:
	  - id: service
	    path: /etc/pam.d/imap
	    why: Without it nobody logs in.
	    severity: critical
	    on-drift: restore
	    on-change: flag
	    require: present
	    pam:
	      - auth: {module: pam_sss.so, control: sufficient}
	      - auth: {module: pam_permit.so, state: absent}
	  - id: conf
	    path: /srv/mail.conf
	    why: The port is known to the firewall.
	    as: ini
	    keys:
	      m.port: 993
	      m.host: {absent: true}
	    mode: "<=0644"
	  - id: unit
	    unit: a.service
	    why: It must not starve the others.
	    keys: {Service.Nice: 5}
	  - id: "off"
	    path: /srv/mail.conf
	    why: It was wanted once.
	    disable: true
	END
	cat > "$BATS_TEST_TMPDIR/specs/other.yaml" <<-'END'
	spec: other
	applies: {os: plan9}
	rules:
	  - {id: one, path: /srv/mail.conf, why: a}
	  - {id: two, path: /srv/*, why: b}
	END
	e init
	[ "$status" -eq 0 ]
}

e() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# text OUTPUT…: the output has these lines, one after the other.
lines() {
	[[ $'\n'$output$'\n' == *$'\n'"$1"$'\n'* ]] || {
		echo "not in the output:"
		echo "$1"
		return 1
	}
}

@test "a path: who tracks it, and each demand with the line that decides" {
	e explain /srv/mail.conf
	[ "$status" -eq 0 ]
	lines "  baseline  has the same
  tracked   /srv/mail.conf (rule mail/conf)

mail/conf
  The port is known to the firewall."
	says "warning, on-drift: flag, on-change: note"
	lines "  holds     the mode is 0644, which grants no more than 0644"
	lines "  holds     [m] port is '993', expected '993' [/srv/mail.conf:2] (asked in line
            20)"
	lines "  holds     [m] host is not set, expected nothing (asked in line 21)"
	lines "Not in force here
  mail/off: disabled [take 'disable: true' out]
  other/one, two: the spec does not apply here, as the system is none of these:
  plan9"
}

@test "what fails is told with the line, the demand and a remedy" {
	printf '[m]\n\nport=25\n' > "$ROOT/srv/mail.conf"
	chmod 0666 "$ROOT/srv/mail.conf"
	e explain /srv/mail.conf
	[ "$status" -eq 1 ]
	lines "  FAILS     [m] port is '25', expected '993' [/srv/mail.conf:3]"
	says "keys, asked in" "mail.yaml:20"
	says "-> driftctl --root" "restore /srv/mail.conf"
	says "has another: content, mode"
	says "-> driftctl --root" "accept /srv/mail.conf"
	says "FAILS     the mode is 0666, which grants 0022 more than 0644"
}

@test "what cannot be told is exit 2" {
	echo "[m" > "$ROOT/srv/mail.conf"
	e explain /srv/mail.conf
	[ "$status" -eq 2 ]
	lines "  unknown   '[' without its ']' on the same line [/srv/mail.conf:1]"
}

@test "a service's file: what PAM asks in the end, and where that stands" {
	e explain /etc/pam.d/imap
	[ "$status" -eq 0 ]
	lines "What PAM does for the service imap
  auth
    sufficient pam_sss.so use_first_pass [/etc/pam.d/common:2]
    required pam_deny.so [/etc/pam.d/imap:2]
  account
    nothing is asked"
	lines "  holds     auth calls pam_sss.so as 'sufficient' [/etc/pam.d/common:2] (asked
            in line 13)"
	lines "  holds     auth does not call pam_permit.so (asked in line 14)"
	# The file that is included bears on it, though no rule names it.
	e explain /etc/pam.d/common
	says "mail/service"
	says "/etc/pam.d/imap: auth calls pam_sss.so as 'sufficient'"
	echo "@include nowhere" > "$ROOT/etc/pam.d/imap"
	e explain /etc/pam.d/imap
	[ "$status" -eq 2 ]
	echo "auth include imap" > "$ROOT/etc/pam.d/imap"
	e explain /etc/pam.d/imap
	says "cannot be told: "
}

@test "what is missing is explained, and what PAM asks in its place" {
	rm "$ROOT/etc/pam.d/imap"
	echo "auth required pam_warn.so" > "$ROOT/etc/pam.d/other"
	e explain /etc/pam.d/imap
	[ "$status" -eq 1 ]
	lines "  now       is not there
  baseline  has it [mail/service: on-change: flag]"
	lines "    required pam_warn.so [/etc/pam.d/other:1]"
	lines "  FAILS     is missing"
	says "restore --rule mail/service"
}

@test "a unit: its fragment, drop-ins, links and presets" {
	mkdir -p "$ROOT/etc/systemd/system/multi-user.target.wants" \
	    "$ROOT/usr/lib/systemd/system-preset"
	ln -s /usr/lib/systemd/system/a.service \
	    "$ROOT/etc/systemd/system/multi-user.target.wants/a.service"
	ln -s a.service "$ROOT/usr/lib/systemd/system/b.service"
	echo "disable a.service" \
	    > "$ROOT/usr/lib/systemd/system-preset/90-x.preset"
	for path in /usr/lib/systemd/system/a.service \
	    /etc/systemd/system/a.service.d/nice.conf; do
		e explain "$path"
		[ "$status" -eq 0 ]
		lines "The unit a.service as systemd puts it together"
		lines "  fragment  /usr/lib/systemd/system/a.service
  drop-in   /etc/systemd/system/a.service.d/nice.conf
  enabled   /etc/systemd/system/multi-user.target.wants/a.service"
		says "[Service] Nice is '5', expected '5' [/etc/systemd/system/a.service.d/nice.conf:2]" ||
		    says "[/etc/systemd/system/a.service.d/nice.conf:2]"
	done
	ln -s /dev/null "$ROOT/etc/systemd/system/a.service"
	rm "$ROOT/etc/systemd/system/multi-user.target.wants/a.service"
	e explain /etc/systemd/system/a.service
	lines "  masked by /etc/systemd/system/a.service"
	lines "  enabled   no"
}

@test "a rule and a finding are explained by name" {
	e explain mail/conf
	[ "$status" -eq 0 ]
	lines "  holds     /srv/mail.conf: the mode is 0644, which grants no more than 0644"
	e explain conf
	[ "$status" -eq 0 ]
	chmod 0666 "$ROOT/srv/mail.conf"
	echo "[m]" > "$ROOT/srv/mail.conf"
	e --format json check
	id=$(sed -n 's/.*"id": "\(mail.conf:.*#mode\)".*/\1/p' <<< "$output")
	e explain "$id"
	[ "$status" -eq 1 ]
	says "FAILS     the mode is 0666"
	says_not "is not set"
	e explain "change:/srv/mail.conf"
	[ "$status" -eq 1 ]
	says "has another: content, mode"
	e explain mail/off
	[ "$status" -eq 0 ]
	says "mail/off: disabled"
}

@test "why a path is not tracked" {
	touch "$ROOT/opt/x" "$ROOT/etc/x.cache" "$ROOT/etc/x.swp"
	e explain /opt/x
	[ "$status" -eq 0 ]
	lines "  untracked no pattern names it [add it to 'track' of driftctl.yaml or of a
            spec]

no rule in force is about it"
	e explain /etc/x.cache
	lines "  ignored   /etc/**/*.cache (spec mail)"
	e explain /etc/x.swp
	lines "  ignored   *.swp (built in)"
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/srv/extra"
	echo "track: [/opt/*]" > "$ROOT/etc/driftctl/driftctl.yaml"
	e explain /opt/x
	lines "  tracked   /opt/* (driftctl.yaml)"
	touch "$ROOT/srv/extra/y"
	e explain /srv/extra/y
	lines "  tracked   /srv/extra/** (spec mail)"
	lines "  baseline  does not have it"
}

@test "a path leads where its symlinks lead" {
	ln -s srv "$ROOT/data"
	e explain /data/mail.conf
	lines "  really    /srv/mail.conf"
	says mail/conf
}

@test "what is secret is not shown" {
	sed -i 's/    as: ini/    secret: true\n    as: ini/' "$SPEC"
	e explain /srv/mail.conf
	says "[m] port is (hidden), expected (hidden)"
	says_not 993
}

@test "a path in layers: what is read of them, and what is not" {
	mkdir -p "$ROOT/usr/lib/app" "$ROOT/etc/app.conf.d" \
	    "$ROOT/usr/etc/app.conf.d"
	cat > "$BATS_TEST_TMPDIR/specs/app.yaml" <<-'END'
	spec: app
	rules:
	  - id: conf
	    path: /etc/app.conf
	    why: It is found as the program finds it.
	    layers: etc
	    as: ini
	    keys: {a.b: 1}
	END
	printf '[a]\nb=0\n' > "$ROOT/usr/etc/app.conf"
	printf '[a]\nb=1\n' > "$ROOT/etc/app.conf.d/10.conf"
	e explain /usr/etc/app.conf
	[ "$status" -eq 0 ]
	lines "What takes effect of /etc/app.conf
  read      /usr/etc/app.conf
  then      /etc/app.conf.d/10.conf"
	says "[a] b is '1', expected '1' [/etc/app.conf.d/10.conf:2]"
	cp "$ROOT/usr/etc/app.conf" "$ROOT/etc/app.conf"
	e explain /usr/etc/app.conf
	lines "  read      /etc/app.conf
  then      /etc/app.conf.d/10.conf
  not read  /usr/etc/app.conf"
	rm "$ROOT/etc/app.conf"
	ln -s /dev/null "$ROOT/etc/app.conf"
	e explain /etc/app.conf
	lines "  masked by /etc/app.conf"
	rm "$ROOT/etc/app.conf" "$ROOT/usr/etc/app.conf" \
	    "$ROOT/etc/app.conf.d/10.conf"
	e explain /etc/app.conf
	lines "  read      nothing: it is in no layer"
}

@test "a checker of the running system is not asked of another root" {
	cat > "$BATS_TEST_TMPDIR/specs/app.yaml" <<-'END'
	spec: app
	rules:
	  - id: says
	    path: /srv/mail.conf
	    why: The service reads it.
	    command: {run: [/bin/true]}
	END
	e explain /srv/mail.conf
	[ "$status" -eq 0 ]
	lines "  unasked   its checker would speak for the running system, not for this root"
}

@test "explain wants one thing that there is" {
	e explain
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: explain: say what [a path, a rule as SPEC/RULE, or the id of a finding]" ]
	e explain /a /b
	[ "$stderr" = "driftctl: /b: one path or rule at a time" ]
	e explain /srv/nope
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: /srv/nope: is not there, the baseline does not have it, and no rule in force is about it" ]
	e explain mail/cnf
	[ "$stderr" = "driftctl: mail/cnf: no such rule (did you mean 'mail/conf'?) [write a path as /etc/... or ./...]" ]
	e explain mail
	[ "$stderr" = "driftctl: mail: is a spec, not a rule [see 'driftctl spec show mail']" ]
	e explain xyzzy
	[ "$stderr" = "driftctl: xyzzy: no such rule [see 'driftctl spec show SPEC'; write a path as /etc/... or ./...]" ]
	rm -r "$STORE"
	e explain /srv/mail.conf
	[ "$status" -eq 2 ]
	[[ $stderr == *"there is no store [run 'driftctl init' first]" ]]
}
