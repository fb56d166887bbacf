/*
 * Host tool of the build: words OUT.h OUT.c EN.json OTHER.json... turns the catalogues of the
 * interface into C. A file is a language, named by its tag, the first is the source; a key of it
 * becomes an enumerator ("status.on_track" is WORD_STATUS_ON_TRACK), so that a wrong key does not
 * compile. Keys that differ by ".one" and ".other" alone are the plural forms of one text (CLDR's
 * categories); "@plural" says by which rule a language chooses. What lacks, is unknown or has other
 * {placeholders} than the source is named, all of it, and stops the build. It frees nothing.
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct rule {
    const char *name, *symbol;
    bool has_one; /* beside "other", which every language has */
} RULES[] = {
    {"none", "PLURAL_NONE", false},
    {"one", "PLURAL_ONE", true},
    {"filipino", "PLURAL_FILIPINO", true},
};

enum { RULE_COUNT = sizeof(RULES) / sizeof(RULES[0]), LANGUAGES_MOST = 64 };

struct word {
    char *key; /* without its form */
    bool is_plural;
};

struct catalogue {
    const char *path;
    char *tag;
    const struct rule *rule;
    json_t *texts;
};

static struct word *words;
static size_t word_count;
static int faults;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("words: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/* A translator mends all of a file at once. */
__attribute__((format(printf, 3, 4))) static void complain(const char *path, const char *key,
                                                           const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "words: %s: %s: ", path, key);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    faults++;
}

static void *must(void *made) {
    if (!made)
        die("out of memory");
    return made;
}

static const char *last_segment(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- keys and their forms ---- */

static bool ends_with(const char *text, const char *end) {
    size_t len = strlen(text), tail = strlen(end);
    return len > tail && strcmp(text + len - tail, end) == 0;
}

static bool is_one(const char *key) {
    return ends_with(key, ".one");
}

static bool is_plural(const char *key) {
    return is_one(key) || ends_with(key, ".other");
}

static size_t base_length(const char *key) {
    return is_plural(key) ? (size_t)(strrchr(key, '.') - key) : strlen(key);
}

static bool is_key(const char *key) {
    return islower((unsigned char)key[0]) &&
           strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(key);
}

static char symbol_letter(char letter) {
    return isalnum((unsigned char)letter) ? (char)toupper((unsigned char)letter) : '_';
}

static bool same_symbol(const char *a, const char *b) {
    while (*a && symbol_letter(*a) == symbol_letter(*b))
        a++, b++;
    return symbol_letter(*a) == symbol_letter(*b) && !*a == !*b;
}

static struct word *word_of(const char *key) {
    size_t len = base_length(key);
    for (size_t i = 0; i < word_count; i++)
        if (strlen(words[i].key) == len && memcmp(words[i].key, key, len) == 0 &&
            words[i].is_plural == is_plural(key))
            return &words[i];
    return NULL;
}

static void learn(const char *path, const char *key) {
    if (!is_key(key))
        complain(path, key, "a key has small letters, digits, _ and . only");
    if (word_of(key))
        return;
    char *base = must(strndup(key, base_length(key)));
    for (size_t i = 0; i < word_count; i++)
        if (same_symbol(words[i].key, base))
            complain(path, key, "is too like %s", words[i].key);
    words = must(reallocarray(words, word_count + 1, sizeof(*words)));
    words[word_count++] = (struct word){base, is_plural(key)};
}

/* ---- placeholders ---- */

struct placeholder {
    const char *name;
    size_t len;
};

/* The next {name} at or after *at, which then stands behind it. False: there is none; *wrong: or a
 * brace that belongs to none. */
static bool next_placeholder(const char **at, struct placeholder *p, bool *wrong) {
    const char *open = *at + strcspn(*at, "{}");
    p->name = open + 1;
    p->len = *open == '{' ? strspn(p->name, "abcdefghijklmnopqrstuvwxyz_") : 0;
    bool found = p->len > 0 && p->name[p->len] == '}';
    *wrong = *open && !found;
    *at = found ? p->name + p->len + 1 : open;
    return found;
}

static bool has_placeholder(const char *text, struct placeholder wanted) {
    bool wrong;
    struct placeholder p;
    while (next_placeholder(&text, &p, &wrong))
        if (p.len == wanted.len && memcmp(p.name, wanted.name, p.len) == 0)
            return true;
    return false;
}

static void must_fill(const char *path, const char *key, const char *text, const char *source) {
    bool wrong;
    struct placeholder p;
    for (const char *at = source; next_placeholder(&at, &p, &wrong);)
        if (!has_placeholder(text, p))
            complain(path, key, "{%.*s} is missing", (int)p.len, p.name);
    for (const char *at = text; next_placeholder(&at, &p, &wrong);)
        if (!has_placeholder(source, p))
            complain(path, key, "{%.*s} is not in the source", (int)p.len, p.name);
    if (wrong)
        complain(path, key, "a brace that belongs to no {placeholder}");
}

/* ---- reading ---- */

static const struct rule *rule_of(const char *path, const json_t *texts) {
    const char *name = json_string_value(json_object_get(texts, "@plural"));
    for (size_t i = 0; name && i < RULE_COUNT; i++)
        if (strcmp(RULES[i].name, name) == 0)
            return &RULES[i];
    die("%s: @plural: must be none, one or filipino", path);
}

static struct catalogue read_catalogue(const char *path) {
    json_error_t error;
    json_t *texts = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!texts)
        die("%s:%d:%d: %s", path, error.line, error.column, error.text);
    if (!json_is_object(texts) || !ends_with(path, ".json"))
        die("%s: must be an object in a file LANGUAGE.json", path);
    const char *name = last_segment(path);
    return (struct catalogue){
        .path = path,
        .tag = must(strndup(name, strlen(name) - strlen(".json"))),
        .rule = rule_of(path, texts),
        .texts = texts,
    };
}

