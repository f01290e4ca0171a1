#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whatever the manual and the README say is so: each verb and option is there,
# each key is described, each example does what it is said to do.
# shellcheck disable=SC2012,SC2013,SC2016,SC2030,SC2031,SC2086,SC2089,SC2090
# shellcheck disable=SC2154

load ../lib.sh

setup() {
	cd "$TOP" || return
	PAGES="doc/driftctl.8 doc/driftctl-specs.5 doc/driftctl-store.5 doc/driftctl.yaml.5 doc/driftctl-zypp-plugin.8"
}

# A machine with a history: a healthy snapshot, then the upgrade.
after_upgrade() {
	needs_root
	story_begins
	story_upgrade
	d snapshot -m "after the upgrade"
	[ "$status" -eq 0 ]
}

# blocks PAGE: the literal blocks of a page as a reader sees them, each ended
# by a line with a form feed.
blocks() {
	awk '
	/^\.Bd -literal/ { inside = 1; next }
	/^\.Ed/ && inside { inside = 0; print "\f"; next }
	inside { gsub(/\\e/, "\\"); sub(/^\\&/, ""); print }' "$1"
}

# described PAGE: every word on the lines that introduce or name something.
described() {
	grep -E '(^\.|[( ])Cm ' "$1" | tr -s ' ,|:{}()[]"' '\n' | sort -u
}

# each WORD is described in PAGE.
all_described() {
	local page=$1 word bad=0

	described "$page" > "$BATS_TEST_TMPDIR/described"
	[ -s "$BATS_TEST_TMPDIR/words" ]
	while read -r word; do
		grep -qxF -- "$word" "$BATS_TEST_TMPDIR/described" && continue
		echo "$page does not describe '$word'"
		bad=1
	done < "$BATS_TEST_TMPDIR/words"
	return $bad
}

@test "mandoc finds nothing to warn about" {
	needs mandoc
	for page in $PAGES; do
		run mandoc -Tlint -W warning "$page"
		echo "$output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "each verb is in the synopsis and described" {
	"$DRIFTCTL" help | sed -n 's/^  \([a-z]\{1,\}\).*/\1/p' \
	    > "$BATS_TEST_TMPDIR/words"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/words")" -ge 12 ]
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' doc/driftctl.8 \
	    > "$BATS_TEST_TMPDIR/synopsis"
	while read -r verb; do
		echo "$verb"
		grep -qx "\.Cm $verb\( .*\)\?" "$BATS_TEST_TMPDIR/synopsis"
		grep -qE "^\.It Cm $verb( |$)" doc/driftctl.8
	done < "$BATS_TEST_TMPDIR/words"
}

@test "each option is described" {
	sed -n 's/^\t*{ "\([a-z-]*\)", .*\(NULL\|true\|false\).* },\{0,1\}\( { 0 } };\)\{0,1\}$/\1/p; s/^\t*{ "\([a-z-]*\)", [0'\''].*, &.*$/\1/p' \
	    agent/cmd_*.c agent/options.c | sort -u \
	    > "$BATS_TEST_TMPDIR/words"
	grep -qx dry-run "$BATS_TEST_TMPDIR/words"
	grep -qx message "$BATS_TEST_TMPDIR/words"
	grep -qx specs "$BATS_TEST_TMPDIR/words"
	while read -r option; do
		echo "--$option"
		grep -qE "^\.It .*Fl -$option( |$)" doc/driftctl.8
	done < "$BATS_TEST_TMPDIR/words"
}

@test "what help says of a verb's arguments is what the manual says" {
	"$DRIFTCTL" complete -- "" | cut -f 1 | while read -r verb; do
		"$DRIFTCTL" help "$verb"
	done | grep -oE -- '--[a-z-]+' | sort -u > "$BATS_TEST_TMPDIR/words"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/words")" -ge 20 ]
	while read -r option; do
		echo "$option"
		grep -qE "Fl $(printf '%s' "${option#-}")( |\$)" doc/driftctl.8
	done < "$BATS_TEST_TMPDIR/words"
}

