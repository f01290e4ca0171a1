#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Specs drafted from a machine as it is.
# shellcheck disable=SC2154,SC2016

load ../lib.sh

setup() {
	scratch
	SPECS=$BATS_TEST_TMPDIR/specs
	mkdir -p "$SPECS" "$ROOT/etc/pam.d" "$ROOT/etc/libvirt/qemu" \
	    "$ROOT/etc/default" "$ROOT/usr/lib/systemd/system/imap.service.d"
	cat > "$ROOT/etc/pam.d/imap" <<-'END'
	auth sufficient pam_sss.so
	auth required pam_deny.so
	account include common-account
	END
	printf 'account required pam_unix.so\n' \
	    > "$ROOT/etc/pam.d/common-account"
	printf 'vm1 /dev/vg/vm1 /etc/keys/vm1 luks\nvm2 UUID=1 none luks\n' \
	    > "$ROOT/etc/crypttab"
	printf '# c\nOPTIONS="-u imap -n 5"\nDB_PASSWORD=hunter2\n' \
	    > "$ROOT/etc/default/imap"
	printf 'one line\n# none\n${other} \\E \\Qline\ntoken hunter3\n' \
	    > "$ROOT/etc/odd"
	printf 'a\0b' > "$ROOT/etc/binary"
	printf 'root:$6$hunter4:1::::::\n' > "$ROOT/etc/shadow"
	chmod 640 "$ROOT/etc/shadow"
	ln -s odd "$ROOT/etc/link"
	cat > "$ROOT/etc/libvirt/qemu/vm.xml" <<-'END'
	<domain type='kvm'><name>vm</name><devices>
	<disk type='block'><driver type='raw'/><source dev='/dev/mapper/a'/>
	<target dev='vda' bus='virtio'/></disk>
	<disk type='block'><driver type='raw'/><source dev='/dev/mapper/b'/>
	<target dev='vdb' bus='virtio'/></disk></devices></domain>
	END
	printf '[Unit]\nDescription=Imap\n[Service]\nExecStart=/usr/bin/imap\n' \
	    > "$ROOT/usr/lib/systemd/system/imap.service"
	printf '[Service]\nExecStart=\nExecStart=/usr/bin/imap -s\n' \
	    > "$ROOT/usr/lib/systemd/system/imap.service.d/x.conf"
}

# learn to a spec that is then in force; no store is there before that.
learned() {
	d learn "$@"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ ! -e "$STORE" ]
	name=$(sed -n 's/^spec: //p' <<< "$output")
	printf '%s\n' "$output" > "$SPECS/$name.yaml"
}

l() {
	d --specs "$SPECS" "$@"
}

@test "what is learned passes lint and holds" {
	learned /etc/pam.d/imap /etc/crypttab /etc/default/imap /etc/odd \
	    /etc/binary /etc/link /etc/libvirt /etc/shadow
	l spec lint "$SPECS/learned.yaml"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	l init
	[ "$status" -eq 0 ]
	l check
	[ "$status" -eq 0 ]
	says "clean: 10 rules of 1 spec hold"
}

@test "what several files say is learned once, whatever their names" {
	printf 'A=1\n' > "$ROOT/etc/default/{a,b"
	printf '[s]\na=1\n[t]\nb=2\n[s]\na=3\n' > "$ROOT/etc/twice.ini"
	printf '[Unit]\nAfter=x\n' \
	    >> "$ROOT/usr/lib/systemd/system/imap.service"
	printf '[Unit]\nAfter=y\n' \
	    >> "$ROOT/usr/lib/systemd/system/imap.service.d/x.conf"
	learned --service imap /etc/default /etc/twice.ini \
	    /usr/lib/systemd/system
	l spec lint "$SPECS/$name.yaml"
	[ "$status" -eq 0 ]
	l init
	l check
	[ "$status" -eq 0 ]
}

@test "a format that is understood is learned by its structure" {
	learned /etc/pam.d/imap /etc/crypttab /etc/default/imap /etc/libvirt
	says '- auth: {module: "pam_sss.so", control: "sufficient"}'
	says '- account: {module: "pam_unix.so"}'
	says '- {type: auth, if: {}, then: denied}'
	says '- {type: auth, if: {"pam_sss.so": success}, then: granted}'
	says '- where: {name: "vm1"}'
	says '"OPTIONS": "-u imap -n 5"'
	says '(/domain/devices/disk/source/@dev)[2]' '"/dev/mapper/b"'
	says_not "sha256"
}

