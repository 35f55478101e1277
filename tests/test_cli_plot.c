/* portsim plot: which pictures, of what, in which form; and scripts that draw them again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/results/figures.h"
#include "sim/results/program.h"
#include "sim/study/pictures/study_pictures.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Every kind there is, those of runs first. */
static const struct figure_kind *kind_of(uint32_t index)
{
    uint32_t of_runs = 0;
    while (figures_kind(of_runs))
        of_runs++;
    return index < of_runs ? figures_kind(index) : study_pictures_kind(index - of_runs);
}

static bool has_gnuplot(void)
{
    char *program = program_find("gnuplot");
    bool has = program != NULL;
    free(program);
    return has;
}

#define NEEDS_GNUPLOT                                                                    \
    do {                                                                                 \
        if (!has_gnuplot())                                                              \
            skip();                                                                      \
    } while (0)

/* A folder that holds the run directory "r". */
static int open_run(void **state)
{
    char *folder = scratch_new();
    struct ended e = program_run(&(struct program){
        .args = {"run", "teaching-mini", "--quiet", "-o", "r"}, .folder = folder});
    expect_status(&e, EXIT_DONE);
    ended_free(&e);
    *state = folder;
    return 0;
}

static int close_run(void **state)
{
    scratch_free(*state);
    return 0;
}

/* --- kinds -------------------------------------------------------------------------- */

static void test_every_kind_has_a_script_and_says_what_it_needs(void **state)
{
    (void)state;
    for (uint32_t i = 0; kind_of(i); i++) {
        const struct figure_kind *kind = kind_of(i);
        char *script = memory_print("plots/%s.gp", kind->name);
        struct stat s;
        if (stat(script, &s) != 0)
            fail_msg("%s is missing", script);
        assert_true(strlen(kind->shows) > 20 && !strchr(kind->shows, '\n'));
        assert_true(strlen(kind->needs) > 4);
        assert_memory_equal(kind->made, "portsim ", 8);
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(kind_of(k)->name, kind->name);
        free(script);
    }
}

static void test_every_kind_is_listed_and_explained(void **state)
{
    (void)state;
    struct ended list = program_run(&(struct program){.args = {"list", "figures"}});
    expect_status(&list, EXIT_DONE);
    for (uint32_t i = 0; kind_of(i); i++) {
        const struct figure_kind *kind = kind_of(i);
        struct ended e = program_run(&(struct program){.args = {"explain", kind->name}});
        expect_status(&e, EXIT_DONE);
        expect_says(list.out, kind->shows);
        expect_says(e.out, "kind of picture");
        expect_says(e.out, kind->made);
        ended_free(&e);
    }
    ended_free(&list);
}

static void test_bad_questions_end_with_2_and_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *args[6], *says;
    } cases[] = {
        {{"plot", "r", "--only", "kneee"}, "did you mean \"knee\"?"},
        {{"plot", "r", "--only", "states,,knee"}, "The kinds: states, outcomes"},
        {{"plot", "r", "--only", ""}, "no kind of picture \"\""},
        {{"plot", "r", "--format=dumb", "--open"}, "--open wants files"},
        {{"plot", "r", "--scripts", "--format", "dumb"}, "--scripts wants files"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct program p = {.args = {NULL}};
        memcpy(p.args, cases[i].args, sizeof cases[i].args);
        struct ended e = program_run(&p);
        expect_status(&e, EXIT_USAGE);
        expect_says(e.err, cases[i].says);
        ended_free(&e);
    }
}

/* --- drawing ------------------------------------------------------------------------ */

static struct ended plot(void **state, const char *a, const char *b)
{
    return program_run(
        &(struct program){.args = {"plot", "r", a, b}, .folder = (char *)*state});
}

static void test_only_what_was_asked_for_is_drawn(void **state)
{
    NEEDS_GNUPLOT;
    struct ended e = plot(state, "--only", "outcomes,outcomes");
    expect_status(&e, EXIT_DONE);
    assert_string_equal(e.out, "r/plots/outcomes.svg\n");
    ended_free(&e);
    assert_true(scratch_exists(*state, "r/plots/outcomes.svg"));
    assert_false(scratch_exists(*state, "r/plots/states.svg"));
}

static void test_missing_data_is_named_with_the_command_that_makes_it(void **state)
{
    NEEDS_GNUPLOT;
    struct ended e = plot(state, "--only", "states,knee");
    expect_status(&e, EXIT_IO);
    assert_string_equal(e.out, "r/plots/states.svg\n");
    expect_says(e.err, "portsim: r has no data for knee: it needs a study of one axis");
    expect_says(e.err, "as left by: portsim sweep SCENARIO --vary PATH=");
    ended_free(&e);
    e = plot(state, "--only=ecdf", NULL);
    expect_status(&e, EXIT_IO);
    expect_silence(e.out);
    expect_says(e.err, "portsim run SCENARIO --replications");
    ended_free(&e);
}

