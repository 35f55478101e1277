#include "sim/results/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/results/picture.h"
#include "sim/results/script.h"

/* What a format can show, and how it is known to be whole. */
static const struct {
    const char *name;
    bool (*whole)(const char *bytes, size_t length);
    struct canvas_room room;
} formats[] = {
    [FIGURE_SVG] = {"svg", picture_is_svg, {450, 12, 8}},
    [FIGURE_PNG] = {"png", picture_is_png, {450, 12, 8}},
    [FIGURE_DUMB] = {"dumb", picture_is_plain, {150, 6, 5}},
};

struct canvas_room canvas_room(enum figure_format format)
{
    return formats[format].room;
}

static bool writes_files(const struct figures_request *request)
{
    return request->format != FIGURE_DUMB && !request->keep;
}

bool canvas_open(struct canvas *c, const struct figures_request *request,
                 struct figures_drawn *drawn, struct results_error *error)
{
    struct safe_directory place;
    *c = (struct canvas){
        .request = request, .drawn = drawn, .error = error, .plots = {.handle = -1}};
    if (!writes_files(request))
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
    text_free(&c->headline);
    text_free(&c->detail);
}

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

void canvas_begin(struct canvas *c, struct text *script)
{
    const struct figures_request *r = c->request;
    gnuplot_set_string(script, "format", formats[r->format].name);
    gnuplot_set_number(script, "columns", or_default(r->columns, 80));
    gnuplot_set_number(script, "rows", or_default(r->rows, 24));
    gnuplot_set_number(script, "bare", r->bare);
}

void canvas_words(struct canvas *c, const char *headline, const char *detail,
                  struct text *script)
{
    text_free(&c->headline);
    text_free(&c->detail);
    text_add(&c->headline, headline, strlen(headline));
    text_add(&c->detail, detail, strlen(detail));
    gnuplot_set_string(script, "headline", headline);
    gnuplot_set_string(script, "detail", detail);
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

static bool is_wanted(const struct figures_request *r, const char *kind)
{
    for (unsigned i = 0; i < r->only_count; i++)
        if (strcmp(r->only[i], kind) == 0)
            return true;
    return r->only_count == 0;
}

static char *copy(const char *text)
{
    return memory_text(text, strlen(text));
}

/* Adds the picture under way to the list. */
static struct figure_drawn *enlist(struct canvas *c, const char *kind, const char *name)
{
    struct figures_drawn *d = c->drawn;
    d->at = memory_resize(d->at, d->count + 1u, sizeof *d->at);
    d->at[d->count] = (struct figure_drawn){.kind = copy(kind),
                                            .name = copy(name),
                                            .headline = copy(text_of(&c->headline)),
                                            .detail = copy(text_of(&c->detail))};
    return &d->at[d->count++];
}

void figures_drawn_free(struct figures_drawn *drawn)
{
    for (unsigned i = 0; i < drawn->count; i++) {
        struct figure_drawn *d = &drawn->at[i];
        free(d->kind);
        free(d->name);
        free(d->path);
        free(d->headline);
        free(d->detail);
        text_free(&d->kept);
    }
    free(drawn->at);
    *drawn = (struct figures_drawn){0};
}

/* Writes plots/<name>.gp, which draws what was drawn. */
static bool keep_script(struct canvas *c, const char *kind, const char *name,
                        const struct text *script)
{
    const struct figures_request *r = c->request;
    struct text alone = {0};
    char *file = memory_print("%s.gp", name);
    bool good = script_alone(r->scripts, kind, name, formats[r->format].name, script,
                             &alone, c->error) &&
                safe_file_write(&c->plots, file, alone.bytes, alone.length, c->error);
    free(file);
    text_free(&alone);
    return good;
}

/* Takes the bytes of the picture. */
static bool deliver(struct canvas *c, const char *kind, const char *name,
                    struct text *picture)
{
    const struct figures_request *r = c->request;
    char *path = NULL;
    if (r->format == FIGURE_DUMB)
        print_plain(picture, r->terminal);
    if (writes_files(r)) {
        path = memory_print("plots/%s.%s", name, formats[r->format].name);
        if (!safe_file_write(&c->plots, strchr(path, '/') + 1, picture->bytes,
                             picture->length, c->error)) {
            free(path);
            return false;
        }
    }
    struct figure_drawn *entry = enlist(c, kind, name);
    entry->path = path;
    if (r->keep) {
        entry->kept = *picture;
        *picture = (struct text){0};
    }
    return true;
}

bool canvas_finish(struct canvas *c, const char *kind, const char *name,
                   struct text *script)
{
    struct text picture = {0};
    if (!is_wanted(c->request, kind))
        return true;
    bool scripts = c->request->with_scripts && writes_files(c->request);
    bool good = !scripts || keep_script(c, kind, name, script);
    text_print(script, "load './%s.gp'\n", kind);
    good = good && render(c, name, script, &picture) && deliver(c, kind, name, &picture);
    text_free(&picture);
    return good;
}
