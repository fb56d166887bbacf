/* A named SQL statement; the build turns every "-- name:" block under sql/queries/ into one. */
#ifndef PG_STMT_H
#define PG_STMT_H

struct stmt {
    const char *name;
    const char *sql;
};

#endif
