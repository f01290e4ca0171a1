#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh [long] [SUITE…]
# Builds and runs every test, or only the suites whose names begin with one of
# the words, such as unit/test_yaml or lint. One line for each suite; of one
# that failed what it said as well. The last line counts test cases. Exits
# with 1 when one failed, or with CI set when one was skipped. All that it
# writes is below build/test.
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C

long=no
if [ "${1-}" = long ]; then
	long=yes
	shift
fi
export long
make=${MAKE:-make}
jobs=${JOBS:-$(nproc)}
out=build/test
asan=detect_leaks=1:detect_stack_use_after_return=1
export ASAN_OPTIONS=$asan UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
# Where libFuzzer is not to be had, gcc's sanitizers and a main of our own.
fuzz=build-san/fuzz
! command -v clang > /dev/null || fuzz=build-fuzz/fuzz
export fuzz

have() {
	command -v "$1" > /dev/null
}

# Warnings are errors here, with either compiler.
build() {
	local how=$1
	shift
	echo "build: $how"
	"$make" -s --no-print-directory -j"$jobs" "$@" > "$out/build" 2>&1 && return
	cat "$out/build"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

names() {
	find "$@" | sort
}

# One suite a line, the slowest first, so that none is left running alone.
suites() {
	local file

	if [ $long = yes ]; then
		for file in tests/fuzz/fuzz_*.c; do
			echo "long/$(basename "$file" .c)"
		done
	fi
	echo tidy
	for file in tests/e2e/*.bats; do
		echo "e2e/$(basename "$file" .bats)"
	done
	for file in tests/unit/test_*.c; do
		echo "unit/$(basename "$file" .c)"
	done
	valgrind_sample
	for file in tests/fuzz/fuzz_*.c; do
		echo "fuzz/$(basename "$file" .c)"
	done
	printf '%s\n' pam pam-folders layers cppcheck shellcheck man catalogue install
}

# valgrind sees reads of what was never set, which the sanitizers do not; it
# takes twenty times as long.
valgrind_sample() {
	local file

	for file in tests/unit/test_*.c; do
		case $long:$(basename "$file" .c) in
		yes:*|*:test_text|*:test_glob|*:test_manifest|*:test_statcache|\
		*:test_packfile|*:test_yaml)
			echo "valgrind/$(basename "$file" .c)" ;;
		esac
	done
}

# case_ok NAME COMMAND…: one test case in TAP, its output only where it failed.
case_ok() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "ok - $name"
	else
		echo "not ok - $name"
		echo "${said//$'\n'/$'\n'# }" | sed '1s/^/# /'
	fi
}

skip_all() {
	echo "ok - $1 # SKIP $2 is not installed"
}

# All of them take minutes: every eighth and what the last commits touched, but
# for test-long and lint.
tidy_sample() {
	if [ "$long" = yes ] || [ "${lint-}" = yes ]; then
		cat
		return
	fi
	awk 'NR == FNR { touched[$0]; next } FNR % 8 == 1 || $0 in touched' \
	    <(git diff --name-only HEAD~5 2> /dev/null) -
}

tidy() {
	local file
	local -a files

	have clang-tidy || { skip_all tidy clang-tidy; return; }
	mapfile -t files < <(names base specs snapshots agent -name '*.c' |
	    tidy_sample)
	printf 'build/tidy/%s.ok\n' "${files[@]%.c}" | xargs "$make" -k -s \
	    --no-print-directory -j"$jobs" > "$out/clang-tidy" 2>&1
	for file in "${files[@]}"; do
		case_ok "clang-tidy has nothing to say of $file" tidied "$file"
	done
}

tidied() {
	local mark=build/tidy/${1%.c}.ok

	if [ ! -e "$mark" ] || [ "$1" -nt "$mark" ] ||
	    [ .clang-tidy -nt "$mark" ]; then
		grep -F "$1:" "$out/clang-tidy"
		return 1
	fi
}

# pam_start_confdir(3) came with Linux-PAM 1.4.
have_libpam() {
	grep -qs pam_start_confdir /usr/include/security/pam_appl.h
}

check_pam() {
	local stacks=10000

	have_libpam || { skip_all pam "libpam with pam_start_confdir"; return; }
	[ $long = no ] || stacks=200000
	build/pam/compare build/pam/probe.so $stacks
}

# The same where libpam itself looks for the files.
check_pam_folders() {
	if ! have_libpam || [ "$(id -u)" -ne 0 ] || ! unshare -m true; then
		skip_all pam-folders "libpam, for root with mounts of its own,"
		return
	fi
	build/pam/compare build/pam/probe.so 10000 1 vendor
}

check_cppcheck() {
	have cppcheck || { skip_all cppcheck cppcheck; return; }
	case_ok "cppcheck has nothing to say" cppcheck --quiet \
	    --error-exitcode=1 --enable=warning,performance,portability \
	    --inline-suppr --std=c11 -I. --suppress=missingIncludeSystem \
	    --suppress=autoVariables base specs snapshots agent
}

check_shell() {
	local file

	have shellcheck || { skip_all shellcheck shellcheck; return; }
	for file in $(names packaging tests \( -name '*.sh' -o -name '*.bats' \
	    \)) .ci/run; do
		case_ok "shellcheck has nothing to say of $file" \
		    shellcheck -x "$file"
	done
}

check_man() {
	local file

	have mandoc || { skip_all man mandoc; return; }
	for file in doc/*.[158]; do
		[ ! -e "$file" ] || case_ok \
		    "mandoc has nothing to say of $file" \
		    mandoc -Tlint -W warning "$file"
	done
}

check_catalogue() {
	local file

	for file in specs/catalog/*.yaml; do
		case_ok "$file is a sound spec" build-san/driftctl spec lint \
		    "$file"
	done
	for file in $(find tests/cases/catalog -name '*.yaml' -not -path \
	    '*/roots/*' -not -path '*/data/*' 2> /dev/null | sort); do
		case_ok "$file: $(sed -n 's/^test: *//p' "$file")" \
		    build-san/driftctl --specs specs/catalog spec test "$file"
	done
}

# Each place, nothing that knows of DESTDIR, and nothing left of it.
installed() {
	local dir=$PWD/$out/installed file

	rm -rf "$dir"
	"$make" -s --no-print-directory install DESTDIR="$dir" \
	    HOOKS="zypp cron" || return 1
	for file in usr/local/bin/driftctl usr/local/libexec/driftctl/driftctl-full \
	    usr/local/libexec/driftctl/driftctl-rpm etc/driftctl/driftctl.yaml \
	    usr/local/lib/systemd/system/driftctl-boot.service etc/cron.d/driftctl \
	    usr/local/share/{driftctl/{hooks/apt.conf,specs/libvirt.yaml},man/man8/driftctl.8} \
	    usr/local/share/{bash-completion/completions/driftctl,zsh/site-functions/_driftctl} \
	    usr/local/share/{driftctl/check.schema.json,doc/driftctl/LICENSE} \
	    usr/lib/zypp/plugins/commit/driftctl; do
		[ -e "$dir/$file" ] || { echo "$file is missing"; return 1; }
	done
	! grep -rlF "$dir" "$dir" || return 1
	"$make" -s --no-print-directory uninstall DESTDIR="$dir" || return 1
	[ "$(cd "$dir" && find . ! -type d)" = ./etc/driftctl/driftctl.yaml ]
}

# What names the version says the same one.
one_version() {
	local version

	version=$(cat VERSION)
	grep -x "Version: *$version" packaging/rpm/driftctl.spec &&
		head -n 1 packaging/debian/changelog | grep -F "($version)" &&
		diff <(sed -n '/^%transfiletrigger/,/^%files/p' \
		    packaging/rpm/driftctl.spec | grep -v ^%files) \
		    <(sed '1,/^# around/d; s|@BINDIR@|%{_bindir}|g' \
		    packaging/hooks/rpm-triggers.spec; echo)
}

under_valgrind() {
	local said

	have valgrind || { skip_all "$1" valgrind; return; }
	if said=$(valgrind -q --error-exitcode=9 --leak-check=full \
	    --errors-for-leak-kinds=definite --trace-children=no \
	    --suppressions=tests/valgrind.supp "build/unit/$1" 2>&1); then
		echo "ok - valgrind has nothing to say of $1"
	else
		echo "not ok - valgrind has nothing to say of $1"
		echo "${said//$'\n'/$'\n'# }" | sed '1s/^/# /'
	fi
}

# All of a corpus at once; one by one to tell which where that fails.
replay() {
	local name=$1 file said
	local -a corpus

	mapfile -t corpus < <(names "tests/fuzz/corpus/${name#fuzz_}" -type f \
	    2> /dev/null)
	[ ${#corpus[@]} -gt 0 ] || {
		echo "not ok - $name has a corpus"
		return
	}
	if said=$("$fuzz/$name" "${corpus[@]}" 2>&1); then
		printf 'ok - %s\n' "${corpus[@]}"
		return
	fi
	for file in "${corpus[@]}"; do
		case_ok "$file" "$fuzz/$name" "$file"
	done
}

# What it finds is kept beside the log; what is new to it is not kept.
fuzz_long() {
	local name=$1 dir=$out/$1.corpus

	have clang || { skip_all "$name" clang; return; }
	mkdir -p "$dir"
	case_ok "$name finds nothing in ${FUZZ_SECONDS:=600} s" "$fuzz/$name" \
	    -max_total_time="$FUZZ_SECONDS" -max_len=65536 -timeout=20 \
	    -rss_limit_mb=2048 -artifact_prefix="$out/$name." "$dir" \
	    "tests/fuzz/corpus/${name#fuzz_}"
}

run_suite() {
	local name=${1#*/}

	case $1 in
	unit/*)		CMOCKA_MESSAGE_OUTPUT=TAP "build-san/unit/$name" 2>&1 ;;
	e2e/*)		DRIFTCTL=$PWD/build-san/driftctl bats --tap \
			    "tests/e2e/$name.bats" ;;
	valgrind/*)	under_valgrind "$name" ;;
	fuzz/*)		replay "$name" ;;
	long/*)		fuzz_long "$name" ;;
	pam)		check_pam ;;
	pam-folders)	check_pam_folders ;;
	layers)		sh tests/layers.sh -t ;;
	tidy)		tidy ;;
	cppcheck)	check_cppcheck ;;
	shellcheck)	check_shell ;;
	man)		check_man ;;
	catalogue)	check_catalogue ;;
	install)	case_ok "make install puts all in place" installed
			case_ok "the packages say what the sources say" \
			    one_version ;;
	esac
}

count() {
	local n
	n=$(grep -cE "$1" "$2")
	echo "${n:-0}"
}

# Runs a suite, counts its cases and says how it went. A suite that fails
# without saying of what, or runs fewer cases than it meant to, has failed.
judge() {
	local name=$1 log=$out/${1//\//-}.log status=0 began=$SECONDS
	local failed skipped passed planned

	run_suite "$name" > "$log" 2>&1 || status=$?
	failed=$(count '^not ok' "$log")
	skipped=$(count '^ok .*# [Ss][Kk][Ii][Pp]' "$log")
	passed=$(($(count '^ok' "$log") - skipped))
	planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$log" | tail -n 1)
	if [ "$failed" -eq 0 ] && { [ $status -ne 0 ] || [ "${planned:-0}" -gt \
	    $((passed + skipped)) ]; }; then
		echo "not ok - $name ended with $status" >> "$log"
		failed=1
	fi
	echo "$passed $failed $skipped" > "$out/${name//\//-}.count"
	printf '%-32s %4d passed %3d failed %3d skipped %4d s\n' "$name" \
	    "$passed" "$failed" "$skipped" $((SECONDS - began))
	[ "$failed" -eq 0 ] || grep -v '^ok ' "$log" | sed 's|^|    |'
	[ "$skipped" -eq 0 ] || grep -iE '^ok .*# skip' "$log" | sed 's|^|    |'
}

if [ "${1-}" = --suite ]; then
	judge "$2"
	exit 0
fi

wanted() {
	[ $# -gt 1 ] || return 0
	local suite=$1 word
	shift
	for word; do
		[[ $suite != "$word"* ]] || return 0
	done
	return 1
}

rm -rf "$out"
mkdir -p "$out"
if [ "${1-}" = lint ]; then
	set -- layers tidy cppcheck shellcheck man
	export lint=yes
fi
mapfile -t units < <(valgrind_sample | sed 's|^valgrind/|build/unit/|')
build "for use" all attribution "${units[@]}"
build "with the sanitizers" SAN=1 all units-built
! have_libpam || build "beside libpam" pam
case $fuzz in
build-san/*)	build "fuzzers, for replay" SAN=1 fuzzers ;;
*)		build "fuzzers, with clang" fuzz ;;
esac

suites | while read -r suite; do
	! wanted "$suite" "$@" || echo "$suite"
done | if [ $long = yes ]; then
	xargs -P "$jobs" -I {} bash tests/run.sh long --suite {}
else
	xargs -P "$jobs" -I {} bash tests/run.sh --suite {}
fi

total=$(cat "$out"/*.count 2> /dev/null | awk '
    { p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
read -r passed failed skipped <<< "$total"
[ "$((passed + failed + skipped))" -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && { [ -z "${CI-}" ] || [ "$skipped" -eq 0 ]; }
