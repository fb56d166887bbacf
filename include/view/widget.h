/* The script that other sites paste (web/widget.js), and what names this very edition of it. */
#ifndef VIEW_WIDGET_H
#define VIEW_WIDGET_H

#include "base/embedded.h"

enum { WIDGET_EDITION = 17, WIDGET_INTEGRITY = 72 };

const struct embedded_file *widget_file(void);

/* The first 16 digits of its SHA-256, in lower-case hex. */
void widget_edition(char out[WIDGET_EDITION]);

/* "sha384-…", as integrity="" takes it (W3C Subresource Integrity). */
void widget_integrity(char out[WIDGET_INTEGRITY]);

#endif
