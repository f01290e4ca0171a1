#!/bin/bash
# SPDX-License-Identifier: MIT
# box.sh LAYERS SHARED COMMAND…
# Runs a command in a throw-away root: an overlay of the folders LAYERS (the
# first is uppermost, colons between), in namespaces of its own, SHARED bound
# to /shared. Nothing that happens there is left or seen outside. With BOX_INIT
# set, systemd starts the root after the command, and ends it when it likes.
set -eu

# A group of processes of its own is all that this systemd sees of any.
# shellcheck disable=SC2016 # these are expanded inside
if [ -n "${BOX_INIT-}" ] && [ -z "${BOX_CGROUP-}" ]; then
	exec unshare --mount bash -c '
		status=0
		export BOX_CGROUP=box-$$
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mkdir "/sys/fs/cgroup/$BOX_CGROUP"
		(echo 0 > "/sys/fs/cgroup/$BOX_CGROUP/cgroup.procs"
		exec bash "$@") || status=$?
		find "/sys/fs/cgroup/$BOX_CGROUP" -depth -type d \
		    -exec rmdir {} \;
		exit $status
	' box "$0" "$@"
fi

layers=$1
shared=$2
shift 2

# shellcheck disable=SC2016 # these are expanded inside
exec unshare --mount --pid --ipc --uts --net --cgroup --fork bash -c '
set -eu
layers=$1
shared=$2
shift 2
t=$(mktemp -d)
trap "" INT
mount -t tmpfs -o size=2g tmpfs "$t"
mkdir "$t/upper" "$t/work" "$t/root"
r=$t/root
mount -t overlay -o "lowerdir=$layers,upperdir=$t/upper,workdir=$t/work" \
    overlay "$r"
mount -t proc proc "$r/proc"
mount -t tmpfs tmpfs "$r/tmp"
mount -t tmpfs tmpfs "$r/run"
mount -t tmpfs tmpfs "$r/dev"
for name in null zero full random urandom tty; do
	touch "$r/dev/$name"
	mount --bind "/dev/$name" "$r/dev/$name"
done
mkdir -p "$r/shared" "$r/dev/shm" "$r/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$r/dev/pts"
ln -s pts/ptmx "$r/dev/ptmx"
ln -s /proc/self/fd "$r/dev/fd"
mount --bind "$shared" "$r/shared"
ip link set lo up 2> /dev/null || true
trap - INT
set -- /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LC_ALL=C.UTF-8 TERM=dumb "$@"
[ -n "${BOX_INIT-}" ] || exec chroot "$r" "$@"
chroot "$r" "$@"
mount -t tmpfs -o size=1m tmpfs "$r/sys"
mkdir -p "$r/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$r/sys/fs/cgroup"
exec chroot "$r" /usr/bin/env -i container=box /lib/systemd/systemd \
    --show-status=no --log-target=null
' box "$layers" "$shared" "$@"
