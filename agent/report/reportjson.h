/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_REPORTJSON_H
#define AGENT_REPORT_REPORTJSON_H

#include "agent/json.h"
#include "agent/report/model.h"

/* The members of one object of a report in JSON, whatever it stands in. */

void reportjson_head(struct json *j, const struct model *m);
void reportjson_summary(struct json *j, const struct model *m);
void reportjson_finding(struct json *j, const struct model *m, size_t i);
void reportjson_mended(struct json *j, const struct model_mended *x);
void reportjson_transaction(struct json *j, const struct transaction *t);
void reportjson_restore(struct json *j, const struct model_restore *r);
void reportjson_accept(struct json *j, const struct model_accept *a);
void reportjson_change(struct json *j, const struct model *m, size_t i);
void reportjson_merge(struct json *j, const struct model_merge *x);
void reportjson_complaint(struct json *j, const struct model_complaint *c);

/* The list "findings" of an object that is open. */
void reportjson_findings(struct json *j, const struct model *m);

#endif
