#!/bin/sh
# SPDX-License-Identifier: MIT
# make.sh [FOLDER]
# Makes the certificates and keys of this folder, or of another one, anew with
# openssl(1). Those that are good are so until 2120; the others are not, for
# one reason each, so that no verdict on them changes with time.
set -eu
out=${1:-$(dirname "$0")}
mkdir -p "$out"
cd "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
begin=20200101000000Z
end=21200101000000Z
: > "$work/index.txt"
cat > "$work/ca.cnf" <<END
[ca]
default_ca = any
[any]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
unique_subject = no
policy = policy
default_md = sha256
[policy]
countryName = optional
organizationName = optional
commonName = optional
[req]
distinguished_name = req
END

# key NAME KIND
key() {
	case $2 in
	rsa*)	openssl genrsa -out "$1.key" "${2#rsa}" ;;
	ec)	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" ;;
	ec384)	openssl ecparam -name secp384r1 -genkey -noout -out "$1.key" ;;
	*)	openssl genpkey -algorithm "$2" -out "$1.key" ;;
	esac 2> /dev/null
}

# cert NAME ISSUER KIND FROM UNTIL SUBJECT DIGEST EXTENSION…
cert() {
	name=$1 issuer=$2 kind=$3 from=$4 until=$5 subject=$6 digest=$7
	shift 7
	[ -e "$name.key" ] || key "$name" "$kind"
	printf '%s\n' "$@" > "$work/ext"
	openssl req -new -key "$name.key" -subj "$subject" -config \
	    "$work/ca.cnf" -out "$work/csr" 2> /dev/null
	if [ "$issuer" = "$name" ]; then
		set -- -selfsign
	else
		set -- -cert "$issuer.pem"
	fi
	openssl ca -batch -notext -config "$work/ca.cnf" -md "$digest" \
	    -keyfile "$issuer.key" "$@" -startdate "$from" -enddate "$until" \
	    -extfile "$work/ext" -in "$work/csr" -out "$name.pem" 2> /dev/null
}

authority() {
	cert "$1" "$2" "$3" "$4" "$5" "/C=AQ/O=Test/CN=$6" sha256 \
	    basicConstraints=critical,CA:TRUE keyUsage=keyCertSign,cRLSign \
	    subjectKeyIdentifier=hash
}

# leaf NAME KIND NAMES [ISSUER [DIGEST [FROM UNTIL]]]
leaf() {
	cert "$1" "${4:-int}" "$2" "${6:-$begin}" "${7:-$end}" \
	    "/CN=$1.example.org" "${5:-sha256}" basicConstraints=CA:FALSE \
	    authorityKeyIdentifier=keyid "subjectAltName=$3"
}

rm -f -- *.key *.pem *.der
authority root root rsa2048 $begin $end "Root"
authority int root rsa2048 $begin $end "Intermediate"
authority oldint root ec $begin 20210101000000Z "Intermediate of old"
authority other other ec $begin $end "Root of others"
leaf mail rsa2048 DNS:mail.example.org,DNS:imap.example.org
leaf ec ec DNS:ec.example.org
leaf ed ed25519 DNS:ed.example.org
leaf weak rsa1024 DNS:weak.example.org
leaf sha1 rsa2048 DNS:sha1.example.org int sha1
leaf wild ec "DNS:*.example.org,DNS:w*.example.net"
leaf ip ec IP:192.0.2.7,IP:2001:db8::7
leaf expired ec DNS:mail.example.org int sha256 $begin 20210101000000Z
leaf future ec DNS:mail.example.org int sha256 21100101000000Z $end
leaf old ec DNS:mail.example.org oldint
leaf direct ec384 DNS:direct.example.org root
cert cn int ec $begin $end /O=Test/CN=cn.example.org sha256 \
    basicConstraints=CA:FALSE
cert snakeoil snakeoil rsa2048 $begin $end /CN=debian sha256 \
    basicConstraints=CA:FALSE subjectAltName=DNS:debian

cat mail.pem int.pem > fullchain.pem
cat mail.pem int.pem root.pem > withroot.pem
cat int.pem mail.pem > swapped.pem
cat mail.pem root.pem int.pem > wrongorder.pem
cat mail.pem other.pem > gap.pem
cat old.pem oldint.pem > oldchain.pem
cat mail.key mail.pem int.pem > combined.pem
cat ec.key mail.pem int.pem > wrongkey.pem
cat ec.key mail.key mail.pem > twokeys.pem
sed 's/$/\r/' combined.pem > crlf.pem
{
	echo "Subject: of a mail server"
	openssl x509 -in mail.pem -text
	printf '\nIssuer: \303\244\n'
	cat int.pem
} > text.pem
{ sed -n 1,5p mail.pem; cat int.pem; } > cut.pem
{ cat mail.pem; sed '2s/^.\{8\}/AAAAAAAA/' int.pem; } > brokenint.pem
openssl x509 -in mail.pem -outform DER -out mail.der
openssl pkey -in mail.key -outform DER -out mailkey.der
openssl pkcs8 -topk8 -in mail.key -passout pass:x -out encrypted.key
openssl rsa -traditional -aes128 -in mail.key -passout pass:x \
    -out proctype.key 2> /dev/null
cat encrypted.key mail.pem > encrypted.pem
sed '2s/^.\{8\}/AAAAAAAA/' mail.key > broken.key
