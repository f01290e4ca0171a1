#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The program speaks German where the locale asks for it, whole, within the
# terminal and in its charset; and what machines read stays as it is.
# shellcheck disable=SC1111,SC2154

load ../lib.sh

# Locales of our own, as the machine may have none but C.
setup_file() {
	command -v localedef > /dev/null || return 0
	export LOCPATH=$BATS_FILE_TMPDIR/locales
	mkdir "$LOCPATH"
	for charset in UTF-8 ISO-8859-1; do
		localedef -i de_DE -f $charset "$LOCPATH/de_DE.$charset" || true
	done
}

setup() {
	needs localedef
	[ -e "$LOCPATH/de_DE.UTF-8" ] ||
		skip_unless "there are no sources of locales" false
	unset LC_ALL LANGUAGE
	export LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8
	PO=$TOP/po/de.po
}

german_story() {
	needs_root
	story_begins
	story_upgrade
}

# narrow TEXT: no line has more than 80 letters, but for what cannot be broken:
# places with what is found there, and commands.
narrow() {
	local line bad=0

	while IFS= read -r line; do
		[ ${#line} -le 80 ] && continue
		[[ $line =~ ^(kritisch|Warnung|Hinweis|unklar)\ |'-> ' ]] && continue
		echo "${#line} columns: $line"
		bad=1
	done <<< "$1"
	return $bad
}

@test "nothing is left to translate, and every %s agrees" {
	needs msgfmt
	LC_ALL=C run msgfmt --check --statistics -o /dev/null "$PO"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+\ translated\ messages\.$ ]]
}

@test "the template has the texts that the sources have" {
	needs xgettext
	skip_unless "python3 has no yaml" python3 -c 'import yaml'
	LC_ALL=C sh "$TOP/po/pot.sh" > "$BATS_TEST_TMPDIR/pot"
	diff "$TOP/po/driftctl.pot" "$BATS_TEST_TMPDIR/pot"
}

@test "the translation has the texts that the template has" {
	needs msgcmp
	LC_ALL=C run msgcmp "$PO" "$TOP/po/driftctl.pot"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the founding story is told in German" {
	german_story
	d check
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	says "kritisch  /etc/pam.d/imap: fehlt [mail-auth-deny/service-files]"
	says "          Ohne eigene Datei fällt ein Dienst auf „other“ zurück, das jeden"
	says "          ablehnt: alle Mailbenutzer sind ausgesperrt."
	says "kritisch  /etc/crypttab: seit der Baseline geändert: cr_mail wurde entfernt (war UUID="
	says "/etc/mail/spamassassin/v310.pre:5: die Zeile 'loadplugin Mail::SpamAssassin::Plugin::Pyzor' darf nicht da sein"
	says "8 gemeldet (davon 7 Abweichungen), 0 vermerkt, 0 unklar"
	narrow "$output"
	d restore --yes
	[ "$status" -eq 0 ]
	says "zu tun:"
	says "  zurückholen  /etc/pam.d/imap  [mail-auth-deny/service-files]"
	says "  ersetzen     /etc/crypttab  [disk-encryption/crypttab]"
	says "erledigt; zurücknehmen mit: "
	d check
	[ "$status" -eq 0 ]
	d report --last
	[ "$status" -eq 0 ]
	says "noch keine Pakettransaktion aufgezeichnet"
}

@test "the first hour is told in German" {
	needs_root
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	d init
	[ "$status" -eq 0 ]
	says "Specs, die hier gelten, und warum:"
	says "  mail-auth-deny         1 Regel  Wo PAM im Zweifel ablehnt, haben Maildienste"
	says "aufgezeichnet als " "das ist die Baseline: so soll die Maschine sein"
	narrow "$(printf '%s\n' "$output" | grep -v '^System: \|: driftctl ')"
}

