#include "sim/cli/compare_files.h"

#include <stdlib.h>

#include "sim/cli/draw.h"
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
    struct figures_request request;
    struct figures_drawn drawn = {0};
    char *scripts = draw_request(directory, FIGURE_SVG, &request, error);
    bool well =
        scripts && compare_picture(&request, report->result, margin, &drawn, error);
    if (well && !quiet)
        draw_tell(directory, &drawn);
    figures_drawn_free(&drawn);
    free(scripts);
    return well;
}