/* What the program drew must be what gnuplot draws from the script alone, elsewhere. */
static void expect_drawn_again(const char *folder, const char *name, const char *suffix)
{
    char *script = memory_print("r/plots/%s.gp", name);
    char *picture = memory_print("r/plots/%s.%s", name, suffix);
    char *again = memory_print("%s.%s", name, suffix);
    char *text = scratch_get(folder, script), *drawn = scratch_get(folder, picture);
    assert_non_null(text);
    assert_non_null(drawn);
    assert_null(strstr(text, "load "));
    char *elsewhere = memory_print("%s/elsewhere", folder);
    mkdir(elsewhere, 0777);
    char *command = memory_print("cd '%s' && gnuplot -d ../%s", elsewhere, script);
    assert_int_equal(system(command), 0);
    char *redrawn = scratch_get(elsewhere, again);
    assert_non_null(redrawn);
    assert_string_equal(redrawn, drawn);
    char *const owned[] = {script,    picture, again,   text,
                           elsewhere, command, redrawn, drawn};
    for (size_t i = 0; i < COUNT(owned); i++)
        free(owned[i]);
}

static void test_a_kept_script_draws_the_same_picture_alone(void **state)
{
    NEEDS_GNUPLOT;
    struct ended e = plot(state, "--scripts", NULL);
    expect_status(&e, EXIT_DONE);
    ended_free(&e);
    expect_drawn_again(*state, "states", "svg");
    expect_drawn_again(*state, "outcomes", "svg");
    expect_drawn_again(*state, "destinations", "svg");
    expect_drawn_again(*state, "reuse", "svg");
    expect_drawn_again(*state, "transitions", "svg");
}

static void test_an_overwritten_run_leaves_no_script_behind(void **state)
{
    NEEDS_GNUPLOT;
    struct ended e = plot(state, "--scripts", NULL);
    ended_free(&e);
    assert_true(scratch_exists(*state, "r/plots/states.gp"));
    e = program_run(&(struct program){
        .args = {"run", "teaching-mini", "--quiet", "--overwrite", "-o", "r"},
        .folder = *state});
    expect_status(&e, EXIT_DONE);
    ended_free(&e);
    assert_false(scratch_exists(*state, "r/plots/states.gp"));
    assert_false(scratch_exists(*state, "r/plots/states.svg"));
}

/* --- showing ------------------------------------------------------------------------ */

/* A folder with gnuplot and a viewer of these lines. */
static char *viewer_path(const char *folder, const char *name, const char *lines)
{
    char *bin = memory_print("%s/bin", folder), *gnuplot = program_find("gnuplot");
    char *viewer = memory_print("%s/%s", bin, name);
    char *link = memory_print("%s/gnuplot", bin);
    mkdir(bin, 0777);
    assert_int_equal(symlink(gnuplot, link), 0);
    if (lines) {
        scratch_put(bin, name, lines, strlen(lines));
        chmod(viewer, 0755);
    }
    char *path = memory_print("PATH=%s", bin);
    char *const owned[] = {bin, gnuplot, viewer, link};
    for (size_t i = 0; i < COUNT(owned); i++)
        free(owned[i]);
    return path;
}

static struct ended show(void **state, const char *name, const char *lines)
{
    char *path = viewer_path(*state, name, lines);
    struct ended e =
        program_run(&(struct program){.args = {"plot", "r", "--only=states", "--open"},
                                      .folder = *state,
                                      .env = {path}});
    free(path);
    return e;
}

static void test_what_was_drawn_is_shown(void **state)
{
    NEEDS_GNUPLOT;
    static const char *const names[] = {"xdg-open", "open"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct ended e = show(state, names[i], "#!/bin/sh\necho \"shows $1\"\n");
        expect_status(&e, EXIT_DONE);
        assert_string_equal(e.out, "r/plots/states.svg\n");
        expect_says(e.err, "shows r/plots/states.svg\n");
        ended_free(&e);
        scratch_free(memory_print("%s/bin", (char *)*state));
    }
}

static void test_where_nothing_can_show_a_picture_it_is_said(void **state)
{
    NEEDS_GNUPLOT;
    static const struct {
        const char *lines, *says;
    } cases[] = {
        {NULL, "there is neither xdg-open nor open here; show r/plots/states.svg with"},
        {"#!/bin/sh\nexit 3\n", "xdg-open could not show r/plots/states.svg"},
        {"#!/no/such/shell\n", "cannot start "},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ended e = show(state, "xdg-open", cases[i].lines);
        expect_status(&e, EXIT_IO);
        expect_says(e.err, cases[i].says);
        assert_string_equal(e.out, "r/plots/states.svg\n");
        ended_free(&e);
        scratch_free(memory_print("%s/bin", (char *)*state));
    }
}

int main(void)
{
#define IN_A_RUN(test) cmocka_unit_test_setup_teardown(test, open_run, close_run)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_a_script_and_says_what_it_needs),
        cmocka_unit_test(test_every_kind_is_listed_and_explained),
        cmocka_unit_test(test_bad_questions_end_with_2_and_say_why),
        IN_A_RUN(test_only_what_was_asked_for_is_drawn),
        IN_A_RUN(test_missing_data_is_named_with_the_command_that_makes_it),
        IN_A_RUN(test_a_kept_script_draws_the_same_picture_alone),
        IN_A_RUN(test_an_overwritten_run_leaves_no_script_behind),
        IN_A_RUN(test_what_was_drawn_is_shown),
        IN_A_RUN(test_where_nothing_can_show_a_picture_it_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
