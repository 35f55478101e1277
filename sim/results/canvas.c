#include "sim/results/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/results/picture.h"

/* What a format can show, and how it is known to be whole. */
static const struct {
    const char *name;
    bool (*whole)(const char *bytes, size_t length);
    struct canvas_room room;
} formats[] = {
    [FIGURE_SVG] = {"svg", picture_is_svg, {450, 12, 8}},
    [FIGURE_PNG] = {"png", picture_is_png, {450, 12, 8}},
    [FIGURE_DUMB] = {"dumb", picture_is_plain, {70, 6, 5}},
};

struct canvas_room canvas_room(enum figure_format format)
{
    return formats[format].room;
}

bool canvas_open(struct canvas *c, const struct figures_request *request,
                 struct figures_drawn *drawn, struct results_error *error)
{
    struct safe_directory place;
    *c = (struct canvas){
        .request = request, .drawn = drawn, .error = error, .plots = {.handle = -1}};
    if (request->format == FIGURE_DUMB)
        return true;
    if (!safe_directory_open(&place, request->directory, error))
        return false;
    bool good = safe_directory_enter(&c->plots, &place, "plots", error);
    safe_directory_close(&place);
    return good;
}

void canvas_close(struct canvas *c)
{
    safe_directory_close(&c->plots);
}

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

void canvas_begin(const struct canvas *c, struct text *script)
{
    const struct figures_request *r = c->request;
    gnuplot_set_string(script, "format", formats[r->format].name);
    gnuplot_set_number(script, "columns", or_default(r->columns, 80));
    gnuplot_set_number(script, "rows", or_default(r->rows, 24));
}

/* The picture's bytes are the caller's to free. */
static bool render(const struct canvas *c, const char *name, const struct text *script,
                   struct text *picture)
{
    enum figure_format format = c->request->format;
    if (!gnuplot_run(c->request->scripts, script, GNUPLOT_LIMIT_S, picture, c->error))
        return false;
    if (!formats[format].whole(text_of(picture), picture->length))
        return results_fail(c->error, 0,
                            "gnuplot gave no whole picture of \"%s\" (%zu bytes)", name,
                            picture->length);
    return true;
}

/* gnuplot's page without its form feed and the blanks at the ends of lines. */
static void print_plain(const struct text *picture, FILE *terminal)
{
    const char *line = picture->bytes + (picture->bytes[0] == '\f');
    while (*line) {
        size_t length = strcspn(line, "\n"), inked = length;
        while (inked && line[inked - 1] == ' ')
            inked--;
        fprintf(terminal, "%.*s\n", (int)inked, line);
        line += length + (line[length] == '\n');
    }
}

static bool deliver(struct canvas *c, const char *name, const struct text *picture)
{
    const struct figures_request *r = c->request;
    if (c->drawn->count == FIGURES_MAX)
        return results_fail(c->error, 0, "more than %d pictures", FIGURES_MAX);
    char *entry = c->drawn->names[c->drawn->count];
    size_t size = sizeof c->drawn->names[0];
    if (r->format == FIGURE_DUMB) {
        print_plain(picture, r->terminal);
        snprintf(entry, size, "%s", name);
    } else {
        char *file = memory_print("%s.%s", name, formats[r->format].name);
        bool written =
            safe_file_write(&c->plots, file, picture->bytes, picture->length, c->error);
        snprintf(entry, size, "plots/%s", file);
        free(file);
        if (!written)
            return false;
    }
    c->drawn->count++;
    return true;
}

bool canvas_finish(struct canvas *c, const char *look, const char *name,
                   struct text *script)
{
    struct text picture = {0};
    text_print(script, "load './%s.gp'\n", look);
    bool good = render(c, name, script, &picture) && deliver(c, name, &picture);
    text_free(&picture);
    return good;
}
