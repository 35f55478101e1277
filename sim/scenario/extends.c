#include "sim/scenario/extends.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "sim/scenario/file.h"
#include "sim/scenario/merge.h"

/* A file being loaded, and the one that extends it. */
struct link {
    const struct link *up;    /* NULL: the first */
    const char *name;         /* as shown */
    char canonical[PATH_MAX]; /* "": not a file */
    unsigned number;          /* of the file in its chain, from 1 */
};

static cJSON *load(struct loader *loader, struct link *link, char *text, size_t length);

/* --- finding the file ------------------------------------------------------------- */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return memory_text(".", 1);
    return memory_text(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* `name` in `folder`, with or without ".json"; NULL if there is none. */
static char *find_in(const char *folder, const char *name)
{
    static const char *const endings[] = {"", ".json"};
    for (size_t i = 0; folder && i < sizeof endings / sizeof endings[0]; i++) {
        bool whole = *name == '/' || strcmp(folder, ".") == 0;
        char *path = memory_print("%s%s%s%s", whole ? "" : folder, whole ? "" : "/", name,
                                  endings[i]);
        if (is_file(path))
            return path;
        free(path);
    }
    return NULL;
}

const char *extends_folder(const struct loader *loader, uint32_t source)
{
    for (size_t i = 0; i < loader->folder_count; i++)
        if (loader->folders[i].source == source)
            return loader->folders[i].folder;
    return ".";
}

/* --- the chain -------------------------------------------------------------------- */

/* "a.json -> b.json -> a.json", for the file that closes a cycle. */
static char *describe_cycle(const struct link *link, const char *name,
                            const char *canonical)
{
    char *text = memory_text(name, strlen(name));
    for (; link; link = link->up) {
        char *longer = memory_print("%s -> %s", link->name, text);
        free(text);
        text = longer;
        if (strcmp(link->canonical, canonical) == 0)
            break;
    }
    return text;
}

static bool in_chain(const struct link *link, const char *canonical)
{
    for (; link; link = link->up)
        if (strcmp(link->canonical, canonical) == 0)
            return true;
    return false;
}

static cJSON *load_extended(struct loader *loader, const struct link *up,
                            const char *path, struct place place)
{
    struct link link = {.up = up, .name = path, .number = up->number + 1};
    if (!realpath(path, link.canonical))
        link.canonical[0] = '\0';
    if (in_chain(up, link.canonical)) {
        char *cycle = describe_cycle(up, path, link.canonical);
        issues_add(loader->issues, place, "extends", NULL, "goes round in a circle: %s",
                   cycle);
        free(cycle);
        return NULL;
    }
    if (link.number > EXTENDS_FILES_MAX) {
        issues_add(loader->issues, place, "extends", NULL,
                   "makes a chain of more than %d files", EXTENDS_FILES_MAX);
        return NULL;
    }
    size_t length;
    char *text = file_read(path, &length, place, "extends", loader->issues);
    return text ? load(loader, &link, text, length) : NULL;
}

/* The tree of the file that `extends` names. */
static cJSON *follow(struct loader *loader, const struct link *link, const cJSON *extends)
{
    char quoted[TREE_TEXT];
    struct place place = origins_of(loader->origins, extends).value;
    if (!cJSON_IsString(extends) || !*extends->valuestring) {
        issues_add(loader->issues, place, "extends", NULL,
                   "must be the name of a file, is %s", tree_text(extends, quoted));
        return NULL;
    }
    char *path = find_in(extends_folder(loader, place.source), extends->valuestring);
    if (!path)
        path = find_in(loader->library, extends->valuestring);
    if (!path) {
        issues_add(loader->issues, place, "extends", NULL,
                   "there is no file %s beside this one or in the library",
                   tree_text(extends, quoted));
        return NULL;
    }
    cJSON *tree = load_extended(loader, link, path, place);
    free(path);
    return tree;
}

/* Takes `text`. */
static cJSON *load(struct loader *loader, struct link *link, char *text, size_t length)
{
    uint32_t source = issues_source(loader->issues, link->name, text, length);
    loader->folders =
        memory_resize(loader->folders, loader->folder_count + 1, sizeof *loader->folders);
    loader->folders[loader->folder_count++] = (struct source_folder){
        source, *link->canonical ? folder_of(link->name) : memory_text(".", 1)};
    cJSON *tree = tree_parse(text, length, source, loader->origins, loader->issues);
    cJSON *extends = tree_member(tree, "extends");
    if (!extends)
        return tree;
    cJSON *below = follow(loader, link, extends);
    tree_remove(tree, extends);
    if (cJSON_IsObject(below))
        merge_trees(loader->root, below, tree, loader->origins, loader->issues);
    else
        cJSON_Delete(tree);
    return below;
}

cJSON *extends_load_file(struct loader *loader, const char *path)
{
    size_t length;
    bool standard_input = strcmp(path, "-") == 0;
    struct link link = {.name = standard_input ? "<stdin>" : path, .number = 1};
    char *text = file_read(path, &length, (struct place){0}, "", loader->issues);
    if (!text)
        return NULL;
    if (standard_input || !realpath(path, link.canonical))
        link.canonical[0] = '\0';
    return load(loader, &link, text, length);
}

cJSON *extends_load_text(struct loader *loader, const char *name, const char *text,
                         size_t length)
{
    struct link link = {.name = name, .number = 1};
    return load(loader, &link, memory_text(text, length), length);
}

void extends_release(struct loader *loader)
{
    for (size_t i = 0; i < loader->folder_count; i++)
        free(loader->folders[i].folder);
    free(loader->folders);
}
