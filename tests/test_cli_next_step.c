/* Whoever makes a mistake is told what to do next: a table of slips, each with the words
 * that must be in the answer and the exit status.  Nothing stands on stdout.
 *
 * The folder they are made in holds a run ("run"), a study ("study"), an empty folder
 * ("empty") and a few files that are not what they seem.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Starts the program with words that are divided by blanks. */
static struct ended run_words(const char *folder, const char *line, const char *path)
{
    struct program p = {.folder = folder, .env = {path}};
    char *words = memory_text(line, strlen(line)), *rest = words, *word;
    for (size_t i = 0; (word = strsep(&rest, " ")) != NULL; i++) {
        assert_true(i + 1 < PROGRAM_ARGS);
        p.args[i] = word;
    }
    struct ended e = program_run(&p);
    free(words);
    return e;
}

static void must(const char *folder, const char *line)
{
    struct ended e = run_words(folder, line, NULL);
    expect_status(&e, 0);
    ended_free(&e);
}

static char *stage(void)
{
    char *folder = scratch_new(), *empty = memory_print("%s/empty", folder);
    assert_int_equal(mkdir(empty, 0777), 0);
    scratch_put(folder, "half.json", "{\n", 2);
    scratch_put(folder, "hello.txt", "hello\n", 6);
    must(folder, "run four-tuple -q -o run");
    must(folder, "sweep teaching-mini --set duration=200s --vary "
                 "apps.pages.arrivals.rate=1/s,2/s -r 2 -q -o study");
    free(empty);
    return folder;
}

