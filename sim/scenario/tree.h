/* JSON trees: cJSON's nodes, each of which knows where it was written.
 *
 * The place of a node is kept in a table; its row is in the node's `valueint`, cJSON's
 * deprecated integer copy of a number, which nothing of ours reads.  Row 0 is "nowhere".
 *
 * Trees are at most JSON_SCAN_DEPTH deep, plus what fallbacks of tables and `--set` paths
 * add, so the functions here recurse.  Of cJSON only what cannot go quadratic or deep is
 * used; GetObjectItemCaseSensitive is linear, which for the keys of a table is fine.
 */
#ifndef SIM_SCENARIO_TREE_H
#define SIM_SCENARIO_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/json.h"
#include "sim/scenario/issues.h"

struct origin {
    struct place value;
    struct place key; /* line 0: no key */
};

struct origins {
    struct origin *items; /* [0] is nowhere */
    uint32_t count, capacity;
};

void origins_init(struct origins *origins);
void origins_release(struct origins *origins);

/* Adds a row and returns its number, for `valueint`. */
int origins_add(struct origins *origins, struct origin origin);

struct origin origins_of(const struct origins *origins, const cJSON *node);

/* Gives a tree the origin `row`, all nodes the same. */
void tree_mark(cJSON *node, int row);

/* Scans and parses; comments ("//..." and "$schema" keys) are left out.  NULL after
 * complaints.  text[length] must be a zero byte.  The caller's to cJSON_Delete. */
cJSON *tree_parse(const char *text, size_t length, uint32_t source,
                  struct origins *origins, struct issues *issues);

/* Parses text of our own, a fallback or what we wrote: anything wrong is a bug. */
cJSON *tree_parse_own(const char *text);

cJSON *tree_copy(const cJSON *node);

/* Nodes of a tree, its root included. */
size_t tree_count(const cJSON *node);

/* The member of that name; NULL if there is none or `node` is no object. */
cJSON *tree_member(const cJSON *node, const char *key);

/* Sets a member, in its old position or as the last.  Takes `value`. */
void tree_put(cJSON *object, const char *key, cJSON *value);

/* Puts `value` in the place of a child of `parent`, under its key.  Takes `value`. */
void tree_replace(cJSON *parent, cJSON *child, cJSON *value);

void tree_remove(cJSON *parent, cJSON *child);

/* The object { "kind": word } for the bare word `node`, with its origin. */
cJSON *tree_of_word(const cJSON *node);

/* Follows a path as far as it leads; returns the last node reached. */
const cJSON *tree_follow(const cJSON *node, const char *path);

/* The node at a path; NULL if the path does not lead to one. */
const cJSON *tree_find(const cJSON *node, const char *path);

/* Writes a tree: all on one line, or only the lists of plain values. */
void tree_write(struct json_text *out, const char *key, const cJSON *node, bool flat);

#define TREE_TEXT 96

/* What a node is, for "..., is <this>": 600, "10m", a list, an object.  Long strings are
 * cut.  Returns `out`. */
const char *tree_text(const cJSON *node, char out[TREE_TEXT]);

/* `text` as JSON would write it, cut if long.  Returns `out`. */
const char *tree_quoted(const char *text, char out[TREE_TEXT]);

#endif
