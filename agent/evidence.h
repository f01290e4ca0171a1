/* SPDX-License-Identifier: MIT */
#ifndef AGENT_EVIDENCE_H
#define AGENT_EVIDENCE_H

#include "agent/machine.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"
#include "specs/eval.h"

/*
 * What rules are judged by: a manifest, and the bytes behind it, either of the
 * live system or of a snapshot. Folders of the manifest that are symlinks are
 * followed, so that a rule about /lib/systemd finds /usr/lib/systemd.
 */
struct evidence_source;

/*
 * Live: content is read below the machine's root, and so is the metadata of a
 * symlink's untracked target; what is looked at though it is not tracked is
 * added to inputs, which may be NULL. baseline is the accepted snapshot, NULL
 * when there is none.
 */
struct evidence_source *evidence_live(struct machine *m,
    const struct manifest *entries, const struct oid *baseline,
    struct inputs *inputs);
/* What the capture behind the entries could not look at is hidden, not gone. */
void evidence_set_unknown(struct evidence_source *s, const struct capture *c);
/* Services' own checkers may be run, where what is judged is the running
 * system; otherwise their rules are counted as not asked. */
void evidence_let_ask(struct evidence_source *s);
/* A snapshot: content comes from the store. */
struct evidence_source *evidence_snapshot(struct machine *m,
    const struct manifest *entries, const struct oid *baseline);
void evidence_free(struct evidence_source *s);
void drop_evidence(struct evidence_source **s);	/* for CLEANUP */

const struct evidence *evidence_get(const struct evidence_source *s);

#endif
