#!/bin/bash
# SPDX-License-Identifier: MIT
# foreign.sh BUILD LAYER BASE SHARED: the same as layer.sh for the root BASE of
# another release: driftctl with its libraries in a folder of their own, which
# no other program there looks into, and built with BASE's compiler against its
# librpm driftctl-rpm, and rpm's plugin where that has one.
set -eu
cd "$(dirname "$0")/../.."
build=$1 layer=$2 base=$3 shared=$4
own=$layer/usr/local/lib/driftctl

bash tests/pm/layer.sh "$build" "$layer"
mkdir -p "$own"
mv "$layer"/usr/local/lib/*.so* "$layer/usr/local/bin/driftctl" \
    "$layer"/usr/local/libexec/driftctl/driftctl-{full,notify} "$own"
rm -r "$layer/usr/local/libexec"
cat > "$layer/usr/local/bin/driftctl" << 'END'
#!/bin/sh
export LD_LIBRARY_PATH=/usr/local/lib/driftctl
exec /usr/local/lib/driftctl/driftctl "$@"
END
cat > "$own/driftctl-rpm" << 'END'
#!/bin/sh
unset LD_LIBRARY_PATH
exec /usr/local/lib/driftctl/driftctl-rpm.own "$@"
END
chmod 755 "$layer/usr/local/bin/driftctl" "$own/driftctl-rpm"
rm -f "$layer/etc/rpm/macros"
mkdir -p "$shared/source"
cp --parents agent/*.h agent/rpm/*.c agent/pkg/*.[ch] base/*.[ch] \
    snapshots/*.h specs/*.h packaging/rpm-plugin/* "$shared/source"
bash tests/pm/box.sh "$base" "$shared" bash -euc '
cd /shared/source
flags="-D_GNU_SOURCE -std=gnu17 -O1 -g -I."
gcc $flags -o /shared/driftctl-rpm.own agent/rpm/*.c \
    agent/pkg/{ownerstext,owners,rpmplan,wanted}.c \
    base/{buf,err,file,mem,strlist,text,path}.c -lrpm -lrpmio
gcc $flags -Wall -Wextra -Wshadow -Wconversion -Werror -fPIC -shared \
    -DPROGRAM=\"/usr/local/bin/driftctl\" -o /shared/driftctl.so \
    packaging/rpm-plugin/driftctl.c
rpm --eval %{__plugindir} > /shared/plugindir'
mv "$shared/driftctl-rpm.own" "$own"
plugins=$layer$(cat "$shared/plugindir")
mkdir -p "$plugins" "$layer/usr/lib/rpm/macros.d"
mv "$shared/driftctl.so" "$plugins"
cp packaging/rpm-plugin/macros.transaction_driftctl "$layer/usr/lib/rpm/macros.d"
rm -r "$shared/source"
