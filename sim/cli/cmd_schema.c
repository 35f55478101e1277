/* portsim schema: the scenario language as JSON Schema. */
#include <argp.h>
#include <stdio.h>

#include "sim/base/json.h"
#include "sim/cli/command.h"
#include "sim/scenario/schema.h"
#include "sim/trial/trial_config.h"

static const struct argp argp = {
    .doc =
        "Prints the JSON Schema (draft 2020-12) of scenarios, made from the tables that "
        "read them.  Editors that know schemas complete and check as you type.\v"
        "Example:\n  portsim schema > scenario.schema.json\n"};

static int run(int argc, char **argv)
{
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    struct json_text schema = {0};
    schema_write(&schema, &trial_fields);
    fwrite(schema.bytes, 1, schema.length, stdout);
    json_free(&schema);
    return EXIT_DONE;
}

const struct command command_schema = {
    .name = "schema",
    .summary = "the scenario language as JSON Schema",
    .run = run,
};