static const char *text_of(const struct catalogue *k, const char *base, const char *form) {
    char key[200];
    snprintf(key, sizeof(key), "%s%s", base, form);
    return json_string_value(json_object_get(k->texts, key));
}

static const struct placeholder COUNT = {"count", sizeof("count") - 1};

static const char *main_text(const struct catalogue *k, const struct word *w) {
    return text_of(k, w->key, w->is_plural ? ".other" : "");
}

static void check_text(const struct catalogue *k, const struct catalogue *source, const char *key,
                       const json_t *value) {
    const char *text = json_string_value(value);
    const struct word *w = word_of(key);
    const char *original = w ? main_text(source, w) : NULL;
    if (!w)
        complain(k->path, key, "is no key of %s", source->path);
    else if (is_one(key) && !k->rule->has_one)
        complain(k->path, key, "this language has no such form");
    else if (!text || !*text)
        complain(k->path, key, "must be a text");
    else if (isspace((unsigned char)text[0]) || isspace((unsigned char)text[strlen(text) - 1]))
        complain(k->path, key, "begins or ends with a space");
    else if (original)
        must_fill(k->path, key, text, original);
    if (w && w->is_plural && text && !has_placeholder(text, COUNT))
        complain(k->path, key, "{count} chooses the form, and is missing");
}

static void check(const struct catalogue *k, const struct catalogue *source) {
    const char *key;
    json_t *value;
    json_object_foreach(k->texts, key, value) {
        if (strcmp(key, "@plural") != 0)
            check_text(k, source, key, value);
    }
    for (size_t i = 0; i < word_count; i++) {
        const struct word *w = &words[i];
        if (!main_text(k, w))
            complain(k->path, w->key, "is missing");
        else if (w->is_plural && k->rule->has_one && !text_of(k, w->key, ".one"))
            complain(k->path, w->key, "its form .one is missing");
    }
}

/* ---- writing ---- */

static FILE *open_out(const char *path) {
    FILE *out = fopen(path, "wb");
    if (!out)
        die("%s: %s", path, strerror(errno));
    fputs("/* Generated by tools/words.c; edits are lost. */\n", out);
    return out;
}

static void close_out(FILE *out, const char *path) {
    if (ferror(out) || fclose(out) != 0)
        die("%s: %s", path, strerror(errno));
}

static void put_symbol(FILE *out, const char *prefix, const char *name) {
    fputs(prefix, out);
    for (; *name; name++)
        fputc(symbol_letter(*name), out);
}

static void put_literal(FILE *out, const char *text) {
    if (!text) {
        fputc('0', out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte >= 0x7f || strchr("\"\\?", byte))
            fprintf(out, "\\%03o", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

static void write_header(const char *path, const struct catalogue *all, size_t count) {
    FILE *out = open_out(path);
    fputs("#ifndef GENERATED_WORDS_H\n#define GENERATED_WORDS_H\n\nenum lang {\n", out);
    for (size_t i = 0; i < count; i++) {
        put_symbol(out, "    LANG_", all[i].tag);
        fputs(",\n", out);
    }
    fputs("    LANG_COUNT\n};\n\nenum word {\n", out);
    for (size_t i = 0; i < word_count; i++) {
        put_symbol(out, "    WORD_", words[i].key);
        fputs(",\n", out);
    }
    fputs("    WORD_COUNT\n};\n\nenum plural {\n", out);
    for (size_t i = 0; i < RULE_COUNT; i++)
        fprintf(out, "    %s,\n", RULES[i].symbol);
    fputs("};\n\n/* one: NULL where the language, or the text, has but one form. */\n"
          "struct wording {\n    const char *other, *one;\n};\n\n"
          "struct language {\n    const char *tag;\n    enum plural plural;\n"
          "    struct wording words[WORD_COUNT];\n};\n\n"
          "extern const struct language LANGUAGES[LANG_COUNT];\n\n#endif\n",
          out);
    close_out(out, path);
}

static void write_source(const char *path, const char *header, const struct catalogue *all,
                         size_t count) {
    FILE *out = open_out(path);
    fprintf(out, "#include \"%s\"\n\nconst struct language LANGUAGES[LANG_COUNT] = {\n",
            last_segment(header));
    for (size_t i = 0; i < count; i++) {
        fputs("    {", out);
        put_literal(out, all[i].tag);
        fprintf(out, ", %s, {\n", all[i].rule->symbol);
        for (size_t j = 0; j < word_count; j++) {
            fputs("        {", out);
            put_literal(out, main_text(&all[i], &words[j]));
            fputs(", ", out);
            put_literal(out, words[j].is_plural ? text_of(&all[i], words[j].key, ".one") : NULL);
            fputs("},\n", out);
        }
        fputs("    }},\n", out);
    }
    fputs("};\n", out);
    close_out(out, path);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fputs("usage: words OUT.h OUT.c SOURCE.json OTHER.json...\n", stderr);
        return 2;
    }
    static struct catalogue all[LANGUAGES_MOST];
    size_t count = (size_t)argc - 3;
    if (count > LANGUAGES_MOST)
        die("more than %d languages", LANGUAGES_MOST);
    for (size_t i = 0; i < count; i++)
        all[i] = read_catalogue(argv[3 + i]);

    const char *key;
    json_t *value;
    json_object_foreach(all[0].texts, key, value) {
        if (strcmp(key, "@plural") != 0)
            learn(all[0].path, key);
    }
    for (size_t i = 0; i < count; i++)
        check(&all[i], &all[0]);
    if (faults > 0)
        return 1;
    write_header(argv[1], all, count);
    write_source(argv[2], argv[1], all, count);
    return 0;
}
