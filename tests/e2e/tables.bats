#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# Tables and XML on a machine: what their rows say, and what a new layout of
# the same text does not.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc/cron.d" "$ROOT/etc/libvirt/qemu" \
	    "$ROOT/etc/postfix" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

spec() {
	cat > "$BATS_TEST_TMPDIR/specs/t.yaml"
}

t() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

guest() {
	cat > "$ROOT/etc/libvirt/qemu/mail.xml"
}

guest_before() {
	guest <<-'END'
	<domain type='kvm'>
	  <name>mail</name>
	  <memory unit='KiB'>1048576</memory>
	</domain>
	END
}

guest_rewritten() {
	guest <<-'END'
	<!--
	WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
	OVERWRITTEN AND LOST.
	-->

	<domain type="kvm">
	    <name>mail</name>
	    <memory unit="KiB">1048576</memory>
	</domain>
	END
}

@test "a guest that is written anew but says the same is only noted" {
	spec <<-'END'
	spec: t
	rules:
	  - id: guests
	    path: /etc/libvirt/qemu/*.xml
	    why: another machine at its next start
	    severity: critical
	    on-change: restore
	    content: {baseline: canonical}
	END
	guest_before
	t init
	guest_rewritten
	t check
	[ "$status" -eq 0 ]
	says mail.xml "is written otherwise than in the baseline, but says" \
	    "the same"
	t diff
	says "written otherwise, but it says the same"
	says "+<!--"
	# Nothing to put back, not even where a rule restores what changed.
	t restore --yes
	[ "$status" -eq 0 ]
	grep -q AUTO-GENERATED "$ROOT/etc/libvirt/qemu/mail.xml"
	# The mode is no layout.
	chmod 0777 "$ROOT/etc/libvirt/qemu/mail.xml"
	t check
	[ "$status" -eq 1 ]
	says mail.xml mode
}

@test "a guest that says something else is flagged, whatever its layout" {
	spec <<-'END'
	spec: t
	rules:
	  - id: guests
	    path: /etc/libvirt/qemu/*.xml
	    why: another machine at its next start
	    content: {baseline: canonical}
	END
	guest_before
	t init
	guest_rewritten
	sed -i 's/1048576/2097152/' "$ROOT/etc/libvirt/qemu/mail.xml"
	t check
	[ "$status" -eq 1 ]
	says mail.xml "as XML it does not say what the baseline's does" \
	    "[t/guests]"
	t diff
	says_not "written otherwise"
	# What does not parse says nothing that could be the same.
	echo "<domain>" > "$ROOT/etc/libvirt/qemu/mail.xml"
	t check
	[ "$status" -eq 2 ]
	says mail.xml:2 "no well-formed XML"
}

@test "entries of cron and master.cf are asked by their fields" {
	spec <<-'END'
	spec: t
	rules:
	  - id: rules-are-fetched
	    path: /etc/cron.d/sa
	    why: rules grow old
	    on-drift: repair
	    keys: {MAILTO: root}
	    entries:
	      - where: {command: {matches: 'sa-update'}}
	        fields: {user: amavis, hour: {not-matches: '\*'}}
	  - id: submission
	    path: /etc/postfix/master.cf
	    why: passwords in the clear
	    entries:
	      - where: {service: submission, type: inet}
	        fields: {options: {includes: smtpd_tls_security_level=encrypt}}
	END
	printf 'MAILTO=""\n5 4 * * * amavis sa-update\n' > "$ROOT/etc/cron.d/sa"
	printf 'submission inet n - y - - smtpd\n -o %s\n -o { %s }\n' \
	    smtpd_sasl_auth_enable=yes 'smtpd_tls_security_level = encrypt' \
	    > "$ROOT/etc/postfix/master.cf"
	t init
	t check
	[ "$status" -eq 1 ]
	says /etc/cron.d/sa "MAILTO"
	t restore --yes
	[ "$(head -n 1 "$ROOT/etc/cron.d/sa")" = 'MAILTO="root"' ]
	t check
	[ "$status" -eq 0 ]
	sed -i 's/= encrypt/= may/' "$ROOT/etc/postfix/master.cf"
	sed -i 's/amavis/root/' "$ROOT/etc/cron.d/sa"
	t check
	[ "$status" -eq 1 ]
	says /etc/cron.d/sa:2 "the field user is 'root', expected 'amavis'"
	says /etc/postfix/master.cf:1 "the field options is"
	# cron would drop the file: nothing in it can be told.
	echo "5 24 * * * root true" >> "$ROOT/etc/cron.d/sa"
	t check
	[ "$status" -eq 2 ]
	says /etc/cron.d/sa:3 "bad hour '24'"
}

# What the distribution's own crontab says of a line, without a table of its
# user being touched.
@test "a crontab line that cron refuses is refused here, and no other" {
	local line takes ours

	echo "* * * * * true" > "$ROOT/tab"
	skip_unless "crontab has no -n to check a file with" \
	    crontab -n "$ROOT/tab"
	spec <<-'END'
	spec: t
	rules:
	  - {id: table, path: /tab, why: w, as: cron-user, content: {valid: true}}
	END
	t init
	while IFS= read -r line; do
		echo "$line" > "$ROOT/tab"
		takes=no
		! crontab -n "$ROOT/tab" > /dev/null 2>&1 || takes=yes
		ours=no
		t check > /dev/null
		[ "$status" -ne 0 ] || ours=yes
		# Taken, but not for what it says.
		[[ $output != *"Debian's cron reads less in it"* ]] || {
			[ $takes = yes ] && says bad "'$(cut -d ' ' -f 1 \
			    <<< "$line")': Debian's cron reads less in it" \
			    "than it says, others ignore this line"
			continue
		}
		[ $takes = $ours ] || {
			echo "crontab: $takes, driftctl: $ours: $line"
			return 1
		}
	done <<-'END'
	* * * * * true
	60 * * * * true
	*/5 0-23/2 1,15 jan-mar,12 0,7 true
	* 24 * * * true
	* * 0 * * true
	* * * 13 * true
	* * * * 8 true
	* * * mon * true
	0 0 * * monday true
	1x * * * * true
	5- * * * * true
	1,,2 * * * * true
	*/0 * * * * true
	@daily true
	@dayly true
	* * * * * * true
	* * * *
	A=b
	A = "b"
	A="b
	A="b" c
	5 4 * * * a % b
	5-1 * * * * true
	1-2-3 * * * * true
	*-5 * * * * true
	1-5-7/2 * * * * true
	1,5-1/2 * * * * true
	1-60-7 * * * * true
	1/2 * * * * true
	1-5/0 * * * * true
	1- * * * * true
	1,5-1, * * * * true
	1-2-3,x * * * * true
	# * * *
	END
}
