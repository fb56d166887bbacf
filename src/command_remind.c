#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "command.h"
#include "config.h"
#include "live/mail.h"
#include "model/reminder.h"
#include "view/letter.h"

/* One mail for each department whose objectives wait for something, to its reporting contact. */

enum { PATIENCE_MS = 600000 };

struct reminding {
    const char *plan, *period, *only; /* only: a department's slug, or NULL for all */
    bool dry_run, again;
    struct mailer mailer;
    size_t sent, failed;
};

static const char *cell(const struct rows *r, size_t i, enum reminder_column column) {
    return rows_text(r, i, (size_t)column);
}

/* The line after the last that belongs to the department of the line first. */
static size_t end_of(const struct rows *r, size_t first) {
    const char *department = cell(r, first, REMINDER_DEPARTMENT);
    size_t i = first;
    while (i < rows_count(r) && strcmp(cell(r, i, REMINDER_DEPARTMENT), department) == 0)
        i++;
    return i;
}

static void add_text(struct buf *b, const struct rows *r, size_t first, size_t end,
                     const char *period) {
    const char *site = config_text(SET_PUBLIC_URL);
    buf_addf(b,
             "%s\n\nReports for %s (to %s) are due; the period can be closed from %s on.\n"
             "This waits for your department:\n",
             cell(r, first, REMINDER_NAME), period, cell(r, first, REMINDER_ENDS_ON),
             cell(r, first, REMINDER_CLOSES_ON));
    for (size_t i = first; i < end; i++) {
        const char *code = cell(r, i, REMINDER_CODE);
        if (i == first || strcmp(code, cell(r, i - 1, REMINDER_CODE)) != 0) {
            buf_addf(b, "\n%s  %s\n", code, cell(r, i, REMINDER_STATEMENT));
            if (site)
                buf_addf(b, "     %s/objectives/%s\n", site, code);
        }
        buf_addf(b, "   - %s\n", cell(r, i, REMINDER_DETAIL));
    }
    buf_adds(b, "\nWhat you report is published as it is; a draft is not seen until it is.\n");
}

/* An id that a second mail about the same does not share. */
static const char *message_id(struct call *c, const char *department, const char *period) {
    uint8_t noise[9];
    char text[16];
    if (!secret_random(noise, sizeof noise)) {
        fail(c, ERR_INTERNAL, "no random bytes");
        return NULL;
    }
    base64url_encode(noise, sizeof noise, text);
    return call_printf(c, "remind-%s-%s-%s", period, department, text);
}

static bool write_letter(struct call *c, const struct reminding *r, const char *department,
                         const char *to, const char *text, struct buf *out) {
    struct letter letter = {
        .from = r->mailer.from,
        .to = to,
        .subject = call_printf(c, "Reports for %s", r->period),
        .id = message_id(c, department, r->period),
        .at_us = c->now_us,
        .text = text,
    };
    if (!letter.subject || !letter.id)
        return false;
    letter_write(out, &letter);
    return buf_ok(c, out);
}

static bool send(struct call *c, struct pool *p, struct reminding *r, const char *department,
                 const char *to, const char *text) {
    AUTO(buf) struct buf message = {0};
    return write_letter(c, r, department, to, text, &message) &&
           mail_send(c, &r->mailer, to, &message) &&
           reminder_note(c, p, r->plan, r->period, department);
}

/* One department's misfortune is not another's: what could not be sent is said, and the next is
 * tried. */
static void remind_one(struct call *all, struct pool *p, struct reminding *r,
                       const struct rows *rows, size_t first, size_t end) {
    AUTO(buf) struct buf text = {0};
    AUTO(call) struct call c;
    call_init(&c, call_left_ms(all));
    const char *department = cell(rows, first, REMINDER_DEPARTMENT);
    const char *sent_at = cell(rows, first, REMINDER_SENT_AT);
    const char *to = letter_address(&c, cell(rows, first, REMINDER_CONTACT));
    if (sent_at && !r->again) {
        printf("%s: was told at %s; --again tells it once more\n", department, sent_at);
        return;
    }
    if (!to) {
        r->failed++;
        fprintf(stderr, "%s: its reporting contact is not a mail address\n", department);
        return;
    }
    add_text(&text, rows, first, end, r->period);
    if (r->dry_run) {
        printf("To: %s\nSubject: Reports for %s\n\n%s\n", to, r->period, text.data);
        r->sent++;
    } else if (buf_ok(&c, &text) && send(&c, p, r, department, to, text.data)) {
        printf("%s: sent to %s\n", department, to);
        r->sent++;
    } else {
        fprintf(stderr, "%s: %s\n", department, c.detail);
        r->failed++;
    }
}

static bool remind(struct call *c, struct reminding *r) {
    AUTO(rows) struct rows *rows = NULL;
    struct pool *p = command_pool(c, 1);
    bool read = p && reminder_rows(c, p, r->plan, r->period, &rows);
    for (size_t i = 0, end; read && i < rows_count(rows); i = end) {
        end = end_of(rows, i);
        if (!r->only || strcmp(r->only, cell(rows, i, REMINDER_DEPARTMENT)) == 0)
            remind_one(c, p, r, rows, i, end);
    }
    pool_free(p);
    return read;
}

static int misread(const char *word) {
    return command_misused("remind", "does not know \"%s\"", word);
}

static int read_words(struct reminding *r, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--dry-run") == 0)
            r->dry_run = true;
        else if (strcmp(argv[i], "--again") == 0)
            r->again = true;
        else if (strcmp(argv[i], "--period") == 0 && more)
            r->period = argv[++i];
        else if (strcmp(argv[i], "--plan") == 0 && more)
            r->plan = argv[++i];
        else if (strcmp(argv[i], "--department") == 0 && more)
            r->only = argv[++i];
        else
            return misread(argv[i]);
    }
    return r->period ? EXIT_OK : command_misused("remind", "needs --period, such as 2026-27-Q1");
}

int command_remind(int argc, char **argv) {
    struct reminding r = {.mailer = {
                              .smtp_url = config_text(SET_SMTP_URL),
                              .user = config_text(SET_SMTP_USER),
                              .password = config_text(SET_SMTP_PASSWORD),
                              .sendmail = config_text(SET_SENDMAIL),
                          }};
    AUTO(call) struct call c;
    call_init(&c, PATIENCE_MS);
    int misused = read_words(&r, argc, argv);
    if (misused)
        return misused;
    r.mailer.from = letter_address(&c, config_text(SET_MAIL_FROM));
    if (!r.mailer.from && !r.dry_run)
        return command_misused("remind",
                               "needs PROGRESS_MAIL_FROM, the address that it sends from");
    signal(SIGPIPE, SIG_IGN);
    if (!remind(&c, &r))
        return command_failed(&c);
    printf("%zu %s%s\n", r.sent, r.sent == 1 ? "department" : "departments",
           r.dry_run ? " would be told; nothing was sent" : " told");
    return r.failed ? EXIT_REFUSED : EXIT_OK;
}
