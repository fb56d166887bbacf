#include "contact.h"

#include <ctype.h>
#include <string.h>

#include "base/macros.h"

enum { NAME_LONGEST = 64 };

/* Letters alone, in lower case: "E-Mail_Address" is "emailaddress". */
static void plain(const char *name, char out[NAME_LONGEST + 1]) {
    size_t n = 0;
    for (; *name && n < NAME_LONGEST; name++)
        if (isalpha((unsigned char)*name))
            out[n++] = (char)tolower((unsigned char)*name);
    out[n] = '\0';
}

bool is_contact(const char *name) {
    static const char *const WITHIN[] = {"phone",     "email",     "mail",      "mobile",
                                         "address",   "contact",   "resident",  "caller",
                                         "reporter",  "requester", "requestor", "citizen",
                                         "firstname", "lastname",  "fullname",  "surname",
                                         "zipcode",   "postcode"};
    char letters[NAME_LONGEST + 1];
    plain(name, letters);
    for (size_t i = 0; i < COUNT(WITHIN); i++)
        if (strstr(letters, WITHIN[i]))
            return true;
    return strcmp(letters, "name") == 0;
}
