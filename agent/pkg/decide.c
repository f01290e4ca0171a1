/* SPDX-License-Identifier: MIT */
#include "agent/pkg/decide.h"

const char *const decision_words[DECISIONS + 1] = { "quiet", "note", "merge",
	"flag" };
const char *const local_words[LOCAL_STATES + 1] = { "pristine", "edited",
	"gone", "own", "none" };
const char *const shipped_words[SHIPPED_KINDS + 1] = { "nothing", "same",
	"changed", "dropped", "moved", "new" };
const char *const remains_words[REMAINS_KINDS + 1] = { "kept", "other",
	"gone" };

#define QUIET DECISION_QUIET
#define NOTE DECISION_NOTE
#define MERGE DECISION_MERGE
#define FLAG DECISION_FLAG

/*
 * What nobody had edited may be replaced by what the package ships; what
 * somebody had is his until he says otherwise. What vanishes is flagged unless
 * the package put it where it is found as well: a file that is gone without a
 * word is what locks people out. What scriptlets write into files that are no
 * longer as shipped is a note: /etc/passwd changes with every service that
 * brings a user. What cannot come about is flagged, too.
 */
static const enum decision table[LOCAL_STATES][REMAINS_KINDS][SHIPPED_KINDS] = {
	[LOCAL_PRISTINE] = {
	/*         package: nothing same   changed dropped moved  new    */
	[REMAINS_KEPT]  = { QUIET,  QUIET, MERGE,  NOTE,   NOTE,  QUIET },
	[REMAINS_OTHER] = { NOTE,   NOTE,  NOTE,   NOTE,   NOTE,  NOTE  },
	[REMAINS_GONE]  = { FLAG,   FLAG,  FLAG,   FLAG,   NOTE,  FLAG  },
	},
	[LOCAL_EDITED] = {
	[REMAINS_KEPT]  = { QUIET,  QUIET, MERGE,  NOTE,   NOTE,  MERGE },
	[REMAINS_OTHER] = { NOTE,   NOTE,  MERGE,  FLAG,   MERGE, MERGE },
	[REMAINS_GONE]  = { FLAG,   FLAG,  FLAG,   FLAG,   FLAG,  FLAG  },
	},
	/* Kept: it is still not there. */
	[LOCAL_GONE] = {
	[REMAINS_KEPT]  = { QUIET,  QUIET, QUIET,  QUIET,  QUIET, QUIET },
	[REMAINS_OTHER] = { NOTE,   FLAG,  FLAG,   FLAG,   FLAG,  FLAG  },
	[REMAINS_GONE]  = { FLAG,   FLAG,  FLAG,   FLAG,   FLAG,  FLAG  },
	},
	/* Same, changed, dropped, moved: a package named a %ghost. */
	[LOCAL_OWN] = {
	[REMAINS_KEPT]  = { QUIET,  QUIET, QUIET,  NOTE,   NOTE,  MERGE },
	[REMAINS_OTHER] = { NOTE,   NOTE,  NOTE,   NOTE,   NOTE,  MERGE },
	[REMAINS_GONE]  = { FLAG,   FLAG,  FLAG,   FLAG,   FLAG,  FLAG  },
	},
	[LOCAL_NONE] = {
	[REMAINS_KEPT]  = { QUIET,  QUIET, QUIET,  QUIET,  QUIET, QUIET },
	[REMAINS_OTHER] = { NOTE,   NOTE,  NOTE,   NOTE,   NOTE,  NOTE  },
	[REMAINS_GONE]  = { FLAG,   FLAG,  FLAG,   FLAG,   FLAG,  FLAG  },
	},
};

enum decision
decide(enum local_state local, enum shipped did, enum remains remains)
{
	return table[local][remains][did];
}
