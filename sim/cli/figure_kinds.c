#include "sim/cli/figure_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/results/text.h"
#include "sim/study/pictures/study_pictures.h"

const struct figure_kind *figure_kinds(uint32_t index)
{
    uint32_t of_runs = 0;
    while (figures_kind(of_runs))
        of_runs++;
    return index < of_runs ? figures_kind(index) : study_pictures_kind(index - of_runs);
}

static const char *name_of(uint32_t index)
{
    const struct figure_kind *kind = figure_kinds(index);
    return kind ? kind->name : NULL;
}

static const struct figure_kind *find(const char *name)
{
    for (uint32_t i = 0; figure_kinds(i); i++)
        if (strcmp(figure_kinds(i)->name, name) == 0)
            return figure_kinds(i);
    return NULL;
}

/* Ends the program. */
static void refuse(const char *word, const struct argp_state *state)
{
    const char *near = words_nearest(word, name_of);
    struct text all = {0};
    for (uint32_t i = 0; name_of(i); i++)
        text_print(&all, "%s%s", i ? ", " : "", name_of(i));
    argp_error(state, "--only: there is no kind of picture \"%s\"%s%s%s.  The kinds: %s",
               word, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
               text_of(&all));
}

static void add(struct text_list *kinds, const char *name)
{
    for (uint32_t i = 0; i < kinds->count; i++)
        if (strcmp(kinds->at[i], name) == 0)
            return;
    text_list_add(kinds, name);
}

void figure_choice_add(struct text_list *kinds, const char *text,
                       const struct argp_state *state)
{
    char *words = memory_text(text, strlen(text)), *rest = words, *word;
    while ((word = strsep(&rest, ","))) {
        const struct figure_kind *kind = find(word);
        if (!kind)
            refuse(word, state);
        else
            add(kinds, kind->name);
    }
    free(words);
}

static bool was_drawn(const char *kind, const struct figures_drawn *drawn)
{
    for (unsigned i = 0; i < drawn->count; i++)
        if (strcmp(drawn->at[i].kind, kind) == 0)
            return true;
    return false;
}

bool figure_kinds_met(const char *const *only, unsigned count, const char *directory,
                      const struct figures_drawn *drawn, struct results_error *error)
{
    for (unsigned i = 0; i < count; i++) {
        const struct figure_kind *kind = find(only[i]);
        if (kind && !was_drawn(kind->name, drawn))
            return results_fail(error, 0,
                                "%s has no data for %s: it needs %s, as left by: %s",
                                directory, kind->name, kind->needs, kind->made);
    }
    return true;
}
