/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 8192 };

/* Sides of every kind; what they take their values from is the input. */
static const char rules[] = "spec: f\nrelations:\n"
    "  - id: a\n    why: w\n"
    "    each: {path: /etc/crypttab, entries: name,\n"
    "           without: {options: {includes: noauto}}}\n"
    "    in: {path: /etc/fstab, entries: device, strip: /dev/mapper/}\n"
    "  - id: b\n    why: w\n"
    "    each: {path: '/etc/qemu/*.xml', xpath: //@dev}\n"
    "    exists: {path: ['/dev/${value}', '${value}'], require: if-present,\n"
    "             mode: '<=0644', type: file}\n"
    "  - id: c\n    why: w\n"
    "    each: {path: '/etc/qemu/*.xml', stem: true}\n"
    "    equals: {path: '/etc/qemu/*.xml', xpath: /a/name}\n"
    "  - id: d\n    why: w\n"
    "    each: {path: /etc/a.ini, keys: s.domains, words: true, as: ini,\n"
    "           matches: '^[a-z]'}\n"
    "    in: {path: /etc/a.ini, regex: '^\\[domain/(.*)\\]$'}\n"
    "  - id: e\n    why: w\n"
    "    each: {path: /etc/passwd, entries: gid,\n"
    "           where: {uid: {at-least: 1000}}, except: ['0'],\n"
    "           among: {path: /etc/group, entries: gid}}\n"
    "    not-in: {path: /etc/group, regex: ':([0-9]+):', words: true}\n"
    "  - id: f\n    why: w\n"
    "    each: {path: /etc/a.ini, regex: 'cert *= *(.*)'}\n"
    "    key-in: {path: /etc/a.ini, regex: 'key *= *(.*)'}\n"
    "  - id: g\n    why: w\n"
    "    each: {path: /etc/a.ini, regex: 'cert *= *(.*)'}\n"
    "    certificate: {valid-for: 1d, chain: ordered}\n"
    "  - id: h\n    why: w\n"
    "    each: {path: '/etc/luks/*', luks: uuid}\n"
    "    in: {path: /etc/crypttab, entries: device, strip: UUID=}\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct catalogue ours;
	struct written w = written_read(data, size < SMALL ? size : SMALL);

	if (ours.n == 0)
		ours = written_spec(rules);
	written_judge_all(&w, &ours, NULL);
	written_done(&w);
	return 0;
}