@test "columns are letters, not bytes" {
	german_story
	d diff
	says "geändert /etc/crypttab: Inhalt"
	says "entfernt /etc/pam.d/imap: Datei"
	d explain /etc/pam.d/smtp
	narrow "$output"
}

@test "help fits the terminal" {
	scratch
	run "$DRIFTCTL" help
	[ "$status" -eq 0 ]
	[[ $output == "Aufruf: driftctl "* ]]
	narrow "$(printf '%s\n' "$output" | grep '^ \{8\}[^ ]')"
	narrow "$(printf '%s\n' "$output" | sed '/^  init/,/^$/d')"
}

@test "an error is German, and so is the system's reason where it has one" {
	scratch
	d nix
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: unbekanntes Verb 'nix' (ist 'init' gemeint?)" ]
}

@test "in Latin 1 umlauts are one byte, and signs that it lacks look alike" {
	german_story
	LC_ALL=de_DE.ISO-8859-1 LANG=de_DE.ISO-8859-1 d check
	[ "$status" -eq 1 ]
	printf '%s\n' "$output" | iconv -f ISO-8859-1 -t UTF-8 \
	    > "$BATS_TEST_TMPDIR/shown"
	grep 'seit der Baseline geändert: cr_mail' "$BATS_TEST_TMPDIR/shown"
	grep -F 'fällt ein Dienst auf "other" zurück' "$BATS_TEST_TMPDIR/shown"
	not grep -P '\\x|Ã' "$BATS_TEST_TMPDIR/shown"
	# The same answer, remembered.
	first=$output
	LC_ALL=de_DE.ISO-8859-1 LANG=de_DE.ISO-8859-1 d check
	[ "$output" = "$first" ]
}

@test "an answer that is remembered is not given in another language" {
	needs_root
	story_begins
	d check
	d check
	says "sauber: "
	LC_ALL=C d check
	says "clean: "
	d check
	says "sauber: "
}

@test "formats for machines have the same keys, ids and numbers" {
	german_story
	for format in json ndjson sarif junit prometheus nagios; do
		LC_ALL=C d check --format $format
		printf '%s\n' "$output" > "$BATS_TEST_TMPDIR/english"
		d check --format $format
		printf '%s\n' "$output" > "$BATS_TEST_TMPDIR/german"
		case $format in
		json)
			for lang in english german; do
				python3 - "$BATS_TEST_TMPDIR/$lang" <<- 'EOF'
				import json, sys

				def bare(node):
				    if isinstance(node, dict):
				        return {k: '' if k in ('what', 'why', 'title',
				            'about', 'text') else bare(v)
				            for k, v in node.items()}
				    if isinstance(node, list):
				        return [bare(v) for v in node]
				    return node

				with open(sys.argv[1]) as f:
				    shown = bare(json.load(f))
				with open(sys.argv[1] + '.bare', 'w') as f:
				    json.dump(shown, f, indent=1, sort_keys=True)
				EOF
			done
			diff "$BATS_TEST_TMPDIR/english.bare" \
			    "$BATS_TEST_TMPDIR/german.bare" ;;
		prometheus)
			diff <(grep -v '^#\|_seconds\|timestamp' \
			    "$BATS_TEST_TMPDIR/english") \
			    <(grep -v '^#\|_seconds\|timestamp' \
			    "$BATS_TEST_TMPDIR/german") ;;
		nagios)
			[ "$(sed 's/.*|//;q' "$BATS_TEST_TMPDIR/english")" = \
			    "$(sed 's/.*|//;q' "$BATS_TEST_TMPDIR/german")" ] ;;
		*)
			ids='[a-z0-9-]*/[a-z-]*'
			[ "$(grep -o "$ids" "$BATS_TEST_TMPDIR/english" | sort -u |
			    grep '^mail-auth')" = \
			    "$(grep -o "$ids" "$BATS_TEST_TMPDIR/german" | sort -u |
			    grep '^mail-auth')" ] ;;
		esac
	done
}

