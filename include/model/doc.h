/* A JSON document, read-only. Its door is narrow: what gets in is well-formed, shallow, and says
 * each name once. */
#ifndef MODEL_DOC_H
#define MODEL_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"

/* A value within a document; lives as long as the document. */
struct doc;

enum doc_type { DOC_NONE, DOC_NULL, DOC_BOOL, DOC_NUMBER, DOC_TEXT, DOC_LIST, DOC_OBJECT };

enum { DOC_DEPTH = 32 };

/*
 * Reads bytes (RFC 8259, UTF-8). Fails with ERR_MALFORMED: empty, a NUL byte or \u0000, nested
 * deeper than DOC_DEPTH, duplicate names, numbers out of range, anything else the grammar refuses.
 * The depth is checked before the parser runs, since that recurses on a worker's small stack.
 */
struct doc *doc_parse(struct call *c, const char *bytes, size_t len);
void doc_free(struct doc *d);
void doc_auto(struct doc **d); /* for AUTO(doc); only the document itself, never a value within */

enum doc_type doc_type(const struct doc *d); /* NULL is DOC_NONE */

const struct doc *doc_get(const struct doc *object, const char *name); /* NULL when absent */
const char *doc_text(const struct doc *d);                             /* NULL unless it is text */
bool doc_bool(const struct doc *d);                                    /* false unless it is true */
double doc_number(const struct doc *d);                                /* 0 unless it is a number */
bool doc_is_integer(const struct doc *d);

size_t doc_count(const struct doc *list); /* of a list; 0 otherwise */
const struct doc *doc_at(const struct doc *list, size_t index);

/* Walks an object's names in their order: start with *at = NULL; false at the end. */
bool doc_next(const struct doc *object, void **at, const char **name, const struct doc **value);

/* Shorthands: the named member's text, or NULL; the named member's number as text in the call's
 * arena ("33.3"), or NULL. */
const char *doc_get_text(const struct doc *object, const char *name);
const char *doc_get_number(struct call *c, const struct doc *object, const char *name);

#endif
