#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154
# The JSON schema of the spec language: what editors complete and complain of.

load ../lib.sh

setup() {
	cd "$TOP" || return
	scratch
	SCHEMA=doc/driftctl-specs.schema.json
}

needs_validator() {
	skip_unless "python3 has no jsonschema for draft 2020-12" python3 -c \
	    "import jsonschema; jsonschema.Draft202012Validator"
	skip_unless "python3 has no yaml" python3 -c "import yaml"
}

# editor FILE…: what an editor that knows the schema says of them.
editor() {
	status=0
	output=$(python3 tests/schema.py "$SCHEMA" "$@") || status=$?
	echo "$output"
}

# says_of TEXT: an editor refuses the rule on standard input, and says so.
refuses_rule() {
	{
		printf 'spec: x\nrules:\n  - id: a\n    path: /a\n    why: b\n'
		sed 's/^/    /'
	} > "$BATS_TEST_TMPDIR/x.yaml"
	editor "$BATS_TEST_TMPDIR/x.yaml"
	[ "$status" -eq 1 ]
	[[ $output == *"$1"* ]]
}

@test "the schema that ships is the one that the program prints" {
	run "$DRIFTCTL" spec schema
	[ "$status" -eq 0 ]
	[ "$output" = "$(cat "$SCHEMA")" ] || {
		echo "$SCHEMA is not what the tables say [make schema]"
		return 1
	}
	run "$DRIFTCTL" --format json spec schema
	[ "$output" = "$(cat "$SCHEMA")" ]
	run "$DRIFTCTL" spec schema x
	[ "$status" -eq 2 ]
	[ "$output" = "driftctl: x: 'spec schema' takes no arguments" ]
}

@test "each spec that ships is as the schema says" {
	needs_validator
	editor specs/catalog/*.yaml
	[ "$status" -eq 0 ]
}

@test "each example of the manual is as the schema says" {
	needs_validator
	awk -v d="$BATS_TEST_TMPDIR" '
	/^\.Bd -literal/ { inside = 1; n++; next }
	/^\.Ed/ { inside = 0 }
	inside { gsub(/\\e/, "\\"); sub(/^\\&/, "")
		print > (d "/" n ".yaml") }' doc/driftctl-specs.5
	cd "$BATS_TEST_TMPDIR"
	grep -lE '^(spec:|rules:)' ./*.yaml > list
	# A test case is another language.
	while read -r file; do
		if grep -q '^test:' "$file"; then continue; fi
		(cd "$TOP" && python3 tests/schema.py "$SCHEMA" \
		    "$BATS_TEST_TMPDIR/$file")
	done < list
	[ "$(wc -l < list)" -ge 5 ]
}

@test "what learn drafts is as the schema says" {
	needs_validator
	sh tests/story/make-root.sh "$ROOT" before
	d learn /etc/pam.d /etc/crypttab /etc/libvirt /etc/mail
	[ "$status" -eq 0 ]
	echo "$output" > "$BATS_TEST_TMPDIR/learned.yaml"
	editor "$BATS_TEST_TMPDIR/learned.yaml"
	[ "$status" -eq 0 ]
}

# lint's mistakes of one kind are all found by an editor, too, line by line.
@test "unknown keys and wrong types are refused" {
	needs_validator
	for kind in unknown-key wrong-type unknown-value modes rules-no-list \
	    top-no-mapping; do
		editor "tests/cases/lint/$kind/spec.yaml"
		[ "$status" -eq 1 ]
	done
	editor tests/cases/lint/wrong-type/spec.yaml
	[ "$(wc -l <<< "$output")" -ge 25 ]
}

@test "a mistake is told where it stands, with what could stand there" {
	needs_validator
	refuses_rule "rules/0: Additional properties are not allowed ('onwer' was unexpected)" \
	    <<< "onwer: root"
	refuses_rule "rules/0/severity: 'bad' is not one of ['info', 'warning', 'critical']" \
	    <<< "severity: bad"
	refuses_rule "rules/0/owner: ['root'] is not of type 'string'" \
	    <<< "owner: [root]"
	refuses_rule "rules/0/mode: 'rw-r--r--' does not match" \
	    <<< "mode: rw-r--r--"
	refuses_rule "rules/0/pam/auth: 'module' is a required property" \
	    <<< "pam: {auth: {control: required}}" ||
	    refuses_rule "'module' is a required property" \
	    <<< "pam: [{auth: {control: required}}]"
	refuses_rule "rules/0/as: 'inni' is not one of" <<< "as: inni"
}

@test "numbers and truths may stand without quotes, and variables anywhere" {
	needs_validator
	cat > "$BATS_TEST_TMPDIR/x.yaml" <<-'END'
	spec: x
	vars: {mode: "0600", n: 5, none: []}
	rules:
	  - id: a
	    path: ["${dir}/a", /b]
	    why: c
	    mode: ${mode}
	    secret: true
	    enabled: preset
	    keys: {a.b: 5, a.c: {at-most: 7}, a.d: {absent: yes}}
	    count: {at-least: 1}
	    age: {at-most: 7d}
	    flags: {includes: [immutable]}
	    acl: none
	END
	editor "$BATS_TEST_TMPDIR/x.yaml"
	[ "$status" -eq 0 ]
}

# The names of all properties; those of definitions are none.
properties() {
	python3 - "$SCHEMA" <<-'END'
	import json, sys
	def walk(x):
	    if isinstance(x, dict):
	        for k, v in x.items():
	            if k == "properties":
	                for name, value in v.items():
	                    print(name)
	                    assert value["description"], name
	            walk(v)
	    elif isinstance(x, list):
	        for v in x:
	            walk(v)
	walk(json.load(open(sys.argv[1])))
	END
}

@test "each keyword of the tables is in the schema, with what it is for" {
	properties | sort -u > "$BATS_TEST_TMPDIR/properties"
	sed -n 's/^	{ "\([a-z0-9-]*\)", \([a-z_0-9]*\),.*/\1 \2/p' \
	    specs/spec*.c specs/applies.c | grep -v ' NULL$' |
	    cut -d' ' -f1 | sort -u > "$BATS_TEST_TMPDIR/keywords"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/keywords")" -ge 80 ]
	run comm -23 "$BATS_TEST_TMPDIR/keywords" "$BATS_TEST_TMPDIR/properties"
	echo "$output"
	[ -z "$output" ]
}
