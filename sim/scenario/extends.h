/* Loads a scenario file and those it extends, and merges them into one tree.
 *
 * Merging goes key by key through objects; the extending file wins.  Lists and plain
 * values replace.  null removes what the extended file gave; removing nothing is a
 * complaint, for it is most likely a slip.  A "kind" that differs drops the keys of the
 * old kind; a bare word is extended as the object it stands for.
 *
 * Every node keeps its origin, so a complaint names the file a value came from.
 * Cost: O(n log n) in the members of an object.
 */
#ifndef SIM_SCENARIO_EXTENDS_H
#define SIM_SCENARIO_EXTENDS_H

#include "sim/base/field.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

/* Files in one chain. */
#define EXTENDS_FILES_MAX 8

/* The folder of each source that was opened. */
struct source_folder {
    uint32_t source;
    char *folder; /* owned */
};

struct loader {
    const struct field_table *root;
    const char *library; /* NULL: none */
    struct origins *origins;
    struct issues *issues;
    struct source_folder *folders; /* owned */
    size_t folder_count;
};

/* Both return NULL if the file, or one that it extends, could not be read or is not
 * JSON: then nothing can be said about the rest.  Complaints go to the issues.  "-" is
 * standard input.  The caller's to cJSON_Delete. */
cJSON *extends_load_file(struct loader *loader, const char *path);
cJSON *extends_load_text(struct loader *loader, const char *name, const char *text,
                         size_t length);

/* The folder of the file that is that source; "." if it is none. */
const char *extends_folder(const struct loader *loader, uint32_t source);

void extends_release(struct loader *loader);

#endif