@test "monitoring is answered in English, once more too" {
	german_story
	d check
	for _ in 1 2; do
		for verb in check report; do
			d --format nagios $verb
			[ "$status" -eq 2 ]
			says "DRIFTCTL CRITICAL - " "/etc/crypttab changed since the baseline: " " and "
			says_not "fehlt"
			says_not "geändert"
		done
		rm -f "$ROOT/etc/pam.d/other"
	done
	LANGUAGE=de d --format nagios report --last
	[ "$status" -eq 3 ]
	says "this format is for monitoring"
}

@test "in Latin 1 JSON is UTF-8" {
	german_story
	LC_ALL=de_DE.ISO-8859-1 LANG=de_DE.ISO-8859-1 d check --format json
	printf '%s' "$output" | iconv -f UTF-8 -t UTF-8 | grep -q 'geändert'
}

@test "history stays English" {
	german_story
	d snapshot
	git -C "$STORE/repo.git" log --format=%B live > "$BATS_TEST_TMPDIR/log"
	grep '^Trigger: ' "$BATS_TEST_TMPDIR/log"
	not grep -P '[^\x00-\x7f]' "$BATS_TEST_TMPDIR/log"
}

@test "hooks speak the machine's language, whoever calls them" {
	needs_root
	story_begins
	printf 'LANG="de_DE.UTF-8"\n' > "$ROOT/etc/locale.conf"
	LC_ALL=C d hook dpkg begin
	rm "$ROOT/etc/pam.d/imap" "$ROOT/etc/crypttab"
	LC_ALL=C d hook dpkg end
	[ "$status" -eq 0 ]
	[[ $stderr == *"wiederhergestellt: /etc/crypttab, /etc/pam.d/imap"* ]]
	[[ $stderr != *"put back"* ]]
	git -C "$STORE/repo.git" log --format=%B live > "$BATS_TEST_TMPDIR/log"
	not grep -P '[^\x00-\x7f]| und noch ' "$BATS_TEST_TMPDIR/log"
}

@test "hooks speak as they are asked where the machine has no language" {
	needs_root
	story_begins
	printf 'LANG=xx_XX.UTF-8\n' > "$ROOT/etc/locale.conf"
	LC_ALL=C d hook dpkg begin
	rm "$ROOT/etc/pam.d/imap"
	LC_ALL=C d hook dpkg end
	[[ $stderr == *"put back: /etc/pam.d/imap"* ]]
}

@test "specs of the site are shown as the site wrote them" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc/driftctl/specs"
	cat > "$ROOT/etc/driftctl/specs/mine.yaml" <<- 'EOF'
	spec: mine
	title: The account files are there
	rules:
	  - id: one
	    path: /etc/motd
	    why: Without its account files nobody can log in, not even root.
	EOF
	d spec show mine
	says "The account files are there"
	says "Without its account files nobody can log in"
	d spec show system-accounts
	says "Die Dateien der Konten sind da"
}

@test "LC_ALL=C is English, and ASCII" {
	german_story
	LC_ALL=C d check
	says "critical  /etc/pam.d/imap: is missing"
	not grep -P '[^\x00-\x7f]' <<< "$output"
	LC_ALL=C d diff a b c
	[[ $stderr == *"write a path as /etc/... or ./..."* ]]
}

@test "installed, the translation is found in share/locale" {
	needs_root
	skip_unless "no mounts of its own" unshare -m true
	to=$BATS_TEST_TMPDIR/installed
	LC_ALL=C make -s -C "$TOP" install DESTDIR="$to" UNITDIR=/units \
	    > "$BATS_TEST_TMPDIR/made" 2>&1
	[ -e "$to/usr/local/share/locale/de/LC_MESSAGES/driftctl.mo" ]
	run unshare -m sh -c "mount --bind '$to/usr/local' /usr/local &&
	    exec /usr/local/bin/driftctl nix"
	echo "$output"
	[[ $output == *"unbekanntes Verb"* ]]
}
