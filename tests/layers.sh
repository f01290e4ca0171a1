#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh [-t]
# Holds the sources to the arrows between the houses and to the house style,
# as far as a script can see it. One line on each breach; -t speaks TAP, one
# case a rule. Reads the sources below the current folder, and of the front
# below $BUILD what it is linked with.
# The lists are of names without blanks.
# shellcheck disable=SC2046
set -u
LC_ALL=C
export LC_ALL

tap=no
[ "${1-}" != -t ] || tap=yes
cases=0
failed=0

sources() {
	find base specs snapshots agent -name '*.[ch]' | sort
}

# rule WHAT COMMAND…: the lines that the command prints are its breaches.
rule() {
	what=$1
	shift
	cases=$((cases + 1))
	breaches=$("$@")
	if [ -z "$breaches" ]; then
		[ $tap = no ] || echo "ok $cases - $what"
		return
	fi
	failed=$((failed + 1))
	if [ $tap = yes ]; then
		echo "not ok $cases - $what"
		echo "$breaches" | sed 's/^/# /'
	else
		echo "$breaches" | sed "s|\$| ($what)|"
	fi
}

# sees HOUSE ALLOWED: includes of ours that lead out of the houses allowed.
sees() {
	find "$1" -name '*.[ch]' -exec grep -Hn '^#include "' {} + |
	    grep -vE ":#include \"($2)/" |
	    sed 's/^\([^:]*:[0-9]*\):#include "\(.*\)"/\1: includes \2/'
}

# The folders below agent/ are of use to any verb.
no_verbs() {
	find agent -mindepth 2 -name '*.[ch]' -exec grep -Hn \
	    '^#include "agent/command\.h"' {} + |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: knows of verbs/'
}

# library NAME HEADERS: it stands behind exactly one .c and no header.
library() {
	files=$(grep -lE "^#[ \t]*include <($2)" $(sources) /dev/null)
	case $(echo "$files" | grep -c .) in
	0)	echo "$1: no file includes it any more" ;;
	1)	echo "$files" | grep '\.h$' | sed "s/\$/: shows $1 to others/" ;;
	*)	echo "$files" | sed "s/\$/: includes $1, as others do/" ;;
	esac
}

libraries() {
	library libgit2 'git2[./]'
	library libyaml 'yaml\.h'
	library libxml2 'libxml/'
	library libarchive 'archive(_entry)?\.h'
	library libacl 'sys/acl\.h|acl/'
	library pcre2 'pcre2'
	library libsodium 'sodium'
	library libdeflate 'libdeflate'
	library libcryptsetup 'libcryptsetup'
	library 'openssl hashing' 'openssl/evp\.h'
	library 'openssl certificates' 'openssl/([^e]|e[^v])'
	library libaugeas 'augeas\.h'
	library librpm 'rpm/'
	library libcurl 'curl/'
	library pthread 'pthread\.h'
}

threads() {
	grep -nE 'pthread_create|thrd_create' $(sources) /dev/null |
	    grep -v '^base/pool\.c:' |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: starts a thread, which only base\/pool.c may/'
}

# Memory or a libcrypto that is not there is said in the two places that cannot
# report it. In quotes they are keys of the spec language.
printing() {
	grep -nE '\<(printf|puts|putchar|perror|vprintf) *\(|\<(std(out|err))\>' \
	    $(find base specs snapshots -name '*.c') /dev/null |
	    grep -vE '^base/(mem|digest)\.c:|^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)|"[^"]*std(out|err)"' |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: prints, which only agent\/ may/'
}

front() {
	program=${BUILD:-build}/driftctl
	[ -x "$program" ] || {
		echo "$program: is not built"
		return
	}
	ldd "$program" | awk -v p="$program" '
	    $1 !~ /^(linux-vdso|linux-gate|libc\.|\/.*ld-linux|ld-linux)/ &&
	    $1 !~ /^\/lib.*\/ld/ && !/statically/ {
		print p ": is linked with " $1 }'
}

licences() {
	for file in $(sources) $(find tests packaging -name '*.[ch]' -o \
	    -name '*.sh' -o -name '*.bats' -o -name '*.py') Makefile \
	    .clang-tidy $(find specs/catalog -name '*.yaml'); do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$file:1: has no SPDX-License-Identifier line"
	done
}

# A function begins with a brace at the left edge and ends with one.
functions() {
	awk 'FNR == 1 { from = 0 }
	    /^\{/ { from = FNR }
	    /^\}/ && from {
		if (FNR - from > 100)
			print FILENAME ":" from ": a function of " \
			    FNR - from " lines, over 100"
		from = 0 }' $(sources)
}

lengths() {
	for file in $(sources); do
		lines=$(wc -l < "$file")
		[ "$lines" -le 600 ] ||
			echo "$file: has $lines lines, over 600"
	done
}

indents() {
	grep -nE '^ {8}|^	* {8}|[ 	]+$' $(sources) /dev/null |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: blanks where a tab belongs, or at the end/'
}

# LC_ALL=C counts bytes; lines beyond ASCII are left to the reader.
columns() {
	for file in $(sources); do
		expand "$file" | awk -v f="$file" 'length($0) > 80 &&
		    $0 !~ /[^ -~]/ { print f ":" NR ": is " length($0) \
		    " columns wide, over 80" }'
	done
}

own_header_first() {
	for file in $(sources); do
		own=${file%.c}.h
		case $file in *.h) continue ;; esac
		[ -e "$own" ] || continue
		grep -m 1 '^#include' "$file" | grep -qF "\"$own\"" ||
			echo "$file: does not include $own first"
	done
}

guards() {
	for file in $(sources); do
		case $file in *.c) continue ;; esac
		stem=$(basename "$file" .h | tr '[:lower:]' '[:upper:]')
		grep -qE "^#ifndef [A-Z_]*_${stem}_H\$" "$file" ||
			echo "$file: has no guard FOLDER_${stem}_H"
	done
}

rule "base sees only base" sees base base
rule "specs sees only base and specs" sees specs 'base|specs'
rule "snapshots sees only base and snapshots" sees snapshots 'base|snapshots'
rule "nothing sees tests" sees agent 'base|specs|snapshots|agent'
rule "the engine of a restore sees no command" \
    sees agent/apply 'base|snapshots|agent/apply'
rule "what files mean is apart from telling it" \
    sees agent/semantic 'base|specs|snapshots|agent/semantic'
rule "records of transactions see only packages" \
    sees agent/ledger 'base|snapshots|agent/pkg|agent/ledger'
rule "what is apart from the verbs sees none of them" no_verbs
rule "each library stands behind one .c" libraries
rule "one file knows of threads" threads
rule "only agent/ prints" printing
rule "the front needs libc alone" front
rule "each source says its licence" licences
rule "a function fits a screen or two" functions
rule "a file can be read in one sitting" lengths
rule "tabs indent" indents
rule "80 columns" columns
rule "a .c includes its own header first" own_header_first
rule "headers are guarded" guards
[ $tap = no ] || echo "1..$cases"
[ $failed -eq 0 ]
