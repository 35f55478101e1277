#include "sim/cli/compare_files.h"

#include <stdlib.h>

#include "sim/cli/places.h"
#include "sim/cli/terminal.h"
#include "sim/study/compare/compare_picture.h"

bool compare_write(const char *directory, const struct compare_report *report,
                   struct results_error *error)
{
    struct safe_directory d;
    if (!safe_directory_open(&d, directory, error))
        return false;
    struct json_text json = {0};
    compare_json(&json, report);
    bool well = safe_file_write(&d, COMPARE_FILE, json.bytes, json.length, error);
    json_free(&json);
    safe_directory_close(&d);
    return well;
}

bool compare_draw(const char *directory, const struct compare_report *report,
                  double margin, bool quiet, struct results_error *error)
{
    char *scripts = places_folder("plots");
    if (!scripts) {
        char *missing = places_missing();
        results_fail(error, 0, "%s", missing);
        free(missing);
        return false;
    }
    struct figures_request request = {
        .directory = directory, .scripts = scripts, .format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    bool well = compare_picture(&request, report->result, margin, &drawn, error);
    for (unsigned i = 0; well && !quiet && i < drawn.count; i++) {
        terminal_print(stderr, directory);
        fprintf(stderr, "/%s\n", drawn.names[i]);
    }
    free(scripts);
    return well;
}
