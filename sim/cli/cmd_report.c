/* portsim report: runs and studies as one page of HTML. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/page_file.h"
#include "sim/cli/report_page.h"
#include "sim/cli/text_list.h"
#include "sim/results/program.h"
#include "sim/study/store/store.h"

#define REPORT "report.html"

enum { KEY_OPEN = 1000 };

struct arguments {
    struct text_list directories;
    const char *output; /* NULL: the usual place */
    bool open;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "Write the page here (default: DIR/" REPORT "; of several directories " REPORT ")",
     0},
    {"open", KEY_OPEN, NULL, 0, "Show the page, with xdg-open or open", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = argument;
        break;
    case KEY_OPEN:
        a->open = true;
        break;
    case ARGP_KEY_ARG:
        text_list_add(&a->directories, argument);
        break;
    case ARGP_KEY_END:
        if (!a->directories.count)
            argp_error(state, "of which directory?  That of a run or a study, as in "
                              "`portsim report runs/proxysg-outage'");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR...",
    .doc = "Writes the run or the study in DIR as one page of HTML: the question, the "
           "verdict and its cause, the numbers with their intervals, what happened when, "
           "the pictures, the scenario, and how to see it all again.  Of several "
           "directories one page compares them, side by side.  The page is one file: it "
           "loads nothing, needs no script, and can be sent and printed.\v"
           "Without gnuplot the page has no pictures, and says so.\n\n"
           "Example:\n"
           "  portsim run proxysg-outage -o before\n"
           "  portsim run proxysg-outage -o after --set hosts.proxy.tcp.fin_wait_2=1min\n"
           "  portsim report before --open\n"
           "  portsim report before after -o comparison.html\n"};

/* --- where to ------------------------------------------------------------------------
 */

/* The file that the page goes to; the caller's to free. */
static char *file_of(const struct arguments *a)
{
    const char *directory = a->directories.at[0];
    size_t length = strlen(directory);
    if (a->output)
        return memory_print("%s", a->output);
    if (a->directories.count > 1)
        return memory_print("%s", REPORT);
    bool slash = length && directory[length - 1] == '/';
    return memory_print("%s%s%s", directory, slash ? "" : "/", REPORT);
}

/* --- all of it -----------------------------------------------------------------------
 */

static bool make_page(const struct arguments *a, struct text *page,
                      struct results_error *error)
{
    if (a->directories.count > 1)
        return report_comparison_page(a->directories.at, a->directories.count, page,
                                      error);
    const char *directory = a->directories.at[0];
    return store_is_study(directory) ? report_study_page(directory, page, error)
                                     : report_run_page(directory, page, error);
}

static int report(const struct arguments *a)
{
    struct results_error error;
    struct text page = {0};
    char *file = file_of(a);
    bool good = make_page(a, &page, &error) && page_file_write(file, &page, &error);
    if (good)
        puts(file);
    if (good && a->open)
        good = program_show(file, &error);
    free(file);
    text_free(&page);
    return good ? EXIT_DONE : io_error(&error);
}

static int run(int argc, char **argv)
{
    struct arguments a = {.output = NULL};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = report(&a);
    text_list_free(&a.directories);
    return status;
}

const struct command command_report = {
    .name = "report",
    .summary = "one page of HTML: question, verdict, numbers, pictures",
    .run = run,
};