static const struct slip {
    const char *line;
    int status;
    const char *says;
} slips[] = {
    /* Commands. */
    {"rnu four-tuple", 2, "did you mean \"run\"?"},
    {"simulate four-tuple", 2, "Try \"portsim --help\""},
    {"my.json", 2, "to simulate it: portsim run my.json"},
    {"--quiet run", 2, "Options come behind the command"},
    {"help rnu", 2, "did you mean \"run\"?"},
    {"run four-tuple --quite", 2, "run --help"},
    /* Scenarios. */
    {"run", 2, "A file, or a name of `portsim list scenarios'"},
    {"run nosuch", 4, "portsim list scenarios"},
    {"run four-tupel", 4, "did you mean \"four-tuple\"?"},
    {"run run", 4, "a scenario is a file, that of this run run/scenario.json"},
    {"run empty", 4, "a scenario is a file"},
    {"run half.json", 3, "half.json:2:1: expected a key in double quotes"},
    {"run four-tuple nosuch", 2, "one scenario at a time"},
    {"check", 2, "names of `portsim list scenarios'"},
    {"check my.json", 4, "portsim init with that name writes one"},
    {"check half.json", 3, "half.json:2:1: "},
    {"trace", 2, "A file, or a name of `portsim list scenarios'"},
    {"theory", 2, "A file, or a name of `portsim list scenarios'"},
    {"sweep", 2, "A file, or a name of `portsim list scenarios'"},
    {"plan", 2, "A file, or a name of `portsim list scenarios'"},
    {"sweep -", 2, "it must be a file"},
    /* Settings. */
    {"run four-tuple --set seed", 2, "--set wants PATH=VALUE"},
    {"run four-tuple --set duration=60", 3, "did you mean \"60s\"?"},
    {"run four-tuple --set duraton=60s", 3, "did you mean \"duration\"?"},
    {"run four-tuple --set hosts.one-to-one.stack=linux", 3, "did you mean \"linux"},
    {"run four-tuple --seed x", 2, "a whole number (\"7\", \"0xbeef\")"},
    {"run four-tuple --jobs 0", 2, "from 1 to 1000"},
    {"run four-tuple --precision 5", 2, "(2% or 0.02)"},
    {"run four-tuple --sockets-at never", 3, "first-failure, first-exhaustion"},
    {"run four-tuple --sockets-every 5", 3, "did you mean \"5s\"?"},
    {"run four-tuple --trace-bind=some", 2, "all or failures"},
    {"run four-tuple --plots png", 2, "--plots=png"},
    {"run four-tuple --plots=gif", 2, "svg, png or dumb"},
    {"run four-tuple -o run", 4, "--overwrite replaces it"},
    {"run four-tuple -o hello.txt", 4, "hello.txt"},
    /* Runs. */
    {"plot", 2, "portsim run SCENARIO writes one: runs/NAME"},
    {"plot empty", 4, "portsim run SCENARIO -o DIR writes one"},
    {"plot nosuch", 4, "there is no directory nosuch; portsim run SCENARIO -o DIR"},
    {"plot run --format gif", 2, "svg, png or dumb"},
    {"plot run --only state", 2, "did you mean \"states\"?"},
    {"plot run --metric x", 2, "--only chooses those of a run"},
    {"plot study --metric apps.pages.failure_rato", 2,
     "did you mean \"apps.pages.failure"},
    {"plot study --only states", 4, "portsim run SCENARIO"},
    {"sockets run --at noon", 2, "must be a time (\"10min\"), first-failure"},
    {"sockets run --at 1h", 2, "the run is over after 50s"},
    {"sockets run --host nobody", 2, "it has one-to-one, "},
    {"sockets run --as lsof", 2, "netstat-anobq, csv or json"},
    {"sockets run --where stat==TIME_WAIT", 2, "did you mean \"state\"?"},
    {"sockets run --count-by stat", 2, "did you mean \"state\"?"},
    {"sockets run --every 5", 2, "did you mean \"5s\"?"},
    {"sockets run --member 3", 2, "--member of which --host?"},
    {"events nosuch", 4, "portsim run SCENARIO -o DIR writes one"},
    {"events run --host nobody", 2, "it has one-to-one, "},
    {"events run --from 90", 2, "did you mean \"90s\"?"},
    {"events run --kind first-failur", 2, "did you mean \"first-failure\"?"},
    {"binds run", 4, "portsim run --trace-bind does"},
    {"diagnose", 2, "which run directory, or which capture?"},
    {"diagnose empty", 4, "portsim run SCENARIO -o DIR writes one"},
    {"diagnose hello.txt", 4, "captures: --ss FILE, --netstat FILE"},
    {"compare four-tuple seed=2", 4, "in compare behind --a or --b"},
    {"diagnose --ss hello.txt", 4, "`ss -tan', `netstat -ano'"},
    {"diagnose --ss hello.txt --range 5", 2, "such as 32768-60999"},
    {"trace four-tuple --app web", 2, "it has one-to-one, "},
    {"trace four-tuple --state TIMEWAIT", 2, "did you mean \"TIME_WAIT\"?"},
    {"trace four-tuple --until 5", 2, "did you mean \"5s\"?"},
    {"trace four-tuple --connection 999999", 1, "portsim run says how many there are"},
    {"theory four-tuple empty", 4, "portsim run SCENARIO -o DIR writes one"},
    {"theory four-tuple study", 4, "--set says which of its points is meant"},
    /* Studies. */
    {"sweep four-tuple", 2, "--vary PATH=VALUES, or a scenario with a \"sweep\""},
    {"sweep four-tuple --vary duration", 2, "PATH=LOW:HIGH:STEPS"},
    {"sweep four-tuple --vary seed=1,2 --design all", 2, "grid or one-at-a-time"},
    {"sweep four-tuple --vary seed=1,2 --shard 3/2", 2, "between 1/2 and 2/2"},
    {"sweep teaching-mini --vary apps.pages.arrivals.rate=1/s,2/s -o run", 4,
     "name another one"},
    {"merge", 2, "that portsim sweep --shard I/N wrote"},
    {"merge study", 2, "-o DIR"},
    {"merge empty -o joined", 4, "portsim sweep SCENARIO -o DIR writes one"},
    {"compare four-tuple", 2, "or --a, --b or --baseline"},
    {"compare study four-tuple", 2, "portsim sweep makes one of a scenario"},
    {"compare four-tuple empty", 2, "name its file instead"},
    {"compare four-tuple --b seed=2 --metric nothing", 2, "`portsim list metrics'"},
    {"compare four-tuple --b seed=2 --margin x", 2, "as in 1% or apps.*"},
    {"compare four-tuple --b seed=2 --format xml", 2, "text, markdown, junit or json"},
    {"plan four-tuple", 2, "--vary PATH=LOW..HIGH says what to turn"},
    {"plan four-tuple --vary duration=1min..2min", 2, "--require 'METRIC <= NUMBER'"},
    {"plan four-tuple --vary duration=1min --require apps.one-to-one.failures<=0", 2,
     "PATH=LOW..HIGH"},
    {"plan four-tuple --vary duration=1min..2min --require apps.x.failures<=0", 3,
     "did you mean apps."},
    /* The reference. */
    {"list", 2, "One of allocators, stacks"},
    {"list allocator", 2, "did you mean \"allocators\"?"},
    {"explain", 2, "which name?"},
    {"explain timewait", 2, "did you mean \"TIME_WAIT\"?"},
    {"explain linux5188", 2, "did you mean \"linux518\"?"},
    {"explain nothing-like-it", 2, "portsim explain scenario, host, tcp, app"},
    {"demo exhaution", 2, "did you mean \"exhaustion\"?"},
    {"demo nothing-like-it", 2, "portsim demo --list"},
    {"init --stack linux51", 2, "portsim list stacks"},
};

