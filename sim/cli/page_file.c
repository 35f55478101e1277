#include "sim/cli/page_file.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/safe_file.h"

bool page_file_write(const char *file, const struct text *page,
                     struct results_error *error)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    if (!safe_name(name))
        return results_refuse(error,
                              "%s: a page's name has letters, digits, '.', '_' and '-', "
                              "as in comparison.html",
                              file);
    char *folder = !slash          ? memory_print(".")
                   : slash == file ? memory_print("/")
                                   : memory_text(file, (size_t)(slash - file));
    struct safe_directory place;
    bool good = safe_directory_open(&place, folder, error);
    if (good) {
        good = safe_file_write(&place, name, text_of(page), page->length, error);
        safe_directory_close(&place);
    }
    free(folder);
    return good;
}
