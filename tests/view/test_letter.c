#include "view/letter.h"

#include <string.h>

#include "support/suite.h"

START_TEST(an_address_is_found_in_what_people_write) {
    static const struct {
        const char *contact, *address;
    } cases[] = {
        {"jane@example.org", "jane@example.org"},
        {" jane@example.org ", "jane@example.org"},
        {"Jane Doe <jane.doe+city@mail.example.org>", "jane.doe+city@mail.example.org"},
        {"Jane <x@y> Doe <jane@example.org>", "jane@example.org"},
        {NULL, NULL},
        {"", NULL},
        {"Jane Doe, 562-000-0000", NULL},
        {"jane@", NULL},
        {"@example.org", NULL},
        {"jane@example.org, john@example.org", NULL},
        {"jane@example.org\r\nBcc: all@example.org", NULL},
        {"jane doe@example.org", NULL},
        {"-oQ/tmp@example.org", NULL},
        {"jane@exa mple.org", NULL},
        {"<jane@example.org", NULL},
        {"<jane@example.org>x", NULL},
        {"j\xc3\xa4ne@example.org", NULL},
    };
    AUTO(call) struct call c;
    call_init(&c, 1000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = letter_address(&c, cases[i].contact);
        if (cases[i].address)
            ck_assert_msg(found && strcmp(found, cases[i].address) == 0, "%s", cases[i].contact);
        else
            ck_assert_msg(!found, "%s: %s", cases[i].contact, found);
    }
}
END_TEST

START_TEST(an_address_is_no_longer_than_mail_allows) {
    char contact[400];
    AUTO(call) struct call c;
    call_init(&c, 1000);
    memset(contact, 'a', sizeof contact);
    strcpy(contact + 300, "@example.org");
    ck_assert_ptr_null(letter_address(&c, contact));
}
END_TEST

START_TEST(a_letter_is_a_message) {
    AUTO(buf) struct buf b = {0};
    letter_write(&b, &(struct letter){
                         .from = "plan@example.org",
                         .to = "jane@example.org",
                         .subject = "Reports for 2026-27-Q1",
                         .id = "remind-1",
                         .at_us = 1793552651120000,
                         .text = "A line.\nB = 50 % \nCaf\xc3\xa9\n.\n",
                     });
    ck_assert_str_eq(b.data, "From: plan@example.org\r\n"
                             "To: jane@example.org\r\n"
                             "Subject: Reports for 2026-27-Q1\r\n"
                             "Date: Sun, 1 Nov 2026 17:04:11 +0000\r\n"
                             "Message-ID: <remind-1@example.org>\r\n"
                             "Auto-Submitted: auto-generated\r\n"
                             "MIME-Version: 1.0\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: quoted-printable\r\n"
                             "\r\n"
                             "A line.\r\n"
                             "B =3D 50 %=20\r\n"
                             "Caf=C3=A9\r\n"
                             ".\r\n");
}
END_TEST

START_TEST(a_long_line_is_broken_softly) {
    AUTO(buf) struct buf b = {0};
    char text[401];
    memset(text, 'x', 400);
    text[400] = '\0';
    letter_write(
        &b, &(struct letter){.from = "a@b", .to = "c@d", .subject = "s", .id = "i", .text = text});
    const char *body = strstr(b.data, "\r\n\r\n") + 4;
    for (const char *at = body; at; at = strstr(at, "=\r\n") ? strstr(at, "=\r\n") + 3 : NULL)
        ck_assert_uint_le(strcspn(at, "\r"), 76);
    ck_assert_uint_gt(strlen(body), 400);
}
END_TEST

START_TEST(a_subject_beyond_ascii_is_encoded_in_words) {
    AUTO(buf) struct buf b = {0};
    letter_write(&b,
                 &(struct letter){
                     .from = "a@b", .to = "c@d", .id = "i", .text = "", .subject = "Caf\xc3\xa9"});
    ck_assert_ptr_nonnull(strstr(b.data, "Subject: =?UTF-8?B?Q2Fmw6k=?=\r\n"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_address_is_found_in_what_people_write,
        an_address_is_no_longer_than_mail_allows,
        a_letter_is_a_message,
        a_long_line_is_broken_softly,
        a_subject_beyond_ascii_is_encoded_in_words,
    };
    return suite_run("view/letter", tests, COUNT(tests));
}
