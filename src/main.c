#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/call.h"
#include "base/clock.h"
#include "command.h"
#include "config.h"
#include "serve.h"

static int run_serve(int argc, char **argv) {
    if (argc > 1)
        return command_misused("serve", "takes no \"%s\"", argv[1]);
    if (!config_text(SET_DATABASE_URL))
        return command_misused("serve",
                               "needs DATABASE_URL; ./run brings a private database along");
    return serve();
}

static int run_version(int argc, char **argv) {
    (void)argc, (void)argv;
    puts("progressd " PROGRESS_VERSION);
    return EXIT_OK;
}

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
    const char *help;
} COMMANDS[] = {
    {"serve", run_serve, "answer over HTTP until SIGTERM or Ctrl-C",
     "progressd serve\n\n"
     "Serves the plan of DATABASE_URL on PROGRESS_LISTEN:PROGRESS_PORT. Logs JSON lines on stderr; the line with\n"
     "\"event\":\"ready\" has the port. SIGTERM and Ctrl-C end it kindly: every request that came in is answered.\n"},
    {"migrate", command_migrate, "bring the database to this program's schema",
     "progressd migrate\n\n"
     "Applies what is missing, each migration in a transaction of its own, and makes this version's functions.\n"
     "Safe to run twice, by two instances at once, and when killed midway. Connects by PROGRESS_MIGRATE_URL, else\n"
     "DATABASE_URL, as a user who may create roles, or for whom a superuser has made them.\n"},
    {"import", command_import, "bring a plan, a table of it, or translations in from a file",
     "progressd import FILE [--publish] [--dry-run]\n"
     "progressd import FILE.csv [--table NAME] [--dialect excel|rfc4180] [--plan SLUG] [--dry-run] [--shipped]\n\n"
     "FILE is JSON as `progressd export` writes it (- reads standard input). The whole file is checked first, and\n"
     "every fault is named by its JSON pointer; then all of it is applied, or nothing. Importing twice changes\n"
     "nothing the second time. Updates without a state come in as drafts.\n\n"
     "FILE.csv is a table as /objectives.csv, /updates.csv and the others give it, edited in a spreadsheet. Every\n"
     "fault is named by its row and column; then all rows are applied, or none. A row that says what stands changes\n"
     "nothing. Columns that an export only shows are not taken; where one was edited a warning says so. As soon as\n"
     "--table, --dialect or --plan is given, FILE is a table whatever it is called (.json: the lists of the API).\n\n"
     "A translators' table (/translations.csv) comes in the same way, its items in JSON, as POST /translations takes\n"
     "them, too.\n\n"
     "  --publish   publish the file's drafts at once\n"
     "  --dry-run   check everything, record nothing\n"
     "  --table     goals, objectives, updates, measures, departments or funding; told by the columns if left out\n"
     "  --dialect   excel: dates as 6/30/2026 too; rfc4180: no apostrophe was put before what looks like a formula\n"
     "  --plan      the plan that the table is of; the active one if left out\n"
     "  --shipped   of translations that come with the service: what a person has edited or reviewed stays\n\n"
     "Exit code 0: applied, or nothing to do; 1: refused, and nothing was changed; 2: the words cannot be used.\n\n"
     "  curl -sS http://127.0.0.1:8080/objectives.csv -o objectives.csv\n"
     "  progressd import objectives.csv --dry-run && progressd import objectives.csv\n"},
    {"export", command_export, "write a plan to a file that imports to the same state",
     "progressd export [FILE] [--plan SLUG]\n\n"
     "Writes the active plan, or the one named, with its history, drafts and updates; to standard output without\n"
     "FILE. Keys are not in it.\n"},
    {"key", command_key, "create, list and revoke API keys",
     "progressd key create --name NAME --scope SCOPES --source SOURCE --holder \"WHO\"\n"
     "                     [--objective CODES] [--department NAME] [--expires 1y]\n"
     "progressd key list\n"
     "progressd key revoke ID\n\n"
     "  --name        the client that the key belongs to, such as gogov; a client may have two live keys, so\n"
     "                that one can be exchanged without a gap\n"
     "  --scope       comma list of report, publish, edit, admin\n"
     "  --source      what the client's updates name as their source\n"
     "  --holder      who answers for it, for the audit; the public never sees it\n"
     "  --objective   comma list of codes that it may write about; all when left out\n"
     "  --expires     30d, 6m, 1y or a date; never when left out\n\n"
     "A key is shown once, when it is made. Only its hash is kept.\n"},
    {"remind", command_remind, "mail each department what it has to report",
     "progressd remind --period 2026-27-Q1 [--department SLUG] [--dry-run] [--again] [--plan SLUG]\n\n"
     "One mail for each department that leads an objective for which something waits, to its reporting contact:\n"
     "reports that are due by the end of the period, dates gone by, drafts. Whom it told is kept in the audit, so\n"
     "that a second run tells only those it could not tell before. Needs PROGRESS_MAIL_FROM; sends by\n"
     "PROGRESS_SMTP_URL, else by the sendmail of this machine.\n\n"
     "  --dry-run   print the mails, send nothing\n"
     "  --again     also to those who were told already\n"},
    {"config", command_config, "show every setting, its value and its meaning",
     "progressd config [--markdown]\n\nSettings come from the environment. Secrets are not shown.\n"},
    {"healthcheck", command_healthcheck, "ask a running service whether it is ready",
     "progressd healthcheck\n\n"
     "Asks /readyz on PROGRESS_LISTEN:PROGRESS_PORT. Exit code 0: ready; 1: not ready, or nothing answers.\n"},
    {"version", run_version, "print the version", "progressd version\n"},
};

static int usage(FILE *out) {
    fputs("progressd: a city's strategic plan and its progress, over HTTP\n\n", out);
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        fprintf(out, "  progressd %-12s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    fputs("\nEach has --help. `progressd config` shows the settings.\n", out);
    return out == stdout ? EXIT_OK : EXIT_USAGE;
}

static bool asks_help(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int command_misused(const char *command, const char *format, ...) {
    va_list args;
    fprintf(stderr, "progressd %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nsee: progressd %s --help\n", command);
    return EXIT_USAGE;
}

int command_failed(const struct call *c) {
    fprintf(stderr, "progressd: %s\n", c->detail);
    for (const struct fault *f = c->faults; f; f = f->next)
        fprintf(stderr, "  %s: %s\n", f->where, f->detail);
    return EXIT_REFUSED;
}

/* Before any thread starts. */
static void set_clock(void) {
    int64_t at;
    if (config_text(SET_NOW) && clock_parse_rfc3339(config_text(SET_NOW), &at))
        clock_fix(at);
}

static int run(const struct command *command, int argc, char **argv) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    if (asks_help(argc, argv)) {
        fputs(command->help, stdout);
        return EXIT_OK;
    }
    if (!config_read(&c)) {
        fprintf(stderr, "progressd: these settings cannot be used:\n%s\n", c.detail);
        return EXIT_USAGE;
    }
    set_clock();
    return command->run(argc, argv);
}

int main(int argc, char **argv) {
    if (argc < 2)
        return usage(stderr);
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i].name) == 0)
            return run(&COMMANDS[i], argc - 1, argv + 1);
    if (asks_help(argc, argv) || strcmp(argv[1], "help") == 0)
        return usage(stdout);
    fprintf(stderr, "progressd: there is no command \"%s\"\n", argv[1]);
    return usage(stderr);
}
