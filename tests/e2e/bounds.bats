#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# However large, deep or twisted what is read: an answer, in bounded time.
# shellcheck disable=SC2154

load ../lib.sh

setup() {
	scratch
	SPECS=$BATS_TEST_TMPDIR/specs
	mkdir -p "$SPECS" "$ROOT/etc/pam.d" "$ROOT/etc/libvirt/qemu"
	printf 'passwd: files\n' > "$ROOT/etc/nsswitch.conf"
}

# The rules of one spec, and the answer of init and check to them.
judge() {
	{
		printf 'spec: b\ntitle: b\nabout: b\nrules:\n'
		cat
	} > "$SPECS/b.yaml"
	b init
	b check
}

# A hang is a failure with a name; a machine under load is not.
b() {
	DRIFTCTL_LIMIT=120 d --specs "$SPECS" "$@"
	[ "$status" -lt 124 ]
}

@test "ten thousand rules are judged" {
	python3 - "$SPECS/b.yaml" <<-'END'
	import sys
	with open(sys.argv[1], "w") as f:
	    f.write("spec: b\ntitle: b\nabout: b\nrules:\n")
	    for i in range(10000):
	        f.write("  - {id: r%d, path: '/etc/f%d.conf', why: w, "
	            "lines: {require: ['^key%d = ']}}\n"
	            % (i, i % 100, i % 300))
	END
	for i in {0..99}; do
		seq -f 'key%g = x' 0 299 > "$ROOT/etc/f$i.conf"
	done
	b init
	[ "$status" -eq 0 ]
	b check
	[ "$status" -eq 0 ]
	says "clean: 10000 rules"
	sed -i 's/^key7 = .*//' "$ROOT/etc/f7.conf"
	b check
	[ "$status" -eq 1 ]
	says "b/r7]"
}

@test "a spec beyond the limit is refused with its size" {
	{
		printf 'spec: b\ntitle: b\nabout: |\n'
		yes '  more and more words of no use to anybody' |
		    head -c 5000000
	} > "$SPECS/b.yaml"
	b spec lint
	[ "$status" -eq 2 ]
	[[ $stderr == *"b.yaml: larger than the 4194304 bytes allowed"* ]]
}

@test "a file of 100 MB is recorded and said to be too large to judge" {
	truncate -s 100M "$ROOT/etc/big" "$ROOT/etc/libvirt/qemu/big.xml"
	judge <<-'END'
	  - {id: l, path: /etc/big, why: w, lines: {require: [x]}}
	  - {id: k, path: /etc/big, why: w, as: ini, keys: {a.b: c}}
	  - {id: x, path: /etc/libvirt/qemu/*, why: w, xpath: [{expr: /a, count: 1}]}
	  - {id: n, path: /etc/nsswitch.conf, why: w, mode: "0600"}
	END
	[ "$status" -eq 2 ]
	for rule in l k x; do
		says "larger than the 16 MiB whose content is judged [b/$rule]"
	done
	says "the mode is 0644" "[b/n]"
}

@test "deep and wide XML, and entities, are no way to take the machine" {
	python3 - "$ROOT/etc/libvirt/qemu" <<-'END'
	import sys
	def put(name, text):
	    open(sys.argv[1] + "/" + name, "w").write(text)
	put("deep.xml", "<a>" * 200000 + "</a>" * 200000)
	put("wide.xml", "<a>" + "<b x='1'/>" * 300000 + "</a>")
	put("tag.xml", "<a><!-- = -->\n<b" + "".join(
	    " c%d='1'" % i for i in range(40000)) + "/></a>")
	put("spaces.xml", "".join("<a " + " ".join("xmlns:n%d='u'" % (
	    i + d * 200) for i in range(200)) + ">" for d in range(200)) +
	    "<n0:b/>" * 300000 + "</a>" * 200)
	put("bomb.xml", "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'>" + "".join(
	    "<!ENTITY %s '%s'>" % (chr(99 + i), "&%s;" % chr(98 + i) * 10)
	    for i in range(9)) + "]><a>&k;</a>")
	put("encoding.xml", '<?xml version="1.0" encoding="UTF-32"?>\n<a>\0')
	END
	judge <<-'END'
	  - {id: x, path: /etc/libvirt/qemu/*, why: w, xpath: [{expr: count(//b), at-most: 1000000}, {expr: "//b[../b/@x=//b/@x]", count: 0}]}
	END
	[ "$status" -eq 2 ]
	says "/etc/libvirt/qemu/deep.xml:1" "depth"
	says "/etc/libvirt/qemu/bomb.xml" "DOCTYPE"
	says "/etc/libvirt/qemu/wide.xml"
	says "/etc/libvirt/qemu/encoding.xml" "no well-formed XML"
	# libxml2 says nothing of its own.
	[ -z "$stderr" ]
	says "/etc/libvirt/qemu/spaces.xml:1" "more than the 1000 namespaces"
	says "/etc/libvirt/qemu/tag.xml:2" "an element with 40000 attributes"
}

@test "PAM files that include each other come to an end" {
	printf 'auth include loop\n' > "$ROOT/etc/pam.d/loop"
	printf '@include b\n' > "$ROOT/etc/pam.d/a"
	printf '@include a\n' > "$ROOT/etc/pam.d/b"
	for i in {0..40}; do
		printf 'auth include c%s\nauth include c%s\n' $((i + 1)) \
		    $((i + 1)) > "$ROOT/etc/pam.d/c$i"
	done
	yes 'auth required pam_x.so' | head -n 100000 > "$ROOT/etc/pam.d/long"
	judge <<-'END'
	  - {id: m, path: /etc/pam.d/*, why: w, pam: [{auth: {module: pam_x.so}}]}
	  - {id: o, path: /etc/pam.d/*, why: w, pam: [{outcomes: [{if: {}, then: denied}]}]}
	END
	[ "$status" -eq 2 ]
	says "/etc/pam.d/loop:1" "which includes this file again"
	says "/etc/pam.d/c0" "more files than can be followed"
	says "/etc/pam.d/long" "larger than the 1 MiB"
}

@test "an expression that explodes is answered with cannot tell" {
	printf '%s!\n' "$(head -c 50000 /dev/zero | tr '\0' a)" \
	    > "$ROOT/etc/a"
	judge <<-'END'
	  - {id: e, path: /etc/a, why: w, lines: {require: ['^(a+)+$', '^(a|aa)+$']}}
	END
	[ "$status" -eq 2 ]
	says "unknown" "[b/e]"
}

@test "rubbish in every format is a finding with its reason, and hides nothing" {
	local i=0 format

	"$DRIFTCTL" spec list > /dev/null 2>&1 || :
	for format in ini systemd shellvars keyvalue postfix; do
		head -c 60000 /dev/urandom > "$ROOT/etc/x$i"
		printf '  - {id: %s, path: /etc/x%s, why: w, as: %s, mode: "0600", keys: {%s: c}}\n' \
		    "$format" "$i" "$format" \
		    "$(case $format in ini|systemd) echo a.b ;; *) echo b ;; esac)"
		i=$((i + 1))
	done > "$BATS_TEST_TMPDIR/rules"
	judge < "$BATS_TEST_TMPDIR/rules"
	[ "$status" -ne 0 ]
	for format in ini systemd shellvars keyvalue postfix; do
		says "the mode is 0644" "[b/$format]"
	done
}
