/* SPDX-License-Identifier: MIT */
#include "agent/command.h"
#include "agent/doctor/doctor.h"
#include "agent/say.h"
#include "base/tr.h"

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	int code;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0],
		    _("'doctor' takes no arguments"));
	doctor_run(o, &d);
	code = diagnoses_exit(&d);
	if (o->format == FORMAT_JSON)
		doctor_json(&d, &out);
	else if (code != 0 || o->verbose >= 0)
		doctor_text(&d, o->verbose > 0, &out);
	return say_result(o, &out, e) < 0 ? -1 : code;
}

const struct command cmd_doctor = {
	"doctor", "", N_("says whether hooks, timer, store and specs are well, "
	    "and what to do"), true, run
};