static void test_every_slip_is_answered_with_the_next_step(void **state)
{
    char *folder = *state;
    int before = scratch_entries(folder);
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(slips); i++) {
        struct ended e = run_words(folder, slips[i].line, NULL);
        if (e.status != slips[i].status || !strstr(e.err, slips[i].says) || *e.out) {
            print_error(
                "portsim %s: status %d, should be %d and say \"%s\"; it said:\n%s%s",
                slips[i].line, e.status, slips[i].status, slips[i].says, e.out, e.err);
            wrong++;
        }
        ended_free(&e);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(scratch_entries(folder), before);
}

/* Everything but pictures; a picture that nobody asked for by its name is missed. */
static void test_without_gnuplot_everything_but_pictures_works(void **state)
{
    static const char cure[] = "apt-get install gnuplot-nox";
    char *folder = *state;
    static const struct {
        const char *line;
        int status;
        const char *file; /* that is there afterwards; NULL: none */
        bool says;        /* which package is missing, once */
    } works[] = {
        {"run four-tuple -q -o a", 0, "a/summary.json", false},
        {"run four-tuple -q --plots -o b", 4, "b/summary.json", true},
        {"plot a", 4, NULL, true},
        {"demo four-tuple -q", 0, "runs/demo-four-tuple/summary.json", true},
        {"sweep teaching-mini --set duration=200s --vary "
         "apps.pages.arrivals.rate=1/s,2/s -r 2 -q -o c",
         0, "c/results.csv", false},
        {"compare four-tuple --b hosts.one-to-one.tcp.range=[1024,1123] -r 2 -q -o d", 1,
         "d/comparison.json", true},
        {"plan teaching-mini --set duration=300s --vary "
         "apps.pages.arrivals.rate=0.1/s..20/s --require apps.pages.failure_ratio<=50% "
         "--precision 90% -q -o e",
         0, "e/plan.json", true},
        {"diagnose a", 0, NULL, false},
        {"theory four-tuple a", 0, NULL, false},
        {"sockets a", 0, NULL, false},
    };
    for (size_t i = 0; i < COUNT(works); i++) {
        struct ended e = run_words(folder, works[i].line, "PATH=/no/such");
        const char *why = strstr(e.err, cure);
        bool again = why && strstr(why + strlen(cure), cure);
        if (e.status != works[i].status || (why != NULL) != works[i].says || again ||
            (works[i].file && !scratch_exists(folder, works[i].file)))
            fail_msg("portsim %s: status %d; it said:\n%s", works[i].line, e.status,
                     e.err);
        ended_free(&e);
    }
}

static int begin(void **state)
{
    *state = stage();
    return 0;
}

static int end(void **state)
{
    scratch_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_slip_is_answered_with_the_next_step),
        cmocka_unit_test(test_without_gnuplot_everything_but_pictures_works),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
