# SPDX-License-Identifier: MIT
"""hostile.py FOLDER: packages and backups made by somebody who means ill."""
import gzip
import hashlib
import io
import struct
import sys
import tarfile

ESC = '\x1b]0;owned\x07\x1b[31m'
CONTROL = b'Package: evil\nVersion: 1.0\nArchitecture: all\n'
STR, ARRAY, I16, I32, BIN = 6, 8, 3, 4, 7
FILE = 0o100644


def tar(members):
    """Of (name, bytes) or (name, bytes, {attribute: value})."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as t:
        for name, data, *more in members:
            m = tarfile.TarInfo(name)
            m.size = len(data)
            for key, value in (more[0] if more else {}).items():
                setattr(m, key, value)
            t.addfile(m, io.BytesIO(data))
    return out.getvalue()


def sparse(name):
    """A terabyte with half a kilobyte in it, as GNU tar writes it."""
    def number(n):
        return b'\x80' + n.to_bytes(11, 'big')
    fields = {0: name.encode(), 100: b'0000644\0', 108: b'0000000\0',
              116: b'0000000\0', 124: b'%011o\0' % 512,
              136: b'%011o\0' % 0, 148: b' ' * 8, 156: b'S',
              257: b'ustar  \0', 386: number((1 << 40) - 512),
              398: b'%011o\0' % 512, 483: number(1 << 40)}
    head = bytearray(512)
    for at, value in fields.items():
        head[at:at + len(value)] = value
    head[148:156] = b'%06o\0 ' % sum(head)
    return bytes(head) + b'x' * 512


def ar(parts):
    out = b'!<arch>\n'
    for name, data in parts:
        out += b'%-16s%-12d%-6d%-6d%-8o%-10d`\n' % (
            name.encode(), 0, 0, 0, FILE, len(data))
        out += data + b'\n' * (len(data) % 2)
    return out


def deb(data, control=CONTROL, postinst=None):
    more = [('./postinst', postinst)] if postinst else []
    return ar([
        ('debian-binary', b'2.0\n'),
        ('control.tar.gz', gzip.compress(tar([('./control', control)] +
                                             more))),
        ('data.tar.gz', gzip.compress(tar(data)))])


def text(s):
    return (s if isinstance(s, bytes) else s.encode()) + b'\0'


def header(tags, region):
    index = store = b''
    for tag, kind, value in sorted(tags):
        size = {I16: 2, I32: 4}.get(kind, 1)
        store += b'\0' * (-len(store) % size)
        data = value if kind == BIN else text(value) if kind == STR else \
            b''.join(map(text, value)) if kind == ARRAY else \
            struct.pack('>%d%s' % (len(value), 'H' if kind == I16 else 'I'),
                        *value)
        index += struct.pack('>IIII', tag, kind, len(store),
                             1 if kind == STR else len(value))
        store += data
    n = len(index) // 16 + 1
    index = struct.pack('>IIII', region, BIN, len(store), 16) + index
    store += struct.pack('>IIiI', region, BIN, -16 * n, 16)
    return b'\x8e\xad\xe8\x01\0\0\0\0' + \
        struct.pack('>II', n, len(store)) + index + store


def cpio(members):
    out = b''
    for name, data in members + [('TRAILER!!!', b'')]:
        out += b'070701' + b''.join(b'%08x' % n for n in (
            1, FILE, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
        out += text(name)
        out += b'\0' * (-len(out) % 4) + data
        out += b'\0' * (-len(out) % 4)
    return out


def rpm(files, name='evil', post=None, without=(), payload=None, **other):
    folders = sorted({f.rsplit('/', 1)[0] + '/' for f, _ in files})
    n = len(files)
    tags = {
        1000: (STR, name), 1001: (STR, '1'), 1002: (STR, '1'),
        1009: (I32, [1]), 1021: (STR, 'linux'), 1022: (STR, 'noarch'),
        1124: (STR, 'cpio'), 1125: (STR, 'gzip'), 1044: (STR, 'e.src.rpm'),
        1028: (I32, [len(d) for _, d in files]), 1030: (I16, [FILE] * n),
        1034: (I32, [1] * n), 1037: (I32, [1] * n),
        1035: (ARRAY, [hashlib.sha256(d).hexdigest() for _, d in files]),
        1036: (ARRAY, [''] * n), 1039: (ARRAY, ['root'] * n),
        1040: (ARRAY, ['root'] * n), 1096: (I32, list(range(1, n + 1))),
        1116: (I32, [folders.index(f.rsplit('/', 1)[0] + '/')
                     for f, _ in files]),
        1117: (ARRAY, [f.rsplit('/', 1)[1] for f, _ in files]),
        1118: (ARRAY, folders), 5011: (I32, [8])}
    if post:
        tags[1024] = (STR, post)
        tags[1086] = (STR, '/bin/sh')
    tags.update({int(k[1:]): v for k, v in other.items()})
    h = header([(t, *v) for t, v in tags.items() if t not in without], 63)
    if payload is None:
        payload = gzip.compress(cpio([('.' + f, d) for f, d in files]))
    sig = header([(1000, I32, [len(h) + len(payload)]),
                  (1004, BIN, hashlib.md5(h + payload).digest())], 62)
    lead = b'\xed\xab\xee\xdb\3\0' + struct.pack('>hh', 0, 1)
    return lead.ljust(76, b'\0') + struct.pack('>hh', 1, 5) + b'\0' * 16 + \
        sig + b'\0' * (-len(sig) % 8) + h + payload


ONE = [('./etc/x', b'x')]
IMAP = [('/etc/pam.d/imap', b'auth required pam_deny.so\n'),
        ('/etc/x', b'x')]
BRANCHES = b'if [ -e /a ]; then mv /etc/passwd /etc/pw; fi\n'
EMPTY = tar([('./control', CONTROL)])
WHOLE = rpm(IMAP)
PACKAGES = {
    'out.deb': deb([('./etc/../../x', b'x')]),
    'deep.deb': deb([('./etc/' + 'a/' * 200000 + 'x', b'x')]),
    'escapes.deb': deb([('./etc/a' + ESC + '\nline', b'x')],
                       b'Package: e%b\nVersion: 1%b\nArchitecture: all\n' %
                       (ESC.encode(), ESC.encode())),
    'lrzip.deb': ar([('control.tar', EMPTY),
                     ('data.tar.lrz', b'LRZI\0\6' + b'\0' * 100)]),
    'nodata.deb': ar([('control.tar', EMPTY), ('control.tar', EMPTY)]),
    'long.deb': deb(ONE, postinst=b'true\n' * 120000 + b'rm /etc/fstab\n'),
    'vast.deb': deb(ONE, postinst=BRANCHES * 1000000),
    'acts.deb': deb(ONE, postinst=b'f() {\n' + b'rm /etc/a\n' * 9000 +
                    b'}\n' + b'f\n' * 9 + b'rm /etc/fstab\n'),
    'whole.rpm': WHOLE,
    'escapes.rpm': rpm([('/etc/a' + ESC + '\nline', b'x')], 'e' + ESC,
                       'rm /etc/fstab'),
    'vast.rpm': rpm(IMAP, post=BRANCHES * 1000000),
    'rubbish.rpm': rpm(IMAP, payload=bytes(range(256)) * 99),
    'out.rpm': rpm(IMAP, payload=gzip.compress(cpio([('./../x', b'x')]))),
    'modes.rpm': rpm(IMAP, t1030=(I16, [FILE])),
    'folders.rpm': rpm(IMAP, without=[1118]),
    'index.rpm': rpm(IMAP, t1116=(I32, [99999999, 4294967291])),
    'relative.rpm': rpm(IMAP, t1118=(ARRAY, ['etc/', '../'])),
    'name.rpm': rpm(IMAP, without=[1000]),
    'version.rpm': rpm(IMAP, without=[1001, 1002]),
    'type.rpm': rpm(IMAP, t1000=(I32, [7])),
    'cut.rpm': WHOLE[:300],
}
for magic, at in (('signature', 96), ('header', WHOLE.rindex(b'\x8e\xad'))):
    for i, n in enumerate(((0x7fffffff, 16), (0xffff, 0x10000000),
                           (5, 0xffffffff), (0, 0))):
        PACKAGES['%s%d.rpm' % (magic, i)] = WHOLE[:at + 8] + \
            struct.pack('>II', *n) + WHOLE[at + 16:]

FSTAB = ('etc/fstab', b'old\n')
LINK = {'type': tarfile.LNKTYPE}
BACKUPS = {
    'deep.tar': tar([FSTAB, ('srv/' + 'a/' * 400000 + 'x', b'x')]),
    'long.tar': tar([FSTAB, ('etc/' + 'a' * 9000, b'x')]),
    'chain.tar': tar([FSTAB, ('srv/a', b's')] + [
        ('srv/a' + 'b' * (n + 1), b'', {**LINK, 'linkname': 'srv/a' + 'b' * n})
        for n in range(20)] + [
            ('etc/h', b'', {**LINK, 'linkname': 'srv/a' + 'b' * 20})]),
    'self.tar': tar([FSTAB, ('etc/h', b'', {**LINK, 'linkname': 'etc/h'})]),
    'out.tar': tar([FSTAB, ('etc/../' + ESC + '\nx', b'x')]),
    'sparse-etc.tar': sparse('etc/image') + tar([FSTAB]),
    'sparse-srv.tar': sparse('srv/image') + tar([FSTAB]),
    'odd.tar': tar([
        FSTAB, ('etc/a' + ESC + '\nline', b'x'),
        ('etc/link', b'', {'type': tarfile.SYMTYPE, 'linkname': ESC}),
        ('etc/disk', b'', {'type': tarfile.BLKTYPE}),
        ('etc/pipe', b'', {'type': tarfile.FIFOTYPE}),
        ('etc/who', b'', {'uname': ESC, 'gname': 'a b\n'}),
        ('etc/late', b'', {'pax_headers': {'mtime': '9' * 25}}),
        ('etc/early', b'', {'pax_headers': {'mtime': '-' + '9' * 25}}),
        ('etc/times', b'', {'pax_headers': {'mtime': '-5.5'}}),
        ('etc/entries/x', b'x'), ('etc/.git/config', b'x'),
        ('etc/xattrs', b'', {'pax_headers': {
            'SCHILY.xattr.user.a%3Db': 'v', 'SCHILY.xattr.user.a\nb': 'v',
            'SCHILY.xattr.%00': 'v', 'LIBARCHIVE.xattr.%3D': 'dg=='}}),
        ('etc/driftctl/seal.key', b'k' * 32)]),
}

for file, content in {**PACKAGES, **BACKUPS}.items():
    with open('%s/%s' % (sys.argv[1], file), 'wb') as f:
        f.write(content)
