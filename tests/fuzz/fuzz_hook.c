/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "agent/doctor/runlog.h"
#include "agent/hook/aptlist.h"
#include "agent/hook/zypp.h"
#include "agent/ledger/transaction.h"
#include "agent/pkg/pkgversion.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What package managers say to the hooks, and what these wrote down. The first
 * byte says which. */

/* The frames that were found, and how many bytes stood behind the last. */
static void
frames(const char *bytes, size_t len, size_t piece, struct buf *out)
{
	CLEANUP(drop_zypp) struct zypp_reader z = { 0 };

	for (size_t from = 0; from < len; from += piece) {
		const char *at = bytes + from;
		const char *end = at + (len - from < piece ? len - from :
		    piece);
		enum zypp_command c;

		while ((c = zypp_read(&z, &at, end)) != ZYPP_NONE)
			buf_addc(out, (char)('0' + c));
		assert(at == end);
		assert(z.line.len <= 4096 && z.command.len <= 4096);
	}
}

/* In which pieces bytes come says nothing. */
static void
zypp(const char *bytes, size_t len)
{
	CLEANUP(drop_buf) struct buf whole = { 0 }, pieces = { 0 };

	frames(bytes, len, len > 0 ? len : 1, &whole);
	frames(bytes, len, 1, &pieces);
	assert(strcmp(buf_str(&whole), buf_str(&pieces)) == 0);
	pieces.len = 0;
	buf_adds(&pieces, "");
	frames(bytes, len, 7, &pieces);
	assert(strcmp(buf_str(&whole), buf_str(&pieces)) == 0);
}

static void
apt(const char *bytes, size_t len)
{
	CLEANUP(drop_aptlist) struct aptlist l = { 0 };
	struct err e = { 0 };

	if (aptlist_parse("apt", bytes, len, &l, &e) < 0)
		assert(e.kind == ERR_INPUT);
	for (size_t i = 0; i < l.n; i++)
		assert(l.items[i].name != NULL && l.items[i].file != NULL);
}

/* What was read is written so that it is read again as the same. */
static void
record(const char *bytes, size_t len)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 }, u = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 };
	struct err e = { 0 };
	int n;

	if (transaction_parse("t", bytes, len, &t, &e) < 0)
		return;
	transaction_write(&t, &a);
	n = transaction_parse("t", buf_str(&a), a.len, &u, &e);
	assert(n == 0);
	transaction_write(&u, &b);
	assert(a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0);
}

static void
list(const char *bytes, size_t len)
{
	CLEANUP(drop_pkglist) struct pkglist l = { 0 }, m = { 0 };
	CLEANUP(drop_pkgchanges) struct pkgchanges c = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 };
	struct err e = { 0 };
	int n;

	if (pkglist_parse("p", bytes, len, &l, &e) < 0)
		return;
	pkglist_write(&l, &a);
	n = pkglist_parse("p", buf_str(&a), a.len, &m, &e);
	assert(n == 0);
	pkglist_compare(&l, &m, &c);
	assert(c.n == 0);
}

/* A log that goes on is never older, and a limit is one. */
static void
runlog(const char *bytes, size_t len)
{
	const int64_t limit = 2000000000;

	for (int k = RUNLOG_DPKG; k <= RUNLOG_PACMAN; k++) {
		int64_t last = runlog_last((enum runlog)k, bytes, len, limit);

		assert(last >= 0 && last <= limit);
		if (last > 0)
			assert(runlog_last((enum runlog)k, bytes, len,
			    last) == last);
	}
}

/* Two versions, a newline between: which is older does not depend on which is
 * asked about. */
static void
versions(const char *bytes, size_t len)
{
	const char *nl = memchr(bytes, '\n', len);
	CLEANUP(drop_free) char *a = NULL, *b = NULL;
	int n, m;

	if (nl == NULL)
		return;
	a = xmemdup(bytes, (size_t)(nl - bytes));
	b = xmemdup(nl + 1, len - (size_t)(nl + 1 - bytes));
	n = pkgversion_cmp(a, b);
	m = pkgversion_cmp(b, a);
	assert((n < 0) == (m > 0) && (n == 0) == (m == 0));
	assert(pkgversion_cmp(a, a) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kinds[])(const char *bytes, size_t len) = {
		zypp, apt, record, list, runlog, versions };

	if (size > 0)
		kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))](
		    (const char *)data + 1, size - 1);
	return 0;
}
