#include "view/table_in.h"

#include <string.h>

#include "model/import.h"
#include "view/csv_in.h"

struct taking {
    struct import *import;
    bool is_guarded;
};

static bool take_row(void *context, struct call *c, size_t row, const struct cell *cells,
                     size_t count) {
    const struct taking *t = context;
    struct cell plain[CSV_CELLS];
    if (row == 1)
        return import_names(c, t->import, cells, count);
    for (size_t i = 0; i < count; i++)
        plain[i] = t->is_guarded && import_is_text(t->import, i) ? csv_unguarded(&cells[i])
                                                                 : cells[i];
    return import_row(c, t->import, row, plain, count);
}

bool table_read(struct call *c, const struct table_manner *manner, const char *bytes, size_t len,
                struct buf *given) {
    AUTO(import)
    struct import *im = import_new(c, &(struct import_manner){
                                          .table = manner->table,
                                          .is_excel = manner->dialect == CSV_EXCEL,
                                          .has_commas = !manner->is_json &&
                                                        csv_separator(bytes, len) == ';',
                                      });
    struct taking t = {im, manner->dialect != CSV_RFC4180};
    if (!im)
        return false;
    bool read = manner->is_json ? import_document(c, im, bytes, len)
                                : csv_read(c, bytes, len, take_row, &t);
    return read && import_end(c, im, given);
}
