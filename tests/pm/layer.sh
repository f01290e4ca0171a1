#!/bin/bash
# SPDX-License-Identifier: MIT
# layer.sh BUILD LAYER [libraries]: makes the folder LAYER that, laid over a
# root, installs the driftctl in the folder BUILD with its hooks and the
# libraries it needs, or these alone.
set -eu
cd "$(dirname "$0")/../.."
build=$1
layer=$2
local=$layer/usr/local

mkdir -p "$local/lib" "$layer/etc/rpm" "$layer/usr/share/augeas/lenses"
if [ "${3-}" != libraries ]; then
	mkdir -p "$local/bin" "$local/libexec/driftctl" "$local/share/driftctl"
	cp "$build/driftctl" "$local/bin"
	cp "$build"/driftctl-* "$local/libexec/driftctl"
	cp -r specs/catalog "$local/share/driftctl/specs"
	make -s --no-print-directory install-hooks install-shims \
	    DESTDIR="$layer"
fi
ldd "$build"/driftctl-* | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
    grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv)\.so' |
    sort -u | xargs cp -Lt "$local/lib"
cp -r /usr/share/augeas/lenses/dist "$layer/usr/share/augeas/lenses" || true
# Where zypper has it; Debian's own rpm would look into the home folder.
echo '%_dbpath /var/lib/rpm' > "$layer/etc/rpm/macros"
