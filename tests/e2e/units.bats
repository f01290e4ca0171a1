#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rules on what a unit of systemd does, whichever of its files says so.
# shellcheck disable=SC2154

load ../lib.sh

setup() {
	scratch
	LIB=$ROOT/usr/lib/systemd/system
	ETC=$ROOT/etc/systemd/system
	mkdir -p "$LIB/mail.service.d" "$ETC/multi-user.target.wants" \
	    "$BATS_TEST_TMPDIR/specs"
	printf '[Service]\nExecStart=/usr/bin/mail\n' > "$LIB/mail.service"
	printf '[Service]\nExecStart=\nExecStart=/usr/bin/mail -s\n' \
	    > "$LIB/mail.service.d/10-safe.conf"
	ln -s /usr/lib/systemd/system/mail.service \
	    "$ETC/multi-user.target.wants/mail.service"
	cat > "$BATS_TEST_TMPDIR/specs/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - id: unit
	    unit: mail.service
	    why: Mail is handed out safely, after a boot too.
	    require: present
	    on-drift: restore
	    enabled: true
	    masked: false
	    keys:
	      Service.ExecStart: /usr/bin/mail -s
	      Service.ExecStartPre: {not-matches: '\bcurl\b'}
	END
	u init
	[ "$status" -eq 0 ]
	u check
	[ "$status" -eq 0 ]
}

u() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

@test "a removed drop-in is drift of the unit and comes back" {
	rm -r "$LIB/mail.service.d"
	u check
	[ "$status" -eq 1 ]
	says mail.service:2 "ExecStart is '/usr/bin/mail', expected"
	u restore --yes
	[ "$status" -eq 0 ]
	u check
	[ "$status" -eq 0 ]
}

@test "a drop-in that decides otherwise is named with its line, and restored" {
	printf '[Service]\nExecStart=\n\nExecStart=/bin/x\n' \
	    > "$LIB/mail.service.d/10-safe.conf"
	u check
	[ "$status" -eq 1 ]
	says /usr/lib/systemd/system/mail.service.d/10-safe.conf:4 /bin/x
	u restore --yes
	[ "$status" -eq 0 ]
	u check
	[ "$status" -eq 0 ]
}

@test "a new drop-in for all services is found and left to a person" {
	mkdir "$LIB/service.d"
	printf '[Service]\nExecStartPre=curl x\n' > "$LIB/service.d/5.conf"
	u check
	[ "$status" -eq 1 ]
	says /usr/lib/systemd/system/service.d/5.conf:2 curl
	u restore --yes
	[ "$status" -eq 1 ]
	[ -e "$LIB/service.d/5.conf" ]
}

@test "one file put back is judged together with the unit's others" {
	echo "[Unit]" > "$LIB/mail.service"
	u restore --yes /usr/lib/systemd/system/mail.service
	[ "$status" -eq 0 ]
	u check
	[ "$status" -eq 0 ]
}

@test "a removed unit comes back with its drop-ins" {
	before=$(picture)
	rm -r "$LIB"/mail.service*
	u check
	[ "$status" -eq 1 ]
	says "unit mail.service is missing"
	u restore --yes
	[ "$status" -eq 0 ]
	[ "$(picture)" = "$before" ]
}

@test "a unit that no link starts any more is enabled again" {
	rm "$ETC/multi-user.target.wants/mail.service"
	u check
	[ "$status" -eq 1 ]
	says "mail.service is not enabled"
	u restore --yes
	[ "$status" -eq 0 ]
	[ -L "$ETC/multi-user.target.wants/mail.service" ]
}

@test "a masked unit is drift" {
	ln -s /dev/null "$ETC/mail.service"
	u check
	[ "$status" -eq 1 ]
	says /etc/systemd/system/mail.service "masks mail.service"
}

@test "what is shown of a rule is the unit's name" {
	u spec show mail
	[ "$status" -eq 0 ]
	says "unit: mail.service"
	says_not "path:"
}