@test "each key of the spec language is described" {
	sed -n 's/^\t{ "\([a-z0-9-]*\)", \([a-z_0-9]*\|NULL\),.*/\1/p' \
	    specs/spec*.c specs/applies.c | sort -u \
	    > "$BATS_TEST_TMPDIR/words"
	for key in id pam keys one-of comment-out package relations; do
		grep -qx "$key" "$BATS_TEST_TMPDIR/words"
	done
	all_described doc/driftctl-specs.5
}

@test "each format and each field of a table is described" {
	{
		sed -n '/^view_names/,/^}/p' specs/view.c
		sed -n '/^static const char \*const [a-z]*_fields\[\]/,/};/p' \
		    specs/views/*.c
	} | grep -o '"[a-z]*"' | tr -d '"' | sort -u \
	    > "$BATS_TEST_TMPDIR/words"
	grep -qx crypttab "$BATS_TEST_TMPDIR/words"
	grep -qx keyfile "$BATS_TEST_TMPDIR/words"
	all_described doc/driftctl-specs.5
}

@test "each word that a key can have is described" {
	grep -hE '^static const char \*const (severities|[a-z]+_words)\[\]' -A 1 \
	    specs/speckeys.c | grep -o '"[a-z-]*"' | tr -d '"' | sort -u \
	    > "$BATS_TEST_TMPDIR/words"
	grep -qx if-present "$BATS_TEST_TMPDIR/words"
	all_described doc/driftctl-specs.5
}

@test "each key of the settings is described, with its default" {
	sed -n 's/^\t{ "\([a-z-]*\)", read_[a-z_]* },/\1/p' agent/config.c \
	    > "$BATS_TEST_TMPDIR/words"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/words")" -ge 8 ]
	all_described doc/driftctl.yaml.5
	for default in LOCK_WAIT KEEP_SNAPSHOTS KEEP_ROLLBACKS \
	    KEEP_TRANSACTIONS KEEP_TRANSACTION_DAYS; do
		value=$(sed -n "s/^	${default}_DEFAULT = \([0-9]*\),/\1/p" \
		    agent/config.c)
		[ -n "$value" ]
		grep -qx "\.Cm $value" doc/driftctl.yaml.5
	done
	grep -q "MAX_SIZE_DEFAULT = 16 << 20" agent/config.c
	grep -qx "\.Cm 16MiB" doc/driftctl.yaml.5
}

@test "the example specs have nothing to mend" {
	mkdir "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR/specs/mail-login.d"
	cd "$BATS_TEST_TMPDIR/specs"
	blocks "$TOP/doc/driftctl-specs.5" | awk -v RS='\f' '
	/^\n?test: / { next }
	/(^|\n)spec: / {
		sub(/^\n/, "")
		name = $0; sub(/^spec: /, "", name); sub(/\n.*/, "", name)
		printf "%s", $0 > (name ".yaml"); next
	}
	/(^|\n)rules:/ { sub(/^\n/, ""); printf "%s", $0 > "mail-login.d/50-site.yaml" }'
	[ "$(ls ./*.yaml | wc -l)" -eq "$(awk '
	/^test: / { getline; next }
	/^spec: / { n++ }
	END { print n }' "$TOP/doc/driftctl-specs.5")" ]
	[ -s mail-login.d/50-site.yaml ]
	run "$DRIFTCTL" spec lint .
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "nothing to mend" ]
	# Each alone, too, as somebody would try it.
	for spec in ./*.yaml; do
		run "$DRIFTCTL" spec lint "$spec"
		[ "$output" = "nothing to mend" ]
	done
}

@test "the example of a test case passes, and its keys are described" {
	mkdir "$BATS_TEST_TMPDIR/specs"
	blocks doc/driftctl-specs.5 | awk -v RS='\f' -v d="$BATS_TEST_TMPDIR" '
	/^\n?spec: mail-login/ { printf "%s", $0 > (d "/specs/mail-login.yaml") }
	/^\n?test: / { printf "%s", $0 > (d "/case.yaml") }'
	run "$DRIFTCTL" --specs "$BATS_TEST_TMPDIR/specs" spec test \
	    "$BATS_TEST_TMPDIR/case.yaml"
	echo "$output"
	[ "$output" = "1 of 1 case passes" ]
	sed -n 's/^\t{ "\([a-z-]*\)", .* },$/\1/p' \
	    agent/spectest/{speccase,casefilekeys}.c |
	    sort -u > "$BATS_TEST_TMPDIR/words"
	grep -qx unreadable "$BATS_TEST_TMPDIR/words"
	all_described doc/driftctl-specs.5
}

@test "the example specs are judged, and the site's change is in force" {
	needs_root
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	mkdir -p "$BATS_TEST_TMPDIR/specs/mail-login.d"
	cd "$BATS_TEST_TMPDIR/specs"
	blocks "$TOP/doc/driftctl-specs.5" |
	    awk -v RS='\f' '/(^|\n)spec: site-mail/ { sub(/^\n/, ""); printf "%s", $0 }' \
	    > site-mail-filter.yaml
	cd "$TOP"
	d --specs "$BATS_TEST_TMPDIR/specs" init
	sed -i 's/^#\(.*Razor2\)/\1/' "$ROOT/etc/mail/spamassassin/v310.pre"
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$status" -eq 1 ]
	says v310.pre "[site-mail-filter/no-remote-digests]"
	d --specs "$BATS_TEST_TMPDIR/specs" restore --yes \
	    --rule no-remote-digests
	grep -q '^#loadplugin.*Razor2' "$ROOT/etc/mail/spamassassin/v310.pre"
}

@test "the example settings have no mistake" {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs"
	blocks doc/driftctl.yaml.5 | tr -d '\f' > "$BATS_TEST_TMPDIR/config"
	grep -q '^keep-snapshots' "$BATS_TEST_TMPDIR/config"
	d --specs "$BATS_TEST_TMPDIR/specs" \
	    --config "$BATS_TEST_TMPDIR/config" init
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

# What each example of driftctl(8) exits with after the upgrade.
wanted_status() {
	case $1 in
	init|"spec lint"*|"spec list"|verify|gc|log*|show*|accept*) echo 0 ;;
	"restore --dry-run") echo 1 ;;
	restore*|undo*|merge*|"report --last") echo 0 ;;
	"check --format nagios") echo 2 ;;
	check*|report*|diff*|explain*|"--format json check") echo 1 ;;
	*) echo "no test says what 'driftctl $1' should exit with" >&2
	   return 1 ;;
	esac
}

@test "each example of driftctl(8) runs" {
	after_upgrade
	mkdir -p "$ROOT/etc/driftctl/specs"
	blocks doc/driftctl.8 | grep '^driftctl ' | sed 's/^driftctl //' \
	    > "$BATS_TEST_TMPDIR/examples"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/examples")" -ge 15 ]
	cp -a "$ROOT" "$ROOT.upgraded"
	cp -a "$STORE" "$STORE.upgraded"
	while read -r line; do
		wanted=$(wanted_status "$line")
		rm -rf "${ROOT:?}" "${STORE:?}"
		cp -a "$ROOT.upgraded" "$ROOT"
		cp -a "$STORE.upgraded" "$STORE"
		case $line in undo*) d restore --yes ;; esac
		line=${line//\/etc\/driftctl\/specs/$ROOT/etc/driftctl/specs}
		line=${line/--output \/*\//--output $BATS_TEST_TMPDIR/}
		eval "d $line"
		[ "$status" -eq "$wanted" ]
		[ -z "$stderr" ]
	done < "$BATS_TEST_TMPDIR/examples"
}

@test "the example of live~1 puts the file of before back" {
	after_upgrade
	d restore --from live~1 --yes /etc/crypttab
	[ "$status" -eq 0 ]
	grep -q ^cr_mail "$ROOT/etc/crypttab"
}

@test "each example of driftctl-store(5) runs" {
	needs git
	after_upgrade
	export HOME=$BATS_TEST_TMPDIR
	blocks doc/driftctl-store.5 | grep '^git ' \
	    > "$BATS_TEST_TMPDIR/examples"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/examples")" -eq 5 ]
	cd "$STORE"
	while read -r line; do
		run $line
		echo "$line: $status"
		[ "$status" -eq 0 ]
	done < "$BATS_TEST_TMPDIR/examples"
	run git --git-dir repo.git diff refs/driftctl/baseline live
	says "-cr_mail"
}

@test "the store is made of what driftctl-store(5) names" {
	after_upgrade
	d restore --yes
	d check
	d undo --yes
	blocks doc/driftctl-store.5 > /dev/null
	(cd "$STORE" && ls -A) | while read -r name; do
		echo "$name"
		grep -qE "^\.It Pa $name/?$" doc/driftctl-store.5
	done
	(cd "$STORE/rollback" && ls) | sed 's/^[^.]*/ID/' | sort -u |
	while read -r name; do
		echo "$name"
		grep -qx "\.It Pa $name" doc/driftctl-store.5
	done
	meta=$(echo "$STORE"/rollback/*-restore.meta)
	[ "$(head -n 1 "$meta")" = "driftctl-rollback 1" ]
	[ "$(sed -n 2p "$meta")" = "root $ROOT" ]
	[[ $(tail -n 1 "$meta") == "end "* ]]
	not grep -vE '^(driftctl-rollback|root|title|list|put|meta|time|link|end) ' \
	    "$meta"
	run tar --zstd -tf "${meta%.meta}.tar.zst"
	says etc/crypttab
}

@test "a rollback's script puts back what a restore replaced, as said" {
	after_upgrade
	before=$(picture)
	d restore --yes
	[ "$(picture)" != "$before" ]
	run sh "$STORE"/rollback/*-restore.sh -n "$ROOT"
	[ "$(picture)" != "$before" ]
	run sh "$STORE"/rollback/*-restore.sh "$ROOT"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(picture)" = "$before" ]
}

# What differs from run to run, and with each rule that is added.
same_every_time() {
	sed -E 's/[0-9]{8}T[0-9]{6}Z/TIME/; s/ *[0-9]+ rules?  ?/ N rules /g
	    s/of [0-9]+ specs/of N specs/; s/[0-9]+ entries/N entries/'
}

@test "the session of the README happens as it is shown" {
	# The page has all signs, as most terminals do.
	export LC_ALL=C.UTF-8
	needs_root
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	sed -n '/^```$/,/^```$/p' README.md | same_every_time \
	    > "$BATS_TEST_TMPDIR/session"
	output=
	block=0
	compared=0
	while IFS= read -r line; do
		case $line in
		'```')	block=$((block + 1))
			[ "$block" -ne 3 ] || story_upgrade ;;
		'$ driftctl '*)
			d ${line#'$ driftctl '}
			shown=${output//"--root $ROOT --store $STORE "/}
			shown=$(same_every_time <<< "$shown") ;;
		'[...]') ;;
		'[exit '*)
			[ "$line" = "[exit $status]" ] ;;
		*)	echo "README: $line"
			grep -qxF -- "$line" <<< "$shown"
			compared=$((compared + 1)) ;;
		esac
	done < "$BATS_TEST_TMPDIR/session"
	[ "$block" -eq 4 ]
	[ "$compared" -ge 25 ]
}

@test "the README names the two commands that there are" {
	for target in run test; do
		grep -q "^    make $target " README.md
		grep -qE "^([a-z]+ )*$target:" Makefile
	done
}

# validates SCHEMA: the last output.
validates() {
	python3 tests/validate.py "doc/$1.schema.json" <<< "$output"
}

needs_schemas() {
	skip_unless "python3 has no jsonschema for draft 2020-12" python3 -c \
	    "import jsonschema; jsonschema.Draft202012Validator"
}

# Each verb that writes JSON, and its schema; $status is in the JSON, too.
validates_verb() {
	local schema=$1

	shift
	d --format json "$@"
	validates "$schema"
	if [[ $output == *'"exit":'* ]]; then
		says "\"exit\": $status"
	fi
}

@test "JSON of each verb is as its schema says" {
	needs_schemas
	needs_root
	story_begins
	validates_verb check check
	validates_verb diff diff
	story_upgrade
	mkdir "$ROOT/etc/new"
	echo x > "$ROOT/etc/new/"$'a\033"\344'
	rm -r "${ROOT:?}/etc/libvirt"
	echo "new /dev/sdb none luks" > "$ROOT/etc/crypttab"
	chmod 0644 "$ROOT/etc/shadow"
	validates_verb check check
	[ "$status" -eq 1 ]
	validates_verb diff diff
	[ "$status" -eq 1 ]
	validates_verb diff diff live
	validates_verb diff diff --semantic
	says '"kind": "removed"'
	cp -a "$ROOT" "$ROOT.now"
	validates_verb roots diff --semantic --against "$ROOT.now"
	validates_verb restore restore --dry-run
	[ "$status" -eq 1 ]
	validates_verb restore restore --yes
	validates_verb restore restore --yes
	validates_verb restore restore --all --remove-added --yes
	validates_verb undo undo --dry-run
	validates_verb undo undo --yes
	printf 'a\nb\n' > "$ROOT/etc/sudoers.rpmnew"
	echo "spam db none" > "$ROOT/etc/crypttab.rpmsave"
	echo "x" > "$ROOT/etc/nothing.dpkg-dist"
	validates_verb report report --dry-run
	validates_verb report report --last
	validates_verb merge merge --dry-run
	validates_verb merge merge --yes
	[ "$status" -eq 1 ]
	mkdir -p "$BATS_TEST_TMPDIR/deb/DEBIAN" "$BATS_TEST_TMPDIR/deb/etc"
	printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: n <n@localhost>\nDescription: x\n' \
	    > "$BATS_TEST_TMPDIR/deb/DEBIAN/control"
	printf '#!/bin/sh\nrm /etc/crypttab\necho > /etc/sudoers\n' \
	    > "$BATS_TEST_TMPDIR/deb/DEBIAN/postinst"
	chmod 755 "$BATS_TEST_TMPDIR/deb/DEBIAN/postinst"
	echo x > "$BATS_TEST_TMPDIR/deb/etc/crypttab"
	dpkg-deb -b "$BATS_TEST_TMPDIR/deb" "$BATS_TEST_TMPDIR/x.deb"
	validates_verb preflight preflight "$BATS_TEST_TMPDIR/x.deb"
	validates_verb preflight preflight -v "$BATS_TEST_TMPDIR/x.deb"
	validates_verb snapshot snapshot
	validates_verb snapshot snapshot
	validates_verb snapshot accept
	validates_verb snapshot accept /etc/crypttab
	validates_verb snapshot init
	d hook rpm begin --owner $$
	rm "$ROOT/etc/pam.d/imap"
	d hook rpm end --owner $$
	validates_verb report report
	says '"origin": "rpm"'
	validates_verb report report --always
	validates_verb report report --last
	says '"kind": "restored"'
	validates_verb log log
	validates_verb log log /etc/crypttab
	validates_verb log log --rule mail-auth-deny/service-files
	validates_verb show show
	says '"first": false'
	validates_verb show show baseline
	validates_verb show show baseline:/etc/crypttab
	says '"content": "'
	validates_verb show show baseline:/etc/shadow
	says '"content": null'
	says_not root:
	validates_verb show show baseline:/etc
	printf 'a\0b' > "$ROOT/etc/nul"
	d snapshot
	validates_verb show show live:/etc/nul
	says '"content": null'
	validates_verb verify verify
	says '"problems": []'
	validates_verb gc gc
	[ "$status" -eq 0 ]
	for i in 1 2 3; do
		echo "$i" > "$ROOT/etc/n"
		d snapshot
	done
	printf 'keep-snapshots: 2\n' > "$BATS_TEST_TMPDIR/keep.yaml"
	validates_verb gc --config "$BATS_TEST_TMPDIR/keep.yaml" gc
	says '"kept": 2'
	validates_verb spec-list spec list
	validates_verb spec-show spec show spamd login-libraries libvirt
	validates_verb spec-lint spec lint
	validates_verb spec-lint spec lint tests/cases/lint/modes
	[ "$status" -eq 2 ]
	[ -z "$stderr" ]
	says '"line": 3'
	validates_verb explain explain /etc/pam.d/imap
	validates_verb explain explain /usr/lib/systemd/system/spamd.service
	validates_verb explain explain mail-auth-deny/service-files
	validates_verb explain explain login-libraries/shell-of-root
	mkdir -p "$ROOT/usr/lib/sysctl.d" "$ROOT/etc/driftctl/specs"
	echo "a = 1" > "$ROOT/usr/lib/sysctl.d/x.conf"
	printf 'spec: l\nrules:\n  - {id: a, path: "/etc/sysctl.d/*.conf", layers: etc, why: b, as: keyvalue, keys: {a: 1}}\n' \
	    > "$ROOT/etc/driftctl/specs/l.yaml"
	validates_verb explain explain /usr/lib/sysctl.d/x.conf
	says '"layers"'
	echo "@include nowhere" > "$ROOT/etc/pam.d/imap"
	validates_verb explain explain /etc/pam.d/imap
	validates_verb doctor doctor
	[ "$status" -eq 2 ]
	says '"check": "nightly"'
	validates_verb spec-test spec test tests/cases/catalog
	printf 'test: a\nspec: spamd\nos: x\nfiles: {/usr/sbin/spamd: ""}\n' \
	    > "$BATS_TEST_TMPDIR/case.yaml"
	validates_verb spec-test spec test "$BATS_TEST_TMPDIR/case.yaml"
	[ "$status" -eq 1 ]
	rm -r "$STORE"
	validates_verb snapshot init
}

@test "JSON is as its schema says where something cannot be told" {
	needs_schemas
	needs_root
	story_begins
	echo "this is no crypttab" > "$ROOT/etc/crypttab"
	echo "<domain>" > "$ROOT/etc/libvirt/qemu/mail.xml"
	validates_verb check check
	[ "$status" -eq 2 ]
	says '"kind": "unknown"'
	validates_verb restore restore --yes
	[ "$status" -le 2 ]
	rm "$STORE/repo.git/refs/driftctl/baseline"
	validates_verb check check
	says '"baseline": null'
	validates_verb verify verify
	[ "$status" -eq 2 ]
	says '"where": "baseline"'
}

@test "JSON says exit 2 where a spec has a mistake" {
	needs_schemas
	needs_root
	story_begins
	mkdir -p "$ROOT/etc/driftctl/specs"
	echo "spec: wrong" > "$ROOT/etc/driftctl/specs/wrong.yaml"
	for verb in check snapshot accept diff "spec list"; do
		d --format json $verb
		[ "$status" -eq 2 ]
		if [[ $output == *'"exit":'* ]]; then
			says '"exit": 2'
		fi
	done
	rm -r "$STORE"
	d --format json init
	[ "$status" -eq 2 ]
	says '"exit": 2'
}

@test "a schema refuses what is not so" {
	needs_schemas
	for schema in doc/*.schema.json; do
		run python3 tests/validate.py "$schema" <<< '{"version": 2}'
		echo "$schema: $output"
		[ "$status" -eq 1 ]
	done
	cd "$BATS_TEST_TMPDIR"
	output='[{"snapshot": "0123456789", "time": 1, "subject": "", "baseline": 1}]'
	cd "$TOP"
	not validates log
}

@test "a finding is the same in both schemas that have one" {
	python3 - <<-'END'
	import json
	a, b = (json.load(open("doc/%s.schema.json" % n))["$defs"]["finding"]
	        for n in ("check", "restore"))
	assert a == b
	e = json.load(open("doc/snapshot.schema.json"))
	assert e["$defs"]["finding"] == a
	c, d = (json.load(open("doc/%s.schema.json" % n)) for n in ("roots", "diff"))
	assert c["$defs"]["finding"] == a
	assert c["properties"]["changes"]["items"] == \
	    d["properties"]["changes"]["items"]
	bare = d["properties"]["changes"]["items"]["properties"]
	assert e["properties"]["changes"]["items"]["properties"].keys() == \
	    bare.keys() - {"format", "semantic", "held-against"}
	END
}

@test "each schema is of something that a test validates" {
	for schema in doc/*.schema.json; do
		name=$(basename "$schema" .schema.json)
		echo "$name"
		# That of the language has a file of its own, and so have
		# messages.
		[ "$name" != driftctl-specs ] || continue
		[ "$name" != notification ] || continue
		grep -q "validates_verb $name " tests/e2e/docs.bats
	done
}
