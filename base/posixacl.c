/* SPDX-License-Identifier: MIT */
#include "base/posixacl.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include <acl/libacl.h>
#include <sys/acl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tr.h"

static void
drop_acl(void *pp)
{
	acl_t acl = *(acl_t *)pp;

	if (acl != NULL)
		acl_free(acl);
}

static int
add_text(acl_t acl, struct buf *out)
{
	char *text = acl_to_any_text(acl, NULL, ',', TEXT_NUMERIC_IDS);

	if (text == NULL)
		return -1;
	buf_adds(out, text);
	acl_free(text);
	return 0;
}

int
posixacl_get(const char *path, bool is_default, const char *where,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_acl) acl_t acl = acl_get_file(path,
	    is_default ? ACL_TYPE_DEFAULT : ACL_TYPE_ACCESS);
	if (acl == NULL && (errno == ENOTSUP || errno == ENODATA))
		return 0;
	if (acl == NULL)
		return err_sys(e, where, _("cannot read the ACL"));
	if (is_default ? acl_entries(acl) == 0 :
	    acl_equiv_mode(acl, NULL) == 0)
		return 0;
	if (add_text(acl, out) < 0)
		return err_sys(e, where, _("cannot read the ACL"));
	return 1;
}

int
posixacl_set(const char *path, bool is_default, const char *text,
    const char *where, struct err *e)
{
	CLEANUP(drop_acl) acl_t acl = NULL;

	if (text == NULL) {
		const char *name = is_default ? "system.posix_acl_default" :
		    "system.posix_acl_access";

		if (removexattr(path, name) < 0 && errno != ENODATA &&
		    errno != EOPNOTSUPP)
			return err_sys(e, where, _("cannot remove the ACL"));
		return 0;
	}
	if ((acl = acl_from_text(text)) == NULL)
		return err_set(e, ERR_INPUT, where, _("bad ACL '%s'"), text);
	if (acl_set_file(path, is_default ? ACL_TYPE_DEFAULT : ACL_TYPE_ACCESS,
	    acl) < 0)
		return err_sys(e, where, _("cannot set the ACL"));
	return 0;
}

int
posixacl_normal(const char *text, struct buf *out)
{
	CLEANUP(drop_acl) acl_t acl = acl_from_text(text);
	if (acl == NULL || acl_valid(acl) < 0)
		return -1;
	return add_text(acl, out);
}

int
posixacl_mask(const char *text)
{
	const char *at = strstr(text, ",mask::");

	if (at == NULL)
		return -1;
	at += strlen(",mask::");
	return strnlen(at, 3) < 3 ? -1 : (at[0] == 'r' ? 4 : 0) |
	    (at[1] == 'w' ? 2 : 0) | (at[2] == 'x' ? 1 : 0);
}
