#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
# What services' own checkers say, on the running system: with an /etc and a
# /usr/local/sbin of the test's own, in mounts that only it sees.

load ../lib.sh

setup() {
	scratch
	needs_root
	skip_unless "mounts of its own are not to be had" unshare -m true
	BOX=$BATS_TEST_TMPDIR
	AS=()
	mkdir -p "$BOX/etc" "$BOX/sbin" "$BOX/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$BOX/etc/passwd"
	echo "root:x:0:" > "$BOX/etc/group"
	echo "port = 25" > "$BOX/etc/fake.conf"
}

# fake SCRIPT: the checker that the rules of these tests run.
fake() {
	printf '#!/bin/bash\n%s\n' "$1" > "$BOX/sbin/fakeconf.new"
	chmod 755 "$BOX/sbin/fakeconf.new"
	mv "$BOX/sbin/fakeconf.new" "$BOX/sbin/fakeconf"
}

# rule MORE…: about /etc/fake.conf, with these keys of `command`.
rule() {
	cat > "$BOX/specs/t.yaml" <<-END
	spec: t
	rules:
	  - id: fake
	    path: /etc/fake.conf
	    why: mail stays away
	    command: {run: [fakeconf, -n]${1:+, $1}}
	END
}

# driftctl where / has the test's own /etc; sets what d does.
live() {
	local err=$BOX/stderr

	status=0
	output=$(unshare -m sh -c 'mount --make-rprivate / &&
	    mount --bind "$1/etc" /etc &&
	    mount --bind "$1/sbin" /usr/local/sbin && shift && exec "$@"' \
	    sh "$BOX" "${AS[@]}" "$DRIFTCTL" --specs "$BOX/specs" \
	    --store "$STORE" --no-color "$@" 2> "$err" < /dev/null) ||
		status=$?
	stderr=$(cat "$err")
	printf '$ driftctl %s\n%s\n%s\n[exit %s]\n' "$*" "$output" "$stderr" \
	    "$status"
}

@test "a new version that refuses the kept configuration is told at once" {
	cp "$TOP/specs/catalog/services-accept-their-config.yaml" "$BOX/specs"
	mkdir -p "$BOX/etc/dovecot/conf.d"
	echo '!include conf.d/*.conf' > "$BOX/etc/dovecot/dovecot.conf"
	printf '# where\n\nmail_location = maildir:~/Maildir\n' \
	    > "$BOX/etc/dovecot/conf.d/10-mail.conf"
	printf '#!/bin/sh\necho "# 2.3.21 (47349e2482)"\n' \
	    > "$BOX/sbin/doveconf"
	chmod 755 "$BOX/sbin/doveconf"
	[ ! -e /usr/bin/doveconf ] || skip "dovecot itself is installed"
	live init
	live check
	[ "$status" -eq 0 ]
	says "1 service's own checker answered, when it was last asked on 2"
	live check
	[ "$status" -eq 0 ]
	# As 2.4 has it.
	cat > "$BOX/sbin/doveconf" <<-'END'
	#!/bin/bash
	n=0
	while read -r key _; do
		n=$((n + 1))
		[ "$key" != mail_location ] || {
			echo "doveconf: Fatal: Error in configuration file" \
			    "/etc/dovecot/conf.d/10-mail.conf line $n:" \
			    "Unknown setting: mail_location" >&2
			exit 89
		}
	done < /etc/dovecot/conf.d/10-mail.conf
	END
	live check
	[ "$status" -eq 1 ]
	says critical "/etc/dovecot/conf.d/10-mail.conf:3:" \
	    "'doveconf -n' ended with 89" "Unknown setting: mail_location" \
	    "(asked 2" "[services-accept-their-config/dovecot]"
	live --format json check
	[[ $output == *'"line": 3'* && $output == *'"asked": '* ]]
	# Nothing that is put back would help: none is offered.
	says_not "restore"
	echo "mail_driver = maildir" > "$BOX/etc/dovecot/conf.d/10-mail.conf"
	live check
	[ "$status" -eq 0 ]
	says_not "Unknown setting"
}

@test "a good answer is remembered for the bytes it depends on" {
	# What it says depends on a file that the rule does not name.
	fake 'exit $(cat /usr/local/sbin/state)'
	echo 0 > "$BOX/sbin/state"
	rule "reads: [/etc/fake.conf, /etc/fake.d/*]"
	mkdir "$BOX/etc/fake.d"
	live init
	live check
	[ "$status" -eq 0 ]
	[ "$(stat -c %a "$STORE/asked")" = 700 ]
	echo 1 > "$BOX/sbin/state"
	echo hello > "$BOX/etc/motd"
	live check
	[ "$status" -eq 0 ]
	# Each of these asks anew: a file read, and the program itself.
	echo 25 > "$BOX/etc/fake.d/port"
	live check
	[ "$status" -eq 1 ]
	echo 0 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
	echo 1 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
	fake 'exit $(cat /usr/local/sbin/state) # new'
	live check
	[ "$status" -eq 1 ]
	# What was kept may be damaged.
	echo 0 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
	echo 1 > "$BOX/sbin/state"
	for f in "$STORE"/asked/*; do printf 'drftaskdrubbish' > "$f"; done
	echo again > "$BOX/etc/motd"
	live check
	[ "$status" -eq 1 ]
}

@test "a file that is read through a symlink is one the answer depends on" {
	fake 'exit $(cat /usr/local/sbin/state)'
	echo 0 > "$BOX/sbin/state"
	rule "reads: [/etc/fake.conf, /etc/fake.d/*]"
	mkdir "$BOX/etc/fake.d"
	echo 25 > "$BOX/sbin/port"
	ln -s /usr/local/sbin/port "$BOX/etc/fake.port"
	ln -s ../fake.port "$BOX/etc/fake.d/port"
	live init
	live check
	[ "$status" -eq 0 ]
	echo 1 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
	# Nobody tracks it.
	echo 2525 > "$BOX/sbin/port"
	live check
	[ "$status" -eq 1 ]
	echo 0 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
	echo 1 > "$BOX/sbin/state"
	rm "$BOX/sbin/port"
	live check
	[ "$status" -eq 1 ]
}

@test "without 'reads' each check that thinks asks" {
	fake 'exit $(cat /usr/local/sbin/state)'
	echo 0 > "$BOX/sbin/state"
	rule
	live init
	live check
	[ "$status" -eq 0 ]
	[ ! -e "$STORE/asked" ]
	echo 1 > "$BOX/sbin/state"
	echo hello > "$BOX/etc/motd"
	live check
	[ "$status" -eq 1 ]
	# A refusal is asked again, though nothing changed that is known of.
	echo 0 > "$BOX/sbin/state"
	live check
	[ "$status" -eq 0 ]
}

@test "time and words are bounded, and what is left behind ends" {
	rule "timeout: 1s"
	fake 'trap "" TERM; sleep 4713 & sleep 4713'
	live init
	live check
	[ "$status" -eq 2 ]
	says unknown /etc/fake.conf "'fakeconf' gave no answer in 1 s"
	not pgrep -f '[s]leep 4713'
	fake 'yes'
	rule
	live check
	[ "$status" -eq 2 ]
	says unknown "'fakeconf' printed more than 1048576 bytes"
	SECONDS=0
	fake 'setsid sh -c "trap \"\" HUP TERM; sleep 4714" & exit 3'
	live check
	[ "$status" -eq 1 ]
	says "'fakeconf -n' ended with 3 and said nothing"
	[ "$SECONDS" -lt 8 ]
	not pgrep -f '[s]leep 4714'
	fake 'kill -9 $$'
	live check
	says "'fakeconf -n' ended with 137 (signal 9?) and said nothing"
}

@test "no network is reached and nothing is written" {
	needs python3
	python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(60)' > "$BOX/port" 3>&- &
	local server=$!
	while [ ! -s "$BOX/port" ]; do sleep 0.1; done
	# It is there for everybody else.
	(exec 4<> "/dev/tcp/127.0.0.1/$(cat "$BOX/port")")
	fake "(exec 4<> /dev/tcp/127.0.0.1/$(cat "$BOX/port")) 2> /dev/null &&
	    echo 'reached it'
	for f in /etc/x /usr/local/sbin/x /var/x /root/x; do
		(: > \$f) 2> /dev/null && echo \"wrote \$f\"
	done
	: > /tmp/x && : > /var/tmp/x && : > /run/fake/x || echo 'no scratch'
	echo fine"
	rule "stdout: '^fine\$', scratch: [/run/fake]"
	live init
	live check
	kill "$server"
	[ "$status" -eq 0 ]
	[ ! -e "$BOX/etc/x" ] && [ ! -e "$BOX/sbin/x" ] && [ ! -e /run/fake ]
	# What it misses for that is no fault of the configuration.
	fake 'touch /etc/fake.lock'
	rule
	live check
	[ "$status" -eq 2 ]
	says unknown "'fakeconf -n' wants to write, which a check lets nobody" \
	    "Read-only file system" "[name the folder under 'scratch']"
	fake 'echo "mx.example.org: Name or service not known" >&2; exit 1'
	live check
	[ "$status" -eq 2 ]
	says unknown "wants the network, which a check lets nobody reach"
}

@test "it runs as the user that is named, with nothing of ours" {
	fake 'id -un; env | sort; readlink /proc/self/fd/0; ls /proc/self/fd |
	    wc -l'
	cat /etc/passwd > "$BOX/etc/passwd"
	cat /etc/group > "$BOX/etc/group"
	rule "user: nobody, stdout: '^nobody\\nHOME=/\\nLC_ALL=C.UTF-8\\nPATH=[a-z/:]+\\nPWD=/\\n(SHLVL=.\\n)?_=.*\\n/dev/null\\n4\\n\$'"
	live init
	FOO=bar live check
	[ "$status" -eq 0 ]
	# A service without its user is not installed.
	fake 'exit 1'
	rule "user: nobody-at-all"
	live check
	[ "$status" -eq 0 ]
}

@test "only root's programs and root's specs are run" {
	fake 'exit 0'
	rule
	live init
	chmod 775 "$BOX/sbin/fakeconf"
	live check
	[ "$status" -eq 2 ]
	says unknown "'/usr/local/sbin/fakeconf' is not run: others than" \
	    "root can change '/usr/local/sbin/fakeconf'" "chmod go-w]"
	chmod 755 "$BOX/sbin/fakeconf"
	chmod 777 "$BOX/sbin"
	live check
	[ "$status" -eq 2 ]
	says "root can change '/usr/local/sbin'"
	chmod 755 "$BOX/sbin"
	live check
	[ "$status" -eq 0 ]
	# Nor may others turn a symlink that leads to it.
	echo 'exit 1' >> "$BOX/sbin/fakeconf"
	mkdir "$BOX/etc/alternatives"
	mv "$BOX/sbin/fakeconf" "$BOX/etc/alternatives/strict"
	ln -s /etc/alternatives/fake "$BOX/sbin/fakeconf"
	ln -s /bin/true "$BOX/etc/alternatives/fake"
	live check
	[ "$status" -eq 0 ]
	chown 65534 "$BOX/etc/alternatives"
	live check
	[ "$status" -eq 2 ]
	says unknown "is not run" "root can change '/etc/alternatives'"
	chown 0 "$BOX/etc/alternatives"
	chown -h 65534 "$BOX/sbin/fakeconf"
	live check
	[ "$status" -eq 2 ]
	says unknown "root can change '/usr/local/sbin/fakeconf'"
	rm "$BOX/sbin/fakeconf"
	fake 'exit 0'
	# Another user has specs of his own.
	needs setpriv
	HIS=$(mktemp -d)
	mkdir "$HIS/etc" "$HIS/specs"
	cp -R "$BOX/etc" "$BOX/sbin" "$BOX/specs" "$HIS"
	chmod -R go+rX "$HIS"
	chown -R 65534 "$HIS/specs" "$HIS"
	chown -R 0 "$HIS/sbin"
	BOX=$HIS STORE=$HIS/store
	AS=(setpriv --reuid 65534 --clear-groups env "HOME=$HIS")
	skip_unless "others cannot run the program" "${AS[@]}" "$DRIFTCTL" help
	live init
	live check
	[ "$status" -eq 2 ]
	says unknown "'fakeconf' is not run: others than root can change the" \
	    "spec that asks for it [chown root and chmod go-w its files"
	# Root's spec in a folder of his may be another one at any time.
	chown -R 0 "$BOX/specs"
	live check
	[ "$status" -eq 2 ]
	says unknown "others than root can change the spec that asks for it"
	# Root's spec is fine, but nothing runs that cannot be shut off.
	chown 0 "$HIS"
	live check
	rm -r "$HIS"
	[ "$status" -eq 2 ]
	says unknown "'fakeconf' cannot be shut off from network and files, so" \
	    "it is not run [only root can"
}

@test "of another root nobody is asked, and that is said" {
	mkdir -p "$ROOT/etc"
	echo "port = 25" > "$ROOT/etc/fake.conf"
	rule
	d --specs "$BOX/specs" init
	d --specs "$BOX/specs" check
	[ "$status" -eq 0 ]
	says "clean: 0 rules of 1 spec hold"
	says "1 service's own checker was not asked: it would speak for the" \
	    "running system, not for $ROOT"
	d --specs "$BOX/specs" --format json check
	[[ $output == *'"not-asked": 1'* ]]
}

@test "a program is missed where the configuration must be there" {
	rule
	live init
	live check
	[ "$status" -eq 0 ]
	says_not "asked"
	sed -i 's/why: .*/&\n    require: present/' "$BOX/specs/t.yaml"
	live check
	[ "$status" -eq 1 ]
	says warning /etc/fake.conf "'fakeconf' is not installed"
	# It comes: nothing else need change for that to be seen.
	fake 'exit 0'
	live check
	[ "$status" -eq 0 ]
}

@test "secrets that a checker quotes are not shown" {
	fake 'echo "line 1: unknown password: hunter2" >&2; exit 1'
	rule
	sed -i 's/why: .*/&\n    secret: true/' "$BOX/specs/t.yaml"
	live init
	live check
	[ "$status" -eq 1 ]
	says "'fakeconf -n' ended with 1: (hidden)"
	[[ $output != *hunter2* ]]
	not grep -r hunter2 "$STORE"
}

@test "sshd and sudo answer for a configuration of their own" {
	local asked=0

	cp "$TOP/specs/catalog/services-accept-their-config.yaml" "$BOX/specs"
	cat /etc/passwd > "$BOX/etc/passwd"
	cat /etc/group > "$BOX/etc/group"
	if command -v visudo; then
		asked=$((asked + 1))
		echo "root ALL=(ALL) ALL" > "$BOX/etc/sudoers"
		chmod 440 "$BOX/etc/sudoers"
	fi
	if [ -x /usr/sbin/sshd ] && command -v ssh-keygen; then
		asked=$((asked + 1))
		mkdir -p "$BOX/etc/ssh"
		ssh-keygen -q -N '' -t ed25519 \
		    -f "$BOX/etc/ssh/ssh_host_ed25519_key"
		echo "PermitRootLogin no" > "$BOX/etc/ssh/sshd_config"
	fi
	skip_unless "neither sshd nor sudo is installed" test "$asked" -gt 0
	live init
	live check
	[ "$status" -eq 0 ]
	[[ $output == *"$asked service"* ]]
	for file in "$BOX/etc/sudoers" "$BOX/etc/ssh/sshd_config"; do
		[ ! -e "$file" ] || echo "Frobnicate (" >> "$file"
	done
	live check
	[ "$status" -eq 1 ]
	[ ! -e "$BOX/etc/ssh/sshd_config" ] ||
		says critical "/etc/ssh/sshd_config:2:" Frobnicate
	[ ! -e "$BOX/etc/sudoers" ] ||
		says critical "/etc/sudoers:2:" "'visudo -c' ended with 1"
}
