#include "sim/cli/draw.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/figure_kinds.h"
#include "sim/cli/places.h"
#include "sim/cli/terminal.h"
#include "sim/results/program.h"
#include "sim/results/run_directory.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/study/store/store.h"

char *draw_request(const char *directory, enum figure_format format,
                   struct figures_request *request, struct results_error *error)
{
    struct winsize window = {0};
    char *scripts = places_folder("plots");
    if (!scripts) {
        char *missing = places_missing();
        results_fail(error, 0, "%s", missing);
        free(missing);
        return NULL;
    }
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    *request = (struct figures_request){.directory = directory,
                                        .scripts = scripts,
                                        .format = format,
                                        .terminal = stdout,
                                        .columns = window.ws_col,
                                        .rows = window.ws_row};
    return scripts;
}

static bool draw_run(const struct figures_request *request, const char *metric,
                     const struct run_record *run, struct figures_drawn *drawn,
                     struct results_error *error)
{
    if (metric)
        return results_refuse(error,
                              "%s is no study, whose pictures --metric chooses; --only "
                              "chooses those of a run",
                              request->directory);
    struct stored_run *stored =
        run ? NULL : run_directory_read(request->directory, error);
    run = stored ? &stored->record : run;
    bool good = run && figures_draw(request, run, drawn, error) &&
                run_pictures_draw(request, run, drawn, error) &&
                replication_pictures_draw(request, run, drawn, error);
    stored_run_free(stored);
    return good;
}

bool draw(const struct draw_order *order, struct figures_drawn *drawn,
          struct results_error *error)
{
    struct figures_request request;
    char *scripts = draw_request(order->directory, order->format, &request, error);
    if (!scripts)
        return false;
    request.only = order->only;
    request.only_count = order->only_count;
    request.keep = order->keep;
    request.columns = order->columns ? order->columns : request.columns;
    request.rows = order->rows ? order->rows : request.rows;
    request.bare = order->bare;
    request.with_scripts = order->with_scripts;
    bool study = store_is_study(order->directory);
    bool good = study ? study_pictures_draw(&request, order->metric, drawn, error)
                      : draw_run(&request, order->metric, order->run, drawn, error);
    free(scripts);
    if (!good || drawn->count > 0)
        return good;
    return figure_kinds_met(order->only, order->only_count, order->directory, drawn,
                            error) &&
           results_fail(error, 0, "%s has no data for any figure", order->directory);
}

int draw_missed(const struct results_error *error)
{
    char *gnuplot = program_find("gnuplot");
    if (gnuplot) {
        free(gnuplot);
        return io_error(error);
    }
    fprintf(stderr, "portsim: no picture: %s\n", error->text);
    return EXIT_DONE;
}

void draw_tell(const char *directory, const struct figures_drawn *drawn)
{
    for (unsigned i = 0; i < drawn->count; i++) {
        if (!drawn->at[i].path)
            continue;
        fputs("  ", stderr);
        terminal_print(stderr, directory);
        fprintf(stderr, "/%s\n", drawn->at[i].path);
    }
}
