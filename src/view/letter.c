#include "view/letter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"

enum { ADDRESS_MOST = 254, ENCODED_MOST = 45, QUOTED_MOST = 72 };

/* What is left of RFC 5321 when quoted strings and literals are: enough for every address that
 * people have, and nothing that could mean something else to a mail server. */
static bool is_address(const char *text, size_t len) {
    static const char NAME[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "!#$%&'*+/=?^_`{|}~.-";
    const char *at = memchr(text, '@', len);
    if (len > ADDRESS_MOST || !at || at == text || *text == '-')
        return false;
    size_t name = (size_t)(at - text), host = len - name - 1;
    return strspn(text, NAME) == name && host > 0 && at[1] != '.' && at[1] != '-' &&
           strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") >=
               host;
}

const char *letter_address(struct call *c, const char *contact) {
    if (!contact)
        return NULL;
    const char *open = strrchr(contact, '<');
    const char *text = open ? open + 1 : contact + strspn(contact, " ");
    size_t len = strcspn(text, open ? ">" : " ");
    bool ends = open ? strcmp(text + len, ">") == 0 : text[len + strspn(text + len, " ")] == '\0';
    return ends && is_address(text, len) ? call_strndup(c, text, len) : NULL;
}

/* RFC 2047: words of base64 that each end between two characters. */
static void add_encoded(struct buf *b, const char *text) {
    while (*text) {
        char word[(ENCODED_MOST + 2) / 3 * 4 + 1];
        size_t len = strlen(text);
        if (len > ENCODED_MOST)
            for (len = ENCODED_MOST; ((unsigned char)text[len] & 0xC0) == 0x80;)
                len--;
        base64_encode(text, len, word);
        text += len;
        buf_addf(b, "=?UTF-8?B?%s?=%s", word, *text ? "\r\n " : "");
    }
}

static bool is_plain(const char *text) {
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static void add_subject(struct buf *b, const char *text) {
    buf_adds(b, "Subject: ");
    if (is_plain(text) && strlen(text) < QUOTED_MOST)
        buf_adds(b, text);
    else
        add_encoded(b, text);
    buf_adds(b, "\r\n");
}

static void add_date(struct buf *b, int64_t at_us) {
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)(at_us / 1000000);
    struct tm t;
    gmtime_r(&at, &t);
    buf_addf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", DAYS[t.tm_wday], t.tm_mday,
             MONTHS[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void add_octet(struct buf *b, unsigned char octet, size_t *column) {
    bool plain = octet >= ' ' && octet <= '~' && octet != '=';
    if (*column + (plain ? 1 : 3) > QUOTED_MOST) {
        buf_adds(b, "=\r\n");
        *column = 0;
    }
    if (plain)
        buf_addc(b, (char)octet);
    else
        buf_addf(b, "=%02X", octet);
    *column += plain ? 1 : 3;
}

/* Quoted-printable (RFC 2045, 6.7): lines of any length and any octet pass every mail server. */
static void add_quoted(struct buf *b, const char *text) {
    size_t column = 0;
    for (; *text; text++) {
        if (*text == '\n') {
            buf_adds(b, "\r\n");
            column = 0;
        } else if (*text == ' ' && text[1] == '\n') {
            buf_adds(b, "=20");
        } else {
            add_octet(b, (unsigned char)*text, &column);
        }
    }
}

void letter_write(struct buf *b, const struct letter *l) {
    buf_addf(b, "From: %s\r\nTo: %s\r\n", l->from, l->to);
    add_subject(b, l->subject);
    add_date(b, l->at_us);
    buf_addf(b, "Message-ID: <%s%s>\r\n", l->id, strchr(l->from, '@'));
    buf_adds(b, "Auto-Submitted: auto-generated\r\n"
                "MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    add_quoted(b, l->text);
}
