/* From an SQLSTATE to the domain's own errors: one table. */
#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include <libpq-fe.h>

#include "base/call.h"
#include "conn.h"

/* Judges a failed result. For CONN_REFUSED it has failed the call; what only an operator may see
 * goes to the log (or, on a verbatim connection, to the operator), and k knows whether the disk is
 * full. */
enum conn_end sqlstate_judge(struct call *c, const PGresult *failed, struct conn *k);

#endif
