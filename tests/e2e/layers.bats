#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# tests/layers.sh, on small sources that break one rule each.

load ../lib.sh

setup() {
	scratch
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p base specs/catalog snapshots agent/front agent/apply \
	    agent/semantic agent/ledger tests packaging build
	touch Makefile .clang-tidy
	for file in Makefile .clang-tidy; do
		echo '# SPDX-License-Identifier: MIT' > "$file"
	done
	source_of base/a.h '#ifndef BASE_A_H' '#define BASE_A_H' '#endif'
	source_of base/a.c '#include "base/a.h"'
	source_of snapshots/b.c '#include "base/a.h"'
	i=0
	for header in git2.h yaml.h libxml/tree.h archive.h sys/acl.h \
	    pcre2.h sodium.h libdeflate.h openssl/evp.h openssl/pem.h \
	    libcryptsetup.h augeas.h rpm/rpmlib.h curl/curl.h pthread.h; do
		i=$((i + 1))
		source_of "specs/lib$i.c" "#include <$header>"
	done
	printf '#!/bin/sh\n' > build/driftctl
	chmod +x build/driftctl
	mkdir bin
	printf '#!/bin/sh\necho "\tlibc.so.6 => /lib/libc.so.6 (0x1)"\n' \
	    > bin/ldd
	chmod +x bin/ldd
	PATH=$PWD/bin:$PATH
}

# source_of FILE LINE…
source_of() {
	local file=$1
	shift
	printf '%s\n' '/* SPDX-License-Identifier: MIT */' "$@" > "$file"
}

layers() {
	status=0
	output=$(sh "$TOP/tests/layers.sh" "$@") || status=$?
	echo "$output"
}

# breaks WORDS…: one line that has them all, and exit 1.
breaks() {
	layers
	[ "$status" -eq 1 ]
	[ "$(echo "$output" | wc -l)" -eq 1 ]
	says "$@"
}

@test "sources that keep to the rules pass in silence" {
	layers
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the engine of a restore includes no command" {
	source_of agent/apply/p.c '#include "base/a.h"' \
	    '#include "snapshots/b.h"' '#include "agent/apply/q.h"'
	layers
	[ "$status" -eq 0 ]
	source_of agent/apply/p.c '#include "agent/machine.h"'
	breaks agent/apply/p.c:2 "includes agent/machine.h" \
	    "the engine of a restore sees no command"
}

@test "meanings and records know nothing of telling" {
	source_of agent/semantic/x.c '#include "agent/json.h"'
	breaks agent/semantic/x.c:2 "includes agent/json.h" \
	    "what files mean is apart from telling it"
	rm agent/semantic/x.c
	source_of agent/ledger/x.c '#include "agent/pkg/owners.h"'
	layers
	[ "$status" -eq 0 ]
	source_of agent/ledger/x.c '#include "agent/hook/zypp.h"'
	breaks agent/ledger/x.c:2 "includes agent/hook/zypp.h" \
	    "records of transactions see only packages"
}

@test "base includes base alone" {
	source_of base/x.c '#include "specs/yaml.h"'
	breaks base/x.c:2: "includes specs/yaml.h" "base sees only base"
}

@test "specs and snapshots do not see each other" {
	source_of specs/x.c '#include "snapshots/store.h"'
	breaks specs/x.c:2: "includes snapshots/store.h"
	source_of specs/x.c
	source_of snapshots/x.c '#include "specs/spec.h"'
	breaks snapshots/x.c:2: "includes specs/spec.h"
}

@test "nothing includes the tests" {
	source_of agent/x.c '#include "tests/unit/scratch.h"'
	breaks agent/x.c:2: "nothing sees tests"
}

@test "a library in two files is named in both" {
	source_of snapshots/x.c '#include <git2.h>'
	layers
	[ "$status" -eq 1 ]
	says snapshots/x.c "includes libgit2, as others do"
	says specs/lib1.c "includes libgit2, as others do"
}

@test "a library shown in a header is found" {
	rm specs/lib2.c
	source_of specs/x.h '#ifndef SPECS_X_H' '#include <yaml.h>' '#endif'
	breaks specs/x.h "shows libyaml to others"
}

@test "only agent prints" {
	source_of specs/x.c 'int' 'main(void)' '{' '	printf("x");' '}'
	breaks specs/x.c:5: "only agent/ may"
	source_of specs/x.c '	fprintf(stderr, "x");'
	breaks specs/x.c:2: "only agent/ may"
	source_of specs/x.c '	snprintf(b, 1, "x");' '/* stderr is read */'
	layers
	[ "$status" -eq 0 ]
}

@test "threads are started in one file" {
	source_of base/pool.c '	pthread_create(a, b, c, d);'
	layers
	[ "$status" -eq 0 ]
	source_of base/x.c '	pthread_create(a, b, c, d);'
	breaks base/x.c:2: "only base/pool.c may"
}

@test "the front is linked with libc alone" {
	echo 'echo "	libgit2.so.1 => /lib/libgit2.so.1 (0x1)"' >> bin/ldd
	breaks build/driftctl "linked with libgit2.so.1"
}

@test "a source without its licence is named" {
	echo 'int x;' > agent/x.c
	breaks agent/x.c:1: "has no SPDX-License-Identifier line"
}

@test "functions and files have an end" {
	{
		printf '/* SPDX-License-Identifier: MIT */\nint\nf(void)\n{\n'
		yes '	x();' | head -n 100
		echo '}'
	} > agent/x.c
	breaks agent/x.c:4: "a function of 101 lines"
	{
		echo '/* SPDX-License-Identifier: MIT */'
		yes 'int x;' | head -n 600
	} > agent/x.c
	breaks agent/x.c "has 601 lines, over 600"
}

@test "tabs indent, and lines end in 80 columns" {
	source_of agent/x.c '        int x;'
	breaks agent/x.c:2: "a tab belongs"
	source_of agent/x.c "$(printf '\t%075d' 0)"
	breaks agent/x.c:2: "is 83 columns wide"
}

@test "a source includes its own header first, and headers are guarded" {
	source_of base/a.c '#include <stdio.h>' '#include "base/a.h"'
	breaks base/a.c "does not include base/a.h first"
	source_of base/a.c '#include "base/a.h"'
	source_of base/a.h 'int x;'
	breaks base/a.h "has no guard FOLDER_A_H"
}

@test "a folder that knows of verbs is found" {
	mkdir agent/explain
	source_of agent/explain/x.c '#include "agent/command.h"'
	breaks agent/explain/x.c:2: "knows of verbs"
}

@test "with -t each rule is a test case" {
	source_of base/x.c '#include "specs/yaml.h"'
	layers -t
	[ "$status" -eq 1 ]
	says "not ok 1 - base sees only base"
	says "# base/x.c:2: includes specs/yaml.h"
	says "ok 2 - specs sees only base and specs"
	says "1..19"
}
