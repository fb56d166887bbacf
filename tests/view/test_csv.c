#include "view/csv.h"

#include <string.h>

#include "support/suite.h"

static const struct column COLUMNS[] = {{"first", false}, {"second", true}, {"third", false}};
static const struct sheet SHEET = {"things", NULL, COLUMNS, COUNT(COLUMNS)};

static struct cell cell(const char *text) {
    return (struct cell){text, text ? strlen(text) : 0};
}

static void row_is(enum csv_dialect d, const char *first, const char *second, const char *third,
                   const char *expected) {
    AUTO(buf) struct buf b = {0};
    csv_add_row(&b, &SHEET, (const struct cell[]){cell(first), cell(second), cell(third)}, d);
    ck_assert_str_eq(b.data, expected);
}

START_TEST(names_stand_first_and_the_mark_before_them_for_excel_alone) {
    static const char *const begins[] = {
        [CSV_PLAIN] = "first,second,third\r\n",
        [CSV_RFC4180] = "first,second,third\r\n",
        [CSV_EXCEL] = "\xef\xbb\xbf"
                      "first,second,third\r\n",
    };
    for (size_t d = 0; d < COUNT(begins); d++) {
        AUTO(buf) struct buf b = {0};
        csv_begin(&b, &SHEET, (enum csv_dialect)d);
        ck_assert_str_eq(b.data, begins[d]);
    }
}
END_TEST

START_TEST(cells_are_quoted_where_they_must_be) {
    static const struct {
        const char *text, *spelled;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"two\nlines", "\"two\nlines\""},
        {"bell\a", "\"bell\a\""},
        {" led", "\" led\""},
        {"trailed ", "\"trailed \""},
        {"in between", "in between"},
        {"\xf0\x9f\x9a\x80 \xc3\xbc", "\xf0\x9f\x9a\x80 \xc3\xbc"},
        {"it's", "it's"},
        {"[]", "[]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf expected = {0};
        buf_addf(&expected, "%s,1,\r\n", cases[i].spelled);
        row_is(CSV_PLAIN, cases[i].text, "1", NULL, expected.data);
        row_is(CSV_RFC4180, cases[i].text, "1", NULL, expected.data);
    }
}
END_TEST

/* What stands in the file, and what is left of it when the guard is undone. */
START_TEST(formulas_are_guarded_and_nothing_is_lost) {
    static const struct {
        const char *text;
        bool guarded;
    } cases[] = {
        {"=1+1", true}, {"+1", true},  {"-1", true},   {"@SUM(A1)", true}, {"\tx", true},
        {"\rx", true},  {"'=1", true}, {"''-1", true}, {"'tis", false},    {"'", false},
        {"''", false},  {"", false},   {"1=1", false}, {" =1", false},     {"\n=1", false},
        {"x\t", false}, {"=", true},   {"'\r", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        AUTO(buf) struct buf guarded = {0};
        ck_assert_msg(csv_is_guarded(text, strlen(text)) == cases[i].guarded, "%s", text);
        buf_addf(&guarded, "'%s", text);
        if (cases[i].guarded) /* so that it is undone by the same rule */
            ck_assert(csv_is_guarded(guarded.data, guarded.len));
    }
    row_is(CSV_PLAIN, "=1+1", NULL, "'@a", "'=1+1,,''@a\r\n");
    row_is(CSV_EXCEL, "=1,1", NULL, "\t\"", "\"'=1,1\",,\"'\t\"\"\"\r\n");
    row_is(CSV_RFC4180, "=1+1", NULL, "'@a", "=1+1,,'@a\r\n");
}
END_TEST

START_TEST(numbers_are_never_touched) {
    row_is(CSV_PLAIN, "x", "-1.5", "-1.5", "x,-1.5,'-1.5\r\n");
    row_is(CSV_EXCEL, "x", "-1", NULL, "x,-1,\r\n");
}
END_TEST

START_TEST(every_sheet_has_names_of_its_own) {
    const struct sheet *const sheets[] = {&goals_sheet,          &objectives_sheet,
                                          &updates_sheet,        &measures_sheet,
                                          &measure_values_sheet, &departments_sheet,
                                          &periods_sheet,        &work_sheet,
                                          &audit_sheet,          &translations_sheet};
    for (size_t s = 0; s < COUNT(sheets); s++) {
        ck_assert_uint_le(sheets[s]->count, SHEET_COLUMNS);
        for (size_t i = 0; i < sheets[s]->count; i++)
            for (size_t j = 0; j < i; j++)
                ck_assert_str_ne(sheets[s]->columns[i].name, sheets[s]->columns[j].name);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        names_stand_first_and_the_mark_before_them_for_excel_alone,
        cells_are_quoted_where_they_must_be,
        formulas_are_guarded_and_nothing_is_lost,
        numbers_are_never_touched,
        every_sheet_has_names_of_its_own,
    };
    return suite_run("view/csv", tests, COUNT(tests));
}