@test "what is secret is not written into a spec" {
	learned /etc/default/imap /etc/odd /etc/shadow
	says '"DB_PASSWORD": {absent: false}'
	says 'secret: true'
	says_not hunter
}

@test "no value that has a secret in it is written into a spec" {
	mkdir -p "$ROOT/etc/systemd/system" "$ROOT/etc/cron.d"
	printf '[Service]\nEnvironment="PGPASSWORD=hunter2"\nUser=a\n' \
	    > "$ROOT/etc/systemd/system/a.service"
	printf '[s]\napi_key = hunter2\nurl = db://me:hunter2@host/x\n' \
	    > "$ROOT/etc/a.conf"
	echo '//h/s /m cifs user=a,password=hunter2 0 0' > "$ROOT/etc/fstab"
	echo '1 1 * * * root mysqldump -phunter2 x' > "$ROOT/etc/cron.d/a"
	echo 'bindpw hunter2' > "$ROOT/etc/odd"
	learned /etc/systemd /etc/a.conf /etc/fstab /etc/cron.d /etc/odd
	[[ $output != *hunter2* ]]
	says Service.User
	says s.url "absent: false"
	says "mountpoint: \"/m\""
	l spec lint "$SPECS/learned.yaml"
	[ "$status" -eq 0 ]
}

@test "each file with keys is learned, whatever its name" {
	printf '[s]\na = 1\n' | tee "$ROOT/etc/a.conf" \
	    "$ROOT/etc/"$'new\nline".conf' > "$ROOT/etc/\${x}{a,b}*.conf"
	ln -s . "$ROOT/etc/self"
	mkfifo "$ROOT/etc/fifo"
	learned /etc
	[ "$(grep -c '^    keys:$' <<< "$output")" -ge 3 ]
	l init
	[ "$status" -eq 0 ]
	l check
	[ "$status" -eq 0 ]
}

@test "a service is learned with its unit, its stack and its defaults" {
	learned --service imap
	[ "$name" = imap ]
	says 'unit: "imap.service"'
	says '"Service.ExecStart": "/usr/bin/imap -s"'
	says 'path: "/etc/pam.d/imap"'
	says 'path: "/etc/default/imap"'
	says_not common-account
}

@test "a fault planted afterwards is found" {
	learned /etc/pam.d/imap /etc/crypttab /etc/default/imap /etc/odd \
	    /etc/binary /etc/libvirt
	l init
	sed -i 's/sufficient/optional/' "$ROOT/etc/pam.d/imap"
	sed -i 's/bus=.virtio./bus="ide"/' "$ROOT/etc/libvirt/qemu/vm.xml"
	sed -i /vm2/d "$ROOT/etc/crypttab"
	sed -i 's/-n 5/-n 50/' "$ROOT/etc/default/imap"
	sed -i 's/one line/another line/' "$ROOT/etc/odd"
	printf 'a\0c' > "$ROOT/etc/binary"
	l check
	[ "$status" -eq 1 ]
	for rule in pam-d-imap qemu-vm-xml etc-crypttab default-imap etc-odd \
	    etc-binary; do
		says "learned/$rule"
	done
}

@test "what is not there cannot be learned" {
	d learn /etc/nothing
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: /etc/nothing: is not there, so nothing can be learned of it" ]
	d learn --service nothing
	[ "$status" -eq 2 ]
	[[ $stderr == *"there is no unit, PAM service or configuration of this name"* ]]
	d learn
	[ "$status" -eq 2 ]
	[[ $stderr == *"nothing to learn from [name paths, or a service"* ]]
	d learn --service a/b
	[ "$status" -eq 2 ]
	[[ $stderr == *"'a/b' is no name of a service"* ]]
	d learn --name A /etc/odd
	[ "$status" -eq 2 ]
	[[ $stderr == *"'A' cannot be the name of a spec"* ]]
	mkdir "$ROOT/etc/many"
	(cd "$ROOT/etc/many" && seq -f f%g 600 | xargs touch)
	d learn /etc/many
	[ "$status" -eq 2 ]
	[[ $stderr == *"more than 500 objects"* ]]
}
