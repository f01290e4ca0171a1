#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154
# Specs tested without a machine: what a case can say, what comes of it, and
# what is said of a mistake in it.

load ../lib.sh

setup() {
	scratch
	umask 022
	CASES=$BATS_TEST_TMPDIR/cases
	SPECS=$BATS_TEST_TMPDIR/specs
	mkdir "$CASES" "$SPECS"
	cat > "$SPECS/mail.yaml" <<-'END'
	spec: mail
	applies: {any: [{package: dovecot}, {os: gentoo}, {path: /usr/sbin/imapd}]}
	vars: {name: imap}
	rules:
	  - id: service
	    path: /etc/pam.d/${name}
	    why: Without it nobody logs in.
	    require: present
	    owner: root
	    mode: "<=0644"
	    lines: {forbid: [pam_permit]}
	  - id: keys
	    path: /etc/mail.conf
	    why: The port is known to the firewall.
	    as: ini
	    keys: {m.port: 993}
	  - id: queue
	    path: /var/queue/*
	    why: Mail does not lie around.
	    age: {at-most: 7d}
	  - id: kept
	    path: /etc/kept
	    why: Nobody edits it.
	    content: baseline
	  - id: meta
	    path: /srv/x
	    why: All there is to know of a file.
	    group: mail
	    acl: {includes: ["user:1001:r--"]}
	    xattr: [user.a=b]
	    capabilities: [cap_net_raw+ep]
	    flags: [immutable]
	END
}

# case_is NAME: the case on standard input.
case_is() {
	cat > "$CASES/$1.yaml"
}

t() {
	d --specs "$SPECS" spec test "$@"
}

# A case whose files are on standard input and nothing else is said.
files_are() {
	{
		printf 'test: a sentence\nspec: mail\npackages: [dovecot]\n'
		cat
	} | case_is x
	t "$CASES/x.yaml"
}

# mistake LINE:COL TEXT: the case on standard input has this one.
mistake() {
	case_is x
	t "$CASES/x.yaml"
	[ "$status" -eq 2 ]
	[[ $stderr == *"x.yaml:$1: $2"* ]]
	says "0 of 1 case passes, 1 could not be read"
}

@test "a case passes where all that is expected comes, and nothing else" {
	case_is good <<-'END'
	test: the service lets everybody in
	spec: mail
	packages: [dovecot]
	files:
	  /etc/pam.d/imap: |
	    auth required pam_deny.so
	    auth sufficient pam_permit.so
	finds:
	  - {rule: service, path: /etc/pam.d/imap, line: 2, says: 'pam_permit.*must not', demand: lines.forbid}
	END
	t "$CASES/good.yaml"
	[ "$status" -eq 0 ]
	[ "$output" = "1 of 1 case passes" ]
	[ -z "$stderr" ]
	t -v "$CASES"
	says "holds $CASES/good.yaml:1: the service lets everybody in [3 of 4 demands hold]"
	t -q "$CASES"
	[ -z "$output" ]
}

@test "what did not come is told, and what came beside it" {
	case_is bad <<-'END'
	test: two things at once
	spec: mail
	packages: [dovecot]
	files:
	  /etc/pam.d/imap: {text: "auth pam_permit.so\n", mode: "0666"}
	  /etc/mail.conf: "["
	finds:
	  - {rule: service, path: /etc/pam.d/imap, line: 7, says: deny, demand: lines.forbid}
	  - {rule: keys, verdict: fails}
	END
	t "$CASES/bad.yaml"
	[ "$status" -eq 1 ]
	[ "$output" = "FAILS $CASES/bad.yaml:1: two things at once
  expected, and did not come:
    service does not hold of /etc/pam.d/imap:7 [lines.forbid]
        saying /deny/
        expected at line 8 of the case
    keys does not hold
        expected at line 9 of the case
  came, and was not expected:
    service does not hold of /etc/pam.d/imap [mode]
        the mode is 0666, which grants 0022 more than 0644
    service does not hold of /etc/pam.d/imap:1 [lines.forbid]
        the line 'auth pam_permit.so' must not be there
    keys cannot tell of /etc/mail.conf:1 [keys]
        '[' without its ']' on the same line
0 of 1 case passes" ]
}

@test "a vague finding does not take the place of an exact one" {
	case_is vague <<-'END'
	test: the exact one comes second
	spec: mail
	packages: [dovecot]
	files:
	  /etc/pam.d/imap: {text: pam_permit, mode: "0666"}
	finds:
	  - {rule: mail/service}
	  - {rule: mail/service, demand: mode}
	END
	t "$CASES"
	[ "$status" -eq 0 ]
}

@test "one expected finding stands for one that came" {
	files_are <<-'END'
	files: {/etc/pam.d/imap: {text: pam_permit, mode: "0666"}}
	finds: [{rule: service}]
	END
	[ "$status" -eq 1 ]
	says "came, and was not expected"
}

@test "what cannot be told is expected as such" {
	files_are <<-'END'
	files:
	  /etc/pam.d/imap: {text: "", unreadable: true}
	  /etc/mail.conf: {directory: true}
	  /var/queue: {directory: true, unreadable: true}
	finds:
	  - {rule: service, path: /etc/pam.d/imap, verdict: unknown, says: Permission denied}
	  - {rule: keys, verdict: unknown, says: is a directory}
	END
	[ "$status" -eq 0 ]
}

@test "applies is judged by the packages, paths and system of the case" {
	case_is a <<-'END'
	test: nothing of it is installed
	spec: mail
	applies: false
	END
	case_is b <<-'END'
	test: another system
	spec: mail
	os: gentoo 2.15
	finds: [{rule: service, says: is missing}]
	END
	case_is c <<-'END'
	test: a program
	spec: mail
	files: {/usr/lib/os-release: "ID='gentoo'\n"}
	finds: [{rule: service}]
	END
	t "$CASES"
	[ "$status" -eq 0 ]
	[ "$output" = "3 of 3 cases pass" ]
	case_is a <<-'END'
	test: a
	spec: mail
	END
	case_is b <<-'END'
	test: b
	spec: mail
	packages: dovecot
	applies: false
	END
	t "$CASES/a.yaml" "$CASES/b.yaml"
	[ "$status" -eq 1 ]
	says "the spec does not apply, and should: none of these packages is installed: dovecot; "
	says "the spec applies, and should not: package dovecot is installed"
}

@test "a root has what git keeps of it, and a case lays its own over it" {
	mkdir -p "$CASES/roots/a/etc/pam.d" "$CASES/roots/b/etc" \
	    "$CASES/roots/a/usr/sbin"
	echo "spec: not a case" > "$CASES/roots/a/etc/x.yaml"
	echo pam_permit > "$CASES/roots/a/etc/pam.d/imap"
	chmod 0600 "$CASES/roots/a/etc/pam.d/imap"
	printf '[m]\nport=1\n' > "$CASES/roots/a/etc/mail.conf"
	printf '[m]\nport=993\n' > "$CASES/roots/b/etc/mail.conf"
	touch "$CASES/roots/a/usr/sbin/imapd"
	case_is over <<-'END'
	test: roots over each other
	spec: mail
	root: [roots/a, roots/b]
	finds:
	  - {rule: service, demand: lines.forbid}
	END
	t "$CASES"
	[ "$status" -eq 0 ]
	[ "$output" = "1 of 1 case passes" ]
	case_is over <<-'END'
	test: metadata over what the root has
	spec: mail
	root: roots/a
	files:
	  /etc/pam.d/imap: {mode: "0664", owner: mail}
	  /etc/mail.conf: absent
	finds:
	  - {rule: service, demand: lines.forbid}
	  - {rule: service, demand: mode}
	  - {rule: service, demand: owner}
	END
	t "$CASES"
	[ "$status" -eq 0 ]
	case_is over <<-'END'
	test: a folder goes with all in it
	spec: mail
	root: roots/a
	files:
	  /etc/pam.d: absent
	  /etc/mail.conf: {link: mail2.conf}
	  /etc/mail2.conf: "[m]\nport=993\n"
	finds: [{rule: service, says: is missing}]
	END
	t "$CASES"
	[ "$status" -eq 0 ]
}

@test "a path leads where the symlinks of the case lead" {
	files_are <<-'END'
	files:
	  /usr/etc/pam.d/imap: pam_permit
	  /etc/pam.d: {link: ../usr/etc/pam.d}
	finds: [{rule: service, demand: lines.forbid, path: /usr/etc/pam.d/imap}]
	END
	[ "$status" -eq 0 ]
}

@test "time stands still, and ages count from it" {
	files_are <<-'END'
	files:
	  /etc/pam.d/imap: ""
	  /var/queue/new: ""
	  /var/queue/old: {text: "", age: 8d}
	finds: [{rule: queue, path: /var/queue/old}]
	END
	[ "$status" -eq 0 ]
}

@test "the baseline is the root with its own files laid over" {
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /etc/kept: new}
	finds: [{rule: kept, verdict: unknown}]
	END
	[ "$status" -eq 0 ]
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /etc/kept: new}
	baseline: {/etc/kept: old}
	finds: [{rule: kept, says: not that of the baseline}]
	END
	[ "$status" -eq 0 ]
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /etc/kept: new}
	baseline: {/etc/kept: {text: new, mode: "0600"}}
	END
	[ "$status" -eq 0 ]
}

@test "the baseline has content, too" {
	cat >> "$SPECS/mail.yaml" <<-'END'
	  - id: xml
	    path: /etc/x.xml
	    why: The same in other words is the same.
	    content: {baseline: canonical}
	END
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /etc/x.xml: "<a><b/></a>"}
	baseline: {/etc/x.xml: "<a>\n  <b/>\n</a>"}
	END
	[ "$status" -eq 0 ]
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /etc/x.xml: "<a><c/></a>"}
	baseline: {/etc/x.xml: "<a>\n  <b/>\n</a>"}
	finds: [{rule: xml, demand: content.baseline}]
	END
	[ "$status" -eq 0 ]
}

@test "all metadata that a rule can ask for can be said" {
	printf x > "$CASES/bytes"
	files_are <<-'END'
	files:
	  /etc/pam.d/imap: ""
	  /etc/group: "mail:x:12:\n"
	  /srv/x:
	    copy: bytes
	    group: 12
	    acl: u::rw-,u:1001:r--,g::r--,m::r--,o::---
	    default-acl: u::rwx,g::r--,o::---
	    xattr: [user.a=b]
	    capabilities: cap_net_raw+ep
	    flags: i
	END
	[ "$status" -eq 0 ]
	files_are <<-'END'
	files: {/etc/pam.d/imap: "", /srv/x: ""}
	finds:
	  - {rule: meta, demand: group}
	  - {rule: meta, demand: acl}
	  - {rule: meta, demand: xattr}
	  - {rule: meta, demand: capabilities}
	  - {rule: meta, demand: flags}
	END
	[ "$status" -eq 0 ]
	files_are <<-'END'
	files:
	  /etc/pam.d/imap: ""
	  /etc/mail.conf: {type: fifo, mode: "0600"}
	finds: [{rule: keys, verdict: unknown, says: is a fifo}]
	END
	[ "$status" -eq 0 ]
}

@test "a case gives the spec its variables" {
	files_are <<-'END'
	vars: {name: [imap, smtp]}
	files: {/etc/pam.d/imap: ""}
	finds: [{rule: service, path: /etc/pam.d/smtp}]
	END
	[ "$status" -eq 0 ]
}

@test "without arguments the cases beside the specs are run" {
	t
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: spec test: say which cases [a file, or a folder of them]" ]
	mkdir -p "$SPECS/tests/mail"
	printf 'test: a\nspec: mail\napplies: false\n' \
	    > "$SPECS/tests/mail/a.yaml"
	t
	[ "$status" -eq 0 ]
	[ "$output" = "1 of 1 case passes" ]
}

@test "the specs that ship are those of the checkout" {
	printf 'test: a\nspec: spamd\napplies: false\n' > "$CASES/a.yaml"
	d spec test "$CASES"
	[ "$status" -eq 0 ]
}

@test "JSON has all that the text has" {
	needs python3
	case_is bad <<-'END'
	test: one too much and one too few
	spec: mail
	packages: [dovecot]
	finds: [{rule: keys, path: /etc/mail.conf}]
	END
	d --specs "$SPECS" --format json spec test "$CASES"
	[ "$status" -eq 1 ]
	python3 - "$output" <<-'END'
	import json, sys
	j = json.loads(sys.argv[1])
	c, = j["cases"]
	assert (j["passed"], j["failed"], j["unread"]) == (0, 1, 0)
	assert c["test"] == "one too much and one too few" and not c["passes"]
	assert c["missing"][0]["rule"] == "keys"
	assert c["unexpected"][0]["what"] == "is missing"
	END
}

@test "folders and files that are not there are named" {
	t "$CASES"
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: $CASES: there are no cases in it [they end in .yaml]" ]
	t "$CASES/nowhere"
	[ "$stderr" = "driftctl: $CASES/nowhere: cannot look at it: No such file or directory" ]
	d --specs "$CASES/nowhere" spec test "$CASES"
	[ "$stderr" = "driftctl: $CASES/nowhere: cannot open the folder of specs: No such file or directory" ]
}

@test "a spec with a mistake is told of, and no case of it passes" {
	echo "    sverity: x" >> "$SPECS/mail.yaml"
	printf 'test: a\nspec: mail\napplies: false\n' > "$CASES/a.yaml"
	t "$CASES"
	[ "$status" -eq 2 ]
	[[ $stderr == *"mail.yaml:"*"unknown key 'sverity' (did you mean 'severity'?)"* ]]
}

@test "each mistake in a case is told where it stands" {
	mistake 1:1 "unknown key 'tset' (did you mean 'test'?)" <<< 'tset: a'
	mistake 1:1 "the case does not say what it tests [begin it with 'test: ...', a sentence]" \
	    <<< 'spec: mail'
	mistake 1:1 "the case names no spec [add 'spec: NAME']" <<< 'test: a'
	mistake 1:1 "a case is a mapping [begin it with 'test: ...']" <<< '[a]'
	also() {
		mistake "$1" "$2" <<-END
		test: a
		os: gentoo
		spec: ${4-mail}
		$3
		END
	}
	also 3:7 "there is no spec 'mial' (did you mean 'mail'?)" "" mial
	also 3:7 "there is no spec 'x' [see 'driftctl spec list']" "" x
	also 3:7 "'spec' has no value" "" '""'
	also 4:9 "the spec 'mail' has no rule 'sevice' (did you mean 'service'?)" \
	    "finds: [{rule: sevice}]"
	also 4:9 "the spec 'mail' has no rule 'x' [see 'driftctl spec show mail']" \
	    "finds: [{rule: x}]"
	also 4:9 "the spec 'mail' has no rule 'post/service'" \
	    "finds: [{rule: post/service}]"
	also 4:9 "a finding of no rule [add 'rule: ID']" \
	    "finds: [{path: x}]"
	also 4:7 "'finds' has no value [it takes a list]" "finds:"
	also 4:9 "each item of 'finds' is a mapping, not a text" "finds: [x]"
	also 5:9 "a spec that does not apply finds nothing [take 'finds' or 'applies: false' out]" \
	    $'applies: false\nfinds: [{rule: x}]'
	also 4:25 "'line' takes a whole number up to 100000000, not '-1'" \
	    "finds: [{rule: x, line: -1}]"
	also 4:28 "'verdict' cannot be 'fail' (did you mean 'fails'?)" \
	    "finds: [{rule: x, verdict: fail}]"
	also 4:25 "the expression '(' is wrong at byte 2: missing closing parenthesis" \
	    "finds: [{rule: x, says: (}]"
	also 4:7 "cannot look at the root '$CASES/nope': No such file or directory" \
	    "root: nope"
	also 4:7 "'root' has no value" "root: ~"
	also 4:10 "'packages' has no value" "packages:"
	also 4:15 "'packages' has no value" "packages: [a, ~]"
	also 4:11 "'x' has no value" "vars: {x: }"
	touch "$CASES/file"
	also 4:7 "the root '$CASES/file' is no folder" "root: file"
	also 4:11 "an answer to nothing [add 'run: [PROGRAM, ARGUMENT, ...]']" \
	    "answers: [{exit: 1}]"
	also 4:18 "'exit' takes a whole number up to 255, not '256'" \
	    "answers: [{exit: 256, run: x}]"
}

@test "each mistake in the files of a case is told where it stands" {
	in_files() {
		mistake "3:$1" "$2" <<-END
		test: a
		spec: mail
		files: {$3}
		END
	}
	in_files 9 "'etc' is no absolute path [begin it with '/']" "etc: x"
	in_files 9 "'/a' has more than one content [keep one of 'text', 'copy' and 'link']" \
	    "/a: {text: x, link: y}"
	in_files 9 "'/a' is a directory and has no content [take 'text' or 'copy' out]" \
	    "/a: {text: x, type: directory}"
	in_files 9 "'/a' is a symlink to nowhere [write {link: TARGET}]" \
	    "/a: {type: symlink}"
	in_files 9 "'/a' is not in the root [say what it is: text, copy, link or directory]" \
	    "/a: {mode: 0644}"
	in_files 16 "'/a' is a file: nothing lies below it" "/a: x, /a/b: y"
	in_files 20 "'mode' is no mode: '0844' [write octal digits as \"0644\"]" \
	    "/a: {mode: 0844}"
	in_files 9 "'$CASES/nope': cannot open: No such file or directory" \
	    "/a: {copy: nope}"
	in_files 19 "'x' is no ACL with numbers [write it as getfacl(1) does with -n, commas between: u::rw-,u:1001:r--,g::r--,m::r--,o::---]" \
	    "/a: {acl: x}"
	in_files 21 "'!' are no flags [letters of chattr(1)]" "/a: {flags: '!'}"
	in_files 28 "'x' is no capability [write it as getcap(8) does: cap_net_raw+ep]" \
	    "/a: {capabilities: x}"
	in_files 19 "'age' takes a duration, not '3m' [a number and s, min, h, d or w, as in 7d]" \
	    "/a: {age: 3m}"
	in_files 20 "'text' takes a text, not a list" "/a: {text: [x]}"
	in_files 13 "'/a' takes a text or a mapping, not a list" "/a: [x]"
}

@test "an answer that no rule asks for is a mistake" {
	cat > "$SPECS/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - id: taken
	    path: /etc/mail.conf
	    why: Mail stops.
	    command: {run: [mailconf, -n]}
	END
	cat > "$CASES/x.yaml" <<-'END'
	test: it is refused
	spec: mail
	files: {/etc/mail.conf: "a\n"}
	answers: [{run: [mailconf], exit: 1}]
	END
	status=0
	output=$("$DRIFTCTL" --specs "$SPECS" spec test "$CASES/x.yaml" 2>&1) ||
		status=$?
	[ "$status" -eq 2 ]
	says "x.yaml:4:11: no rule of 'mail' runs 'mailconf' like this" \
	    "[see 'driftctl spec show mail']"
	sed -i 's/run: \[mailconf\]/run: [mailconf, -n]/' "$CASES/x.yaml"
	echo 'finds: [{rule: taken, says: "ended with 1 and said nothing"}]' \
	    >> "$CASES/x.yaml"
	"$DRIFTCTL" --specs "$SPECS" spec test "$CASES/x.yaml"
}

@test "what is closed hides from a case what it hides from a check" {
	needs_root
	needs setpriv
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	mkdir -p "$ROOT/etc/open.d" "$ROOT/etc/closed.d"
	ln -s closed.d "$ROOT/etc/way"
	echo > "$ROOT/etc/open.d/a.conf"
	echo > "$ROOT/etc/closed.file"
	cat > "$SPECS/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - {id: wild, path: "/etc/*.d/b.conf", why: w, require: present}
	  - {id: gone, path: "/etc/*.d/b.conf", why: w, require: absent}
	  - {id: below, path: "/etc/closed.d/**", why: w, require: present}
	  - {id: linked, path: "/etc/way/x", why: w, require: present}
	  - {id: links, path: "/etc/way/*", why: w, require: absent}
	  - {id: seen, path: "/etc/open.d/*.x", why: w, require: present}
	  - {id: file, path: "/etc/closed.file/*", why: w, require: absent}
	  - {id: itself, path: "/etc/closed.*", why: w, require: present,
	     lines: {forbid: [x]}}
	  - {id: few, path: "/etc/*.d/*", why: w, count: {at-least: 2}}
	  - {id: layered, path: /etc/x.conf, layers: etc, why: w,
	     require: present}
	END
	chmod -R a+rX "$SPECS" "$ROOT"
	chmod 0700 "$ROOT/etc/closed.d" "$ROOT/etc/closed.file"
	d --specs "$SPECS" init
	# What root saw there counts no more.
	touch -d '1 hour ago' "$ROOT/etc/closed.d" "$ROOT/etc/closed.file"
	chown -R 65534:65534 "$STORE"
	status=0
	output=$(setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SPECS" \
	    --format json check 2> "$BATS_TEST_TMPDIR/stderr") || status=$?
	cat "$BATS_TEST_TMPDIR/stderr"
	[ "$status" -eq 2 ]
	{
		printf '%s\n' 'test: as live' 'spec: mail' 'files:' \
		    '  /etc/open.d/a.conf: ""' \
		    '  /etc/way: {link: closed.d}' \
		    '  /etc/closed.d: {directory: true, unreadable: true}' \
		    '  /etc/closed.file: {text: "", unreadable: true}' finds:
		python3 -c 'import json, sys
for f in json.load(sys.stdin)["findings"]:
    if "rule" in f and f["kind"] != "change":
        v = "unknown" if f["kind"] == "unknown" else "fails"
        print("  - {rule: %s, path: \"%s\", verdict: %s}" %
              (f["rule"], f["path"], v))' <<< "$output"
	} | tee "$CASES/live.yaml"
	[ "$(grep -c 'verdict: unknown' "$CASES/live.yaml")" -ge 5 ]
	grep -q 'rule: seen.*verdict: fails' "$CASES/live.yaml"
	t "$CASES"
	[ "$status" -eq 0 ]
	[ "$output" = "1 of 1 case passes" ]
}
