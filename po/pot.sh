#!/bin/sh
# SPDX-License-Identifier: MIT
# pot.sh: every text that people meet, as a template for translators, on
# stdout: those of the sources, and what the shipped specs say of themselves.
# Places are files without lines and there is no date, so that it changes with
# the texts alone.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find base specs snapshots agent -name '*.[ch]' | LC_ALL=C sort |
    xgettext --from-code=UTF-8 --language=C --files-from=- \
	--keyword --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
	--keyword=C_:1c,2 --keyword=P_:1c,2,3 --keyword=NC_:1c,2 \
	--add-comments=TRANSLATORS: --add-location=file \
	--package-name=driftctl --output="$work/sources.pot"
python3 po/specs.py specs/catalog/*.yaml > "$work/specs.pot"
msgcat --use-first --add-location=file --output-file="$work/all.pot" \
    "$work/sources.pot" "$work/specs.pot"
sed -e '/^"POT-Creation-Date:/d' \
    -e '1,/^$/{/^#/d;/^"PO-Revision-Date:/d;/^"Last-Translator:/d;/^"Language-Team:/d;/^"Report-Msgid-Bugs-To:/d;}' \
    "$work/all.pot"
