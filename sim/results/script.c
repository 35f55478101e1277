#include "sim/results/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"

/* Scripts load scripts, but not in circles. */
#define DEPTH_MAX 4

/* The name in a line "load './NAME.gp'", the caller's to free; NULL of another line. */
static char *loaded(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    return text_middle(line, "load './", ".gp'");
}

static bool put_file(const char *folder, const char *name, unsigned depth,
                     struct text *out, struct results_error *error)
{
    char *path = memory_print("%s/%s.gp", folder, name), *line = NULL;
    size_t capacity = 0;
    FILE *file = depth < DEPTH_MAX ? fopen(path, "re") : NULL;
    bool good = file || results_fail(error, errno, "cannot read %s", path);
    while (good && getline(&line, &capacity, file) > 0) {
        char *inner = loaded(line);
        if (inner)
            good = put_file(folder, inner, depth + 1, out, error);
        else
            text_print(out, "%s\n", line);
        free(inner);
    }
    if (file)
        fclose(file);
    free(line);
    free(path);
    return good;
}

bool script_alone(const char *folder, const char *kind, const char *name,
                  const char *suffix, const struct text *words, struct text *out,
                  struct results_error *error)
{
    char *picture = memory_print("%s.%s", name, suffix);
    text_print(out,
               "# Draws %s again: gnuplot -d %s.gp, in the folder of this file.\n"
               "# Edit it as you like: words and numbers come first, then the looks.\n"
               "# Pictures drawn anew by portsim replace both files.\n",
               picture, name);
    gnuplot_set_string(out, "picture_file", picture);
    text_add(out, text_of(words), words->length);
    bool good = put_file(folder, kind, 0, out, error);
    text_print(out, "set output\n");
    free(picture);
    return good;
}
