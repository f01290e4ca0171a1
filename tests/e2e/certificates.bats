#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Certificates judged beside openssl(1): what it says of a set made anew is what
# driftctl says.
# shellcheck disable=SC2154

load ../lib.sh

NAMES="mail.example.org imap.example.org MAIL.Example.ORG smtp.example.org
    a.example.org a.b.example.org example.org wx.example.net x.example.net
    ec.example.org ed.example.org cn.example.org wild.example.org debian
    direct.example.org 192.0.2.7 192.0.2.8 2001:db8::7 2001:db8::8"
CERTS="mail ec ed weak sha1 wild ip expired future old direct cn snakeoil"

setup_file() {
	export MADE=$BATS_FILE_TMPDIR/made

	sh "$BATS_TEST_DIRNAME/../cases/certificates/make.sh" "$MADE"
}

setup() {
	needs openssl
	scratch
	mkdir -p "$ROOT/etc/c" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	cp "$MADE"/* "$ROOT/etc/c"
	SPEC=$BATS_TEST_TMPDIR/specs/site.yaml
	printf 'spec: site\nrules:\n' > "$SPEC"
	: > "$BATS_TEST_TMPDIR/expected"
}

# rule ID FILE DEMANDS VERDICT: what openssl says is 0 where it holds.
rule() {
	printf '  - {id: %s, path: /etc/c/%s, why: w, certificate: {%s}}\n' \
	    "$1" "$2" "$3" >> "$SPEC"
	[ "$4" -eq 0 ] || echo "site/$1" >> "$BATS_TEST_TMPDIR/expected"
}

# The rules that do not hold are those that openssl says so of, and nothing is
# unknown.
agree() {
	d --specs "$BATS_TEST_TMPDIR/specs" init
	d --specs "$BATS_TEST_TMPDIR/specs" --format json check
	[ "$status" -eq 1 ]
	[ -s "$BATS_TEST_TMPDIR/expected" ]
	[[ $output == *'"unknown": 0'* ]]
	grep -o '\[site/[^]]*\]' <<< "$(d --specs "$BATS_TEST_TMPDIR/specs" \
	    check)" | tr -d '[]' | sort -u > "$BATS_TEST_TMPDIR/found"
	sort -u "$BATS_TEST_TMPDIR/expected" |
	    diff -u - "$BATS_TEST_TMPDIR/found"
}

verdict() {
	if "$@" > /dev/null 2>&1; then echo 0; else echo 1; fi
}

# openssl_host FILE NAME
openssl_host() {
	local by=-checkhost

	[[ $2 != *[0-9:].[0-9]* && $2 != *:* ]] || by=-checkip
	openssl x509 -in "$1" -noout "$by" "$2" | grep -q "does match"
}

@test "names are those that openssl checks" {
	local cert name i=0

	for cert in $CERTS; do
		for name in $NAMES; do
			i=$((i + 1))
			rule "n$i" "$cert.pem" "names: \"$name\"" \
			    "$(verdict openssl_host "$MADE/$cert.pem" "$name")"
		done
	done
	[ "$i" -gt 200 ]
	agree
}

@test "dates are those that openssl checks" {
	local cert days

	for cert in $CERTS; do
		for days in 0 14 5000 30000 40000; do
			# -checkend looks at the end only.
			[ "$cert" != future ] || continue
			rule "$cert-$days" "$cert.pem" "valid-for: ${days}d" \
			    "$(verdict openssl x509 -in "$MADE/$cert.pem" \
			    -noout -checkend $((days * 86400)))"
		done
	done
	rule future future.pem "valid-for: 0d" "$(verdict openssl verify \
	    -partial_chain -trusted "$MADE/int.pem" "$MADE/future.pem")"
	agree
}

@test "a key is the one that openssl says" {
	local cert key

	for cert in $CERTS; do
		for key in $CERTS; do
			rule "$cert-$key" "$cert.pem" \
			    "key: {path: /etc/c/$key.key}" \
			    "$(verdict cmp <(openssl x509 -in \
			    "$MADE/$cert.pem" -noout -pubkey) <(openssl pkey \
			    -in "$MADE/$key.key" -pubout))"
		done
	done
	agree
}

# above FILE: all certificates of a file but the first.
above() {
	awk '/^-----BEGIN CERT/ { n++ } n > 1' "$1"
}

# Dates are judged by valid-for, not by chain.
openssl_chain() {
	local above=$BATS_TEST_TMPDIR/above

	above "$1" > "$above"
	[ -s "$above" ] || above=$1
	openssl verify -no_check_time -no-CApath -no-CAstore -CAfile "$2" \
	    -untrusted "$above" "$1"
}

@test "a chain is complete where openssl can verify it" {
	local file roots

	cd "$BATS_TEST_TMPDIR"
	# Signed by a certificate that is no authority's.
	openssl req -new -key "$MADE/ec.key" -subj /CN=forged -out csr 2> /dev/null
	openssl x509 -req -in csr -CA "$MADE/mail.pem" -CAkey "$MADE/mail.key" \
	    -set_serial 1 -days 9 -out forged.pem 2> /dev/null
	cat forged.pem "$MADE/fullchain.pem" > "$MADE/forged.pem"
	cp "$MADE/forged.pem" "$ROOT/etc/c"
	for roots in root other; do
		for file in fullchain mail gap oldchain old direct combined \
		    text crlf ec wild forged; do
			rule "$file-$roots" "$file.pem" \
			    "chain: complete, trust: /etc/c/$roots.pem" \
			    "$(verdict openssl_chain "$MADE/$file.pem" \
			    "$MADE/$roots.pem")"
		done
	done
	# These are a root's own, and in the wrong order.
	rule self snakeoil.pem "chain: complete, trust: /etc/c/other.pem" 0
	rule whole withroot.pem "chain: complete, trust: /etc/c/other.pem" 0
	rule swapped swapped.pem "chain: complete, trust: /etc/c/root.pem" 1
	rule order wrongorder.pem "chain: ordered" 1
	agree
}

@test "a chain of a hundred certificates is one" {
	local i above

	cd "$BATS_TEST_TMPDIR"
	cp "$MADE/root.pem" 0.pem
	openssl ecparam -name prime256v1 -genkey -noout -out k
	cp "$MADE/root.key" issuer.key
	printf 'basicConstraints=CA:TRUE\nkeyUsage=keyCertSign\n' > ext
	for i in $(seq 100); do
		above=$((i - 1))
		openssl req -new -key k -subj "/CN=Number $i" -out csr 2> /dev/null
		openssl x509 -req -in csr -CA "$above.pem" -CAkey issuer.key \
		    -extfile ext -days 9000 -set_serial "$i" -out "$i.pem" 2> /dev/null
		cp k issuer.key
	done
	for i in $(seq 100 -1 1); do cat "$i.pem"; done > "$ROOT/etc/c/long.pem"
	rule long long.pem "chain: complete, trust: /etc/c/root.pem, valid-for: 1d, signature: strong, key: {path: /etc/c/ec.key}" 1
	cp k "$ROOT/etc/c/long.key"
	rule own long.pem "key: {path: long.key}, chain: ordered" 0
	cat 100.pem 98.pem > "$ROOT/etc/c/missing.pem"
	rule missing missing.pem "chain: ordered" 1
	agree
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$(grep -c 'private key of /etc/c/ec.key is that of another' \
	    <<< "$output")" -eq 1 ]
	says "missing.pem:" "'CN=Number 99' is missing"
}

@test "an encrypted key is unknown, and nobody is asked for a passphrase" {
	rule key encrypted.pem "key: matches" 0
	d --specs "$BATS_TEST_TMPDIR/specs" init
	run timeout 20 script -qec "$(printf '%q ' "$DRIFTCTL" --root "$ROOT" \
	    --store "$STORE" --specs "$BATS_TEST_TMPDIR/specs" check)" \
	    /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"is encrypted, so whether it is that of the certificate"* ]]
	[[ $output != *[Pp]ass\ phrase* ]]
}

@test "rubbish, a huge file and a folder are told without a crash" {
	head -c 100000 /dev/urandom > "$ROOT/etc/c/rubbish.pem"
	head -c 100000000 /dev/zero > "$ROOT/etc/c/huge.pem"
	yes -- "-----BEGIN CERTIFICATE-----" | head -n 900 > "$ROOT/etc/c/begins.pem"
	mkdir "$ROOT/etc/c/folder.pem"
	for file in rubbish huge begins folder; do
		rule "$file" "$file.pem" "valid-for: 0d" 0
	done
	d --specs "$BATS_TEST_TMPDIR/specs" init
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$status" -eq 2 ]
	says rubbish.pem "there is no certificate in it"
	says huge.pem "larger than the 16 MiB"
	says begins.pem:1 "the certificate cannot be read"
	says folder.pem "is a directory"
}

@test "an answer that was kept ends with the certificate" {
	local days=$(((4733510400 - $(date +%s)) / 86400))

	rule late mail.pem "valid-for: $((4733510400 - $(date +%s) - 4))s" 0
	rule far mail.pem "valid-for: $((days - 2))d" 0
	d --specs "$BATS_TEST_TMPDIR/specs" init
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$status" -eq 0 ]
	sleep 5
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$status" -eq 1 ]
	says mail.pem:1 "expires on 2120-01-01 00:00 UTC" site/late
	says_not site/far
}

@test "no byte of a private key is ever shown" {
	local file

	for file in wrongkey twokeys encrypted combined broken; do
		cat "$MADE/broken.key" >> "$ROOT/etc/c/$file.pem"
		rule "$file" "$file.pem" "key: matches, names: nobody.example.org" 1
	done
	d --specs "$BATS_TEST_TMPDIR/specs" init
	d --specs "$BATS_TEST_TMPDIR/specs" -v --format json check
	cat "$MADE"/{broken,mail,ec,encrypted}.key | grep -v -- ----- > "$BATS_TEST_TMPDIR/keys"
	not grep -qFf "$BATS_TEST_TMPDIR/keys" <<< "$output$stderr"
	d --specs "$BATS_TEST_TMPDIR/specs" check
	says wrongkey.pem "is that of another certificate"
	not grep -qFf "$BATS_TEST_TMPDIR/keys" <<< "$output$stderr"
}

@test "restore puts the certificate back that goes with the key" {
	needs_root
	printf '  - {id: pair, path: /etc/c/live.pem, why: w, on-drift: restore, certificate: {key: {path: live.key}, valid-for: 1d}}\n' >> "$SPEC"
	cp "$MADE/mail.pem" "$ROOT/etc/c/live.pem"
	cp "$MADE/mail.key" "$ROOT/etc/c/live.key"
	d --specs "$BATS_TEST_TMPDIR/specs" init
	cp "$MADE/ec.pem" "$ROOT/etc/c/live.pem"
	d --specs "$BATS_TEST_TMPDIR/specs" check
	[ "$status" -eq 1 ]
	says live.pem site/pair
	d --specs "$BATS_TEST_TMPDIR/specs" restore --yes
	cmp "$MADE/mail.pem" "$ROOT/etc/c/live.pem"
}
