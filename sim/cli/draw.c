#include "sim/cli/draw.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/cli/places.h"
#include "sim/study/pictures/study_pictures.h"

/* The folder of the scripts; NULL after an error. */
static char *find_scripts(struct results_error *error)
{
    char *scripts = places_folder("plots");
    if (!scripts) {
        char *missing = places_missing();
        results_fail(error, 0, "%s", missing);
        free(missing);
    }
    return scripts;
}

static struct figures_request request_for(const char *directory, const char *scripts,
                                          enum figure_format format)
{
    struct winsize window = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    return (struct figures_request){.directory = directory,
                                    .scripts = scripts,
                                    .format = format,
                                    .terminal = stdout,
                                    .columns = window.ws_col,
                                    .rows = window.ws_row};
}

bool draw_run(const char *directory, enum figure_format format,
              struct figures_drawn *drawn, struct results_error *error)
{
    char *scripts = find_scripts(error);
    if (!scripts)
        return false;
    struct figures_request request = request_for(directory, scripts, format);
    bool good = figures_draw(&request, drawn, error) &&
                replication_pictures_draw(&request, drawn, error);
    free(scripts);
    return good;
}

bool draw_study(const char *directory, const char *metric, enum figure_format format,
                struct figures_drawn *drawn, struct results_error *error)
{
    char *scripts = find_scripts(error);
    if (!scripts)
        return false;
    struct figures_request request = request_for(directory, scripts, format);
    bool good = study_pictures_draw(&request, metric, drawn, error);
    free(scripts);
    return good;
}
