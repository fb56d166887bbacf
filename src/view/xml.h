/* Text as XML 1.0 can hold it. */
#ifndef VIEW_XML_INSIDE_H
#define VIEW_XML_INSIDE_H

#include "base/buf.h"

/* Escaped for content and attributes alike: what no escape can say (XML 1.0 2.2: controls, U+FFFE,
 * U+FFFF) becomes U+FFFD; a carriage return stays one, though a reader turns bare ones into line
 * feeds. NULL adds nothing. */
void xml_add(struct buf *b, const char *text);

/* The same without the escapes, for a writer that escapes itself and looks at nothing else. */
void xml_add_bare(struct buf *b, const char *text);

/* <name>text</name>; nothing for NULL. name is ours. */
void xml_add_element(struct buf *b, const char *name, const char *text);

#endif
