/* A scenario: read, extended, set, checked; and what it becomes with each change.
 *
 *     file -> json_scan -> tree -> extends -> --set -> fields -> struct of the root table
 *
 * This floor knows no model: the caller brings the root table.  A scenario file may say
 *
 *     "extends": "base.json"     the values of that file, where this one gives none.
 *                                Looked for beside the file, then in the library, each
 *                                with and without ".json".  Objects merge key by key,
 *                                everything else replaces, null removes what the
 *                                extended file gave; a new "kind" drops the keys that
 *                                belong to the old kind alone.  At most 8 files deep
 *     "$schema", "// ..."        ignored, in any object
 *     "changes": [ { "at": "20min", "set": { "hosts.proxy.tcp.fin_wait_2": "1min" } } ]
 *                                if the root table has it: a list of objects with a
 *                                FIELD_DURATION "at" and a FIELD_SETTINGS "set"
 *
 * All errors are collected, those of every change included: its settings are applied to
 * the resolved scenario, in order of time, and the whole is read again.  So a scenario
 * that was read can be changed as it says without any further error.
 *
 * A struct that was read, and all it points to, belongs to the scenario and lives as
 * long.  `issues` must outlive it too: it knows the names of the files.
 *
 * Reading is single-threaded: it sets cJSON's hooks, so that running out of memory ends
 * the program like everywhere else.  Cost: half a millisecond for 1,000 values, defaults
 * included, and 0.2 ms more for each change.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include <stdint.h>
#include <stdio.h>

#include "sim/base/field.h"
#include "sim/base/json.h"
#include "sim/base/time.h"
#include "sim/scenario/issues.h"

struct scenario;

/* {0} is no options. */
struct scenario_options {
    const char *library;         /* folder in which "extends" also looks; NULL: none */
    const char *const *settings; /* "path=value" as after --set; later ones win.  The
                                    value is JSON if it reads as JSON, else a string;
                                    null is the default again */
    uint32_t setting_count;
};

/* Reads a file against `root`; "-" is standard input.  NULL when `issues` holds errors
 * afterwards. */
struct scenario *scenario_read_file(const char *path, const struct field_table *root,
                                    const struct scenario_options *options,
                                    struct issues *issues);

/* The same for a text in memory, called `name` in messages; it extends files as if it
 * stood in the current folder.  `text` need not end with a zero byte. */
struct scenario *scenario_read_text(const char *name, const char *text, size_t length,
                                    const struct field_table *root,
                                    const struct scenario_options *options,
                                    struct issues *issues);

void scenario_free(struct scenario *scenario); /* NULL is allowed */

/* The struct of the root table. */
const void *scenario_root(const struct scenario *scenario);

/* --- changes ---------------------------------------------------------------------- */

/* Entries of "changes", in order of time; those of one moment in the order written. */
uint32_t scenario_change_count(const struct scenario *scenario);
sim_ns scenario_change_at(const struct scenario *scenario, uint32_t index);

/* Which entry of the list "changes" it is, as written. */
uint32_t scenario_change_entry(const struct scenario *scenario, uint32_t index);

/* The settings of the index-th change: struct field_setting, in the order written. */
struct field_list scenario_change_settings(struct scenario *scenario, uint32_t index);

/* A root struct as it is after the first `count` changes; a new one with every call.  Its
 * own list of changes is empty. */
const void *scenario_after_change(struct scenario *scenario, uint32_t count);

/* "hosts.proxy.tcp.fin_wait_2 = 1min", as a block to give back with free(). */
char *scenario_setting_text(const struct field_setting *setting);

/* --- results ---------------------------------------------------------------------- */

/* The resolved scenario: every default filled in, `changes` kept, no "extends".  Reading
 * the text again gives the same text.  `root` is scenario_root(), or a copy of it in
 * which values were replaced. */
void scenario_write(const struct scenario *scenario, const void *root,
                    struct json_text *out);

/* One line a value, "path = value  # origin": file:line, --set, default, inherited (a
 * stack row's).  Errors of `out` are the caller's to check. */
void scenario_print_origins(const struct scenario *scenario, FILE *out);

/* The row of the value at `path`, as --set would find it after these settings
 * ("path=value" texts that are right); NULL after a complaint at `place`. */
const struct field *scenario_field(const struct scenario *scenario,
                                   const char *const *settings, uint32_t setting_count,
                                   const char *path, struct place place,
                                   struct issues *issues);

/* The value at `path` in the resolved scenario, as it would stand after --set PATH=; NULL
 * if there is none.  A block of its own. */
char *scenario_value_text(const struct scenario *scenario, const char *path);

/* Where the value at `path` was given, for complaints by whoever knows more: the nearest
 * object around it if the value itself was not given. */
struct place scenario_place(const struct scenario *scenario, const char *path);

/* The folder of the file in which the value at `path` was given, for names of files
 * relative to it; "." for --set, defaults and texts in memory. */
const char *scenario_folder(const struct scenario *scenario, const char *path);

#endif
