#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/results/run_directory.h"
#include "tests/drawn.h"
#include "tests/scratch.h"

static char *draw_sized(const char *directory, enum figure_format format,
                        draw_function *draw, const void *what, size_t *length)
{
    char *text = NULL;
    FILE *terminal = open_memstream(&text, length);
    struct figures_request request = {.directory = directory,
                                      .scripts = "plots",
                                      .format = format,
                                      .terminal = terminal};
    struct figures_drawn list = {0};
    struct results_error error = {0};
    struct canvas c;
    bool good = canvas_open(&c, &request, &list, &error) && draw(&c, what);
    canvas_close(&c);
    fclose(terminal);
    if (!good)
        fail_msg("%s", error.text);
    assert_int_equal(list.count, 1);
    if (format != FIGURE_DUMB) {
        free(text);
        text = scratch_read(directory, list.at[0].path, length);
        assert_non_null(text);
    }
    figures_drawn_free(&list);
    return text;
}

char *drawn(const char *directory, enum figure_format format, draw_function *draw,
            const void *what)
{
    size_t length;
    return draw_sized(directory, format, draw, what, &length);
}

void expect_drawn_alike(const char *directory, draw_function *draw, const void *what)
{
    static const enum figure_format formats[] = {FIGURE_SVG, FIGURE_PNG, FIGURE_DUMB};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        size_t length, length_again;
        char *once = draw_sized(directory, formats[i], draw, what, &length);
        char *again = draw_sized(directory, formats[i], draw, what, &length_again);
        assert_int_equal(length, length_again);
        assert_memory_equal(once, again, length);
        free(once);
        free(again);
    }
}

bool draw_stored(draw_run_function *draw, const struct figures_request *request,
                 struct figures_drawn *drawn, struct results_error *error)
{
    struct stored_run *run = run_directory_read(request->directory, error);
    bool good = run && draw(request, &run->record, drawn, error);
    stored_run_free(run);
    return good;
}

void expect_words(const char *picture, const char *expected)
{
    if (!strstr(picture, expected))
        fail_msg("the picture does not say \"%s\"", expected);
}
