# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts share that make a root of the distribution's own packages,
# with mmdebstrap, from the package sources that this machine has. To be
# sourced, with $release where it is to be another one's; cannot ends the script
# with 3 and the reason.

# shellcheck source=/dev/null
here=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
suite=${release-$here}

cannot() {
	echo "$*"
	exit 3
}

# suite_sources: those of the distribution alone, as others may not have a
# release of that name.
suite_sources() {
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ -f "$file" ] || continue
		case $file in
		*.list)		grep -E "^deb .* $here(-[a-z]+)? " "$file" ;;
		*.sources)	awk -v RS= -v ORS='\n\n' -v suite="$here" \
		    '$0 ~ "(^|\n)Suites:[^\n]*[ ]" suite "([ \n-]|$)"' \
		    "$file" ;;
		esac || true
	done | sed "s/\<$here\>/$suite/g"
}

# Its hooks are sh(1)'s, which knows descriptors of one digit: a lock's and the
# caller's are closed for it.
make_root_once() {
	mmdebstrap --quiet --mode=root --variant=essential \
	    --include="$2" --skip=check/empty "$suite" "$1" \
	    "$3" > "$1.log" 2>&1 < /dev/null \
	    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# make_root ROOT PACKAGE,… SOURCES: in place of what is there; beside it are
# SOURCES, and ROOT.log with what mmdebstrap said.
make_root() {
	command -v mmdebstrap > /dev/null ||
		cannot "mmdebstrap is not installed"
	[ "$(id -u)" -eq 0 ] ||
		cannot "only root can make a root of packages"
	[ -n "$here" ] ||
		cannot "this is no release that mmdebstrap could make"
	mkdir -p "$(dirname "$3")"
	suite_sources > "$3"
	[ -s "$3" ] ||
		cannot "no source of packages for $here is known here"
	# Whoever has the packages may not answer once.
	for pause in 5 20 0; do
		rm -rf "$1" "$1.of"
		! make_root_once "$@" || return 0
		sleep "$pause"
	done
	rm -rf "$1"
	cannot "the packages cannot be had: $(grep -m 1 ^E: "$1.log" ||
	    tail -n 1 "$1.log")"
}
