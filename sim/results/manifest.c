#include "sim/results/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/json_read.h"

#define FORMAT  "portsim-run"
#define VERSION 1

void manifest_write(const struct manifest *m, struct json_text *out)
{
    json_object_begin(out, NULL);
    json_string(out, "format", FORMAT);
    json_unsigned(out, "version", VERSION);
    json_string(out, "portsim", PORTSIM_VERSION);
    json_string(out, "status", run_status_name(m->status));
    json_object_begin(out, "files");
    for (unsigned i = 0; i < m->count; i++) {
        json_object_begin_flat(out, m->files[i].name);
        json_unsigned(out, "size", m->files[i].sum.size);
        json_string(out, "sha256", m->files[i].sum.sha256);
        json_object_end(out);
    }
    json_object_end(out);
    json_object_end(out);
}

/* A name, or two with a slash between them. */
static bool good_name(const char *name)
{
    char folder[SAFE_NAME_SIZE];
    const char *slash = strchr(name, '/');
    if (!slash)
        return safe_name(name);
    int length = snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    return length < SAFE_NAME_SIZE && safe_name(folder) && safe_name(slash + 1);
}

static void read_entry(struct json_source *s, struct manifest *m, const cJSON *entry)
{
    if (m->count == MANIFEST_FILES_MAX || !good_name(entry->string) ||
        manifest_find(m, entry->string)) {
        json_complain(s, "files", "names a file that cannot be there");
        return;
    }
    struct manifest_entry *e = &m->files[m->count++];
    memcpy(e->name, entry->string, strlen(entry->string) + 1);
    e->sum.size = json_get_count(s, entry, "size");
    const char *sha256 = json_get_text(s, entry, "sha256");
    if (strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64)
        memcpy(e->sum.sha256, sha256, sizeof e->sum.sha256);
    else
        json_complain(s, "sha256", "is not a SHA-256");
}

static void read_manifest(struct json_source *s, struct manifest *m, const cJSON *tree)
{
    if (strcmp(json_get_text(s, tree, "format"), FORMAT) != 0)
        json_complain(s, "format", "is not \"" FORMAT "\"");
    if (json_get_count(s, tree, "version") != VERSION)
        json_complain(s, "version", "is one that this portsim does not know");
    if (!run_status_find(json_get_text(s, tree, "status"), &m->status))
        json_complain(s, "status", "is neither \"complete\" nor \"interrupted\"");
    const cJSON *entry = json_first(json_get_object(s, tree, "files"));
    for (; entry; entry = entry->next)
        read_entry(s, m, entry);
}

bool manifest_read(struct manifest *m, const struct safe_directory *d, const char *name,
                   struct results_error *error)
{
    *m = (struct manifest){0};
    cJSON *tree = json_read_file(d, name, error);
    if (!tree)
        return false;
    char *path = memory_print("%s/%s", d->path, name);
    struct json_source s = {.path = path, .error = error};
    read_manifest(&s, m, tree);
    cJSON_Delete(tree);
    free(path);
    return !s.failed;
}

static bool measure(const struct safe_directory *d, const char *name,
                    struct file_sum *out, struct results_error *error)
{
    char folder[SAFE_NAME_SIZE];
    const char *slash = strchr(name, '/');
    if (!slash)
        return safe_file_measure(d, name, out, error);
    struct safe_directory inner;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    bool good = safe_directory_inside(&inner, d, folder, error) &&
                safe_file_measure(&inner, slash + 1, out, error);
    safe_directory_close(&inner);
    return good;
}

bool manifest_verify(const struct manifest *m, const struct safe_directory *d,
                     const char *spared, struct results_error *error)
{
    for (unsigned i = 0; i < m->count; i++) {
        const struct manifest_entry *e = &m->files[i];
        struct file_sum found;
        if (strcmp(e->name, spared) == 0 && !safe_file_exists(d, e->name))
            continue;
        if (!measure(d, e->name, &found, error))
            return false;
        if (found.size != e->sum.size || strcmp(found.sha256, e->sum.sha256) != 0)
            return results_fail(error, 0,
                                "%s/%s is not the file that the run wrote: its checksum "
                                "differs from the manifest's",
                                d->path, e->name);
    }
    return true;
}

const struct manifest_entry *manifest_find(const struct manifest *m, const char *name)
{
    for (unsigned i = 0; i < m->count; i++)
        if (strcmp(m->files[i].name, name) == 0)
            return &m->files[i];
    return NULL;
}
