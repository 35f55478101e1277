#include "tests/scenario_toy.h"

/* --- boxes ------------------------------------------------------------------------ */

static const struct field_table random_fields = {
    .what = "random picker",
    .size = sizeof(struct toy_random),
    .rows =
        (const struct field[]){
            {.key = "tries",
             .type = FIELD_U32,
             .offset = offsetof(struct toy_random, tries),
             .min = 1,
             .max = 1000,
             .fallback = "8",
             .help = "draws before it gives up"},
            FIELD_END,
        },
};

static const struct field_table stride_fields = {
    .what = "stride picker",
    .size = sizeof(struct toy_stride),
    .rows =
        (const struct field[]){
            {.key = "step",
             .type = FIELD_U32,
             .offset = offsetof(struct toy_stride, step),
             .min = 1,
             .max = 100,
             .flags = FIELD_REQUIRED,
             .help = "distance of two picks"},
            {.key = "skew",
             .type = FIELD_REAL,
             .offset = offsetof(struct toy_stride, skew),
             .flags = FIELD_OPTIONAL,
             .help = "added to it"},
            FIELD_END,
        },
};

static const struct field_variant_row *picker_row(uint32_t index)
{
    static const struct field_variant_row rows[] = {
        [PICKER_FIRST] = {"first", "the lowest", NULL},
        [PICKER_RANDOM] = {"random", "any", &random_fields},
        [PICKER_STRIDE] = {"stride", "the next but some", &stride_fields},
    };
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

static const struct field_table picker_fields = {
    .what = "picker",
    .size = sizeof(struct field_variant),
    .variants = picker_row,
};

static const struct field a_duration = {.type = FIELD_DURATION, .min = 0, .max = 3600};

static const struct field_table retry_fields = {
    .what = "retry",
    .size = sizeof(struct toy_retry),
    .rows =
        (const struct field[]){
            {.key = "at",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy_retry, at),
             .element = &a_duration,
             .max = 16,
             .flags = FIELD_INHERITED,
             .help = "when it tries again"},
            {.key = "give_up",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy_retry, give_up),
             .flags = FIELD_INHERITED,
             .help = "when it stops"},
            FIELD_END,
        },
};

static void check_gear(const void *self, const struct field_check *check)
{
    const struct toy_gear *gear = self;
    const struct toy_stride *stride = gear->picker.config;
    uint32_t size = (uint32_t)gear->range.high - gear->range.low + 1;
    if (gear->picker.kind == PICKER_STRIDE && stride->step >= size)
        field_complain(check, "picker.step", "must be less than the range (%u), is %u",
                       (unsigned)size, (unsigned)stride->step);
}

static const struct field_table gear_fields = {
    .what = "gear",
    .size = sizeof(struct toy_gear),
    .check = check_gear,
    .rows =
        (const struct field[]){
            {.key = "range",
             .type = FIELD_RANGE,
             .offset = offsetof(struct toy_gear, range),
             .min = 1,
             .max = 65535,
             .flags = FIELD_INHERITED | FIELD_CHANGEABLE,
             .help = "ports to pick from"},
            {.key = "picker",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct toy_gear, picker),
             .table = &picker_fields,
             .flags = FIELD_INHERITED | FIELD_CHANGEABLE,
             .help = "how one is picked"},
            {.key = "hold",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy_gear, hold),
             .min = 0.001,
             .max = 86400,
             .flags = FIELD_INHERITED | FIELD_CHANGEABLE,
             .help = "how long it is kept"},
            {.key = "strict",
             .type = FIELD_BOOL,
             .offset = offsetof(struct toy_gear, strict),
             .flags = FIELD_INHERITED,
             .help = "no second thoughts"},
            {.key = "retry",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct toy_gear, retry),
             .table = &retry_fields,
             .flags = FIELD_INHERITED,
             .help = "what it does when refused"},
            FIELD_END,
        },
};

static const sim_ns plain_retries[] = {1 * SIM_S, 3 * SIM_S};
static const struct toy_stride mill_stride = {.step = 7, .skew = 0.5};

static const struct {
    const char *name;
    struct toy_gear gear;
} models[] = {
    {"plain",
     {.range = {1000, 1999},
      .picker = {.kind = PICKER_RANDOM}, /* config: the reader's defaults */
      .hold = 60 * SIM_S,
      .retry = {{(void *)plain_retries, 2}, 7 * SIM_S}}},
    {"mill",
     {.range = {2000, 2999},
      .picker = {.kind = PICKER_STRIDE, .config = &mill_stride},
      .hold = 240 * SIM_S,
      .strict = true}},
};

static const char *model_choice(uint32_t index)
{
    return index < sizeof models / sizeof models[0] ? models[index].name : NULL;
}

static const void *gear_of(const void *box)
{
    return &models[((const struct toy_box *)box)->model].gear;
}

static const struct field an_address = {.type = FIELD_ADDRESS};
static const struct field a_port = {.type = FIELD_U16, .min = 1, .max = 65535};

static const struct field_table box_fields = {
    .what = "box",
    .size = sizeof(struct toy_box),
    .rows =
        (const struct field[]){
            {.key = "model",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct toy_box, model),
             .choices = model_choice,
             .fallback = "\"plain\"",
             .help = "gives every default of gear"},
            {.key = "addresses",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy_box, addresses),
             .element = &an_address,
             .max = 4,
             .fallback = "[]",
             .help = "its own"},
            {.key = "listen",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy_box, listen),
             .element = &a_port,
             .max = 8,
             .fallback = "[80, 443]",
             .flags = FIELD_CHANGEABLE,
             .help = "ports that accept"},
            {.key = "gear",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct toy_box, gear),
             .table = &gear_fields,
             .base = gear_of,
             .fallback = "{}",
             .help = "what the model brings"},
            FIELD_END,
        },
};

/* --- jobs and wires --------------------------------------------------------------- */

static const struct field_table late_fields = {
    .what = "late ending",
    .size = sizeof(struct toy_late),
    .rows =
        (const struct field[]){
            {.key = "delay",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy_late, delay),
             .flags = FIELD_REQUIRED,
             .help = "how late"},
            FIELD_END,
        },
};

static const struct field_variant_row *ending_row(uint32_t index)
{
    static const struct field_variant_row rows[] = {
        [ENDING_PROMPT] = {"prompt", "at once", NULL},
        [ENDING_LATE] = {"late", "after a delay", &late_fields},
        [ENDING_NEVER] = {"never", "not at all", NULL},
    };
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

static const struct field_table close_fields = {
    .what = "close",
    .size = sizeof(struct toy_close),
    .variants = ending_row,
    .variant_offset = offsetof(struct toy_close, ending),
    .variant_fallback = "prompt",
    .rows =
        (const struct field[]){
            {.key = "share",
             .type = FIELD_REAL,
             .offset = offsetof(struct toy_close, share),
             .min = 0,
             .max = 1,
             .fallback = "1",
             .help = "of all"},
            FIELD_END,
        },
};

static const struct field a_close = {.type = FIELD_OBJECT, .table = &close_fields};

static const struct field_table job_fields = {
    .what = "job",
    .size = sizeof(struct toy_job),
    .rows =
        (const struct field[]){
            {.key = "from",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct toy_job, from),
             .target = "boxes",
             .flags = FIELD_REQUIRED,
             .help = "who works"},
            {.key = "through",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct toy_job, through),
             .target = "boxes",
             .flags = FIELD_OPTIONAL,
             .help = "who helps"},
            {.key = "to",
             .type = FIELD_ENDPOINT,
             .offset = offsetof(struct toy_job, to),
             .target = "boxes",
             .flags = FIELD_REQUIRED,
             .help = "for whom"},
            {.key = "rate",
             .type = FIELD_RATE,
             .offset = offsetof(struct toy_job, rate),
             .min = 0,
             .max = 1e6,
             .fallback = "\"1/s\"",
             .flags = FIELD_CHANGEABLE,
             .help = "how often"},
            {.key = "closes",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy_job, closes),
             .element = &a_close,
             .min = 1,
             .max = 5,
             .fallback = "[{ \"kind\": \"prompt\" }]",
             .flags = FIELD_CHANGEABLE,
             .help = "how it ends"},
            FIELD_END,
        },
};

static const struct field wire_end = {.type = FIELD_REFERENCE, .target = "boxes"};

static void check_wire(const void *self, const struct field_check *check)
{
    const struct toy_wire *wire = self;
    const uint32_t *ends = wire->between.items;
    if (ends[0] == ends[1])
        field_complain(check, "between", "must join two different boxes");
}

static const struct field_table wire_fields = {
    .what = "wire",
    .size = sizeof(struct toy_wire),
    .check = check_wire,
    .rows =
        (const struct field[]){
            {.key = "between",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy_wire, between),
             .element = &wire_end,
             .min = 2,
             .max = 2,
             .flags = FIELD_REQUIRED,
             .help = "both ends"},
            {.key = "delay",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy_wire, delay),
             .min = 0,
             .max = 60,
             .fallback = "\"10ms\"",
             .help = "one way"},
            {.key = "loss",
             .type = FIELD_REAL,
             .offset = offsetof(struct toy_wire, loss),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .help = "share lost"},
            FIELD_END,
        },
};

/* --- the root --------------------------------------------------------------------- */

static const struct field a_box = {.type = FIELD_OBJECT, .table = &box_fields};
static const struct field a_wire = {.type = FIELD_OBJECT, .table = &wire_fields};
static const struct field a_job = {.type = FIELD_OBJECT, .table = &job_fields};
static const struct field a_span = {.type = FIELD_WINDOW};
static const struct field a_rule = {.type = FIELD_TEXT, .min = 1, .max = 40};

static const struct field_table change_fields = {
    .what = "change",
    .size = sizeof(struct toy_change),
    .rows =
        (const struct field[]){
            {.key = "at",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy_change, at),
             .flags = FIELD_REQUIRED,
             .help = "when"},
            {.key = "set",
             .type = FIELD_SETTINGS,
             .offset = offsetof(struct toy_change, set),
             .flags = FIELD_REQUIRED,
             .help = "paths and values"},
            FIELD_END,
        },
};

static const struct field a_change = {.type = FIELD_OBJECT, .table = &change_fields};

static void check_toy(const void *self, const struct field_check *check)
{
    const struct toy *toy = self;
    const struct toy_span *span = toy->spans.items;
    for (uint32_t i = 0; i < toy->spans.count; i++)
        if (span[i].window.end > toy->duration)
            field_complain(check, "spans", "\"%s\" ends after the end", span[i].name);
}

const struct field_table toy_fields = {
    .what = "toy",
    .size = sizeof(struct toy),
    .check = check_toy,
    .rows =
        (const struct field[]){
            {.key = "version",
             .type = FIELD_U32,
             .offset = offsetof(struct toy, version),
             .min = 1,
             .max = 9,
             .fallback = "1",
             .help = "of the language"},
            {.key = "name",
             .type = FIELD_NAME,
             .offset = offsetof(struct toy, name),
             .flags = FIELD_REQUIRED,
             .help = "of the scenario"},
            {.key = "about",
             .type = FIELD_TEXT,
             .offset = offsetof(struct toy, about),
             .max = 60,
             .flags = FIELD_OPTIONAL,
             .help = "what it shows"},
            {.key = "seed",
             .type = FIELD_U64,
             .offset = offsetof(struct toy, seed),
             .fallback = "1",
             .help = "of chance"},
            {.key = "duration",
             .type = FIELD_DURATION,
             .offset = offsetof(struct toy, duration),
             .min = 1e-9,
             .max = 864000,
             .flags = FIELD_REQUIRED,
             .help = "simulated"},
            {.key = "verbose",
             .type = FIELD_BOOL,
             .offset = offsetof(struct toy, verbose),
             .fallback = "false",
             .help = "says more"},
            {.key = "port",
             .type = FIELD_U16,
             .offset = offsetof(struct toy, port),
             .fallback = "8080",
             .help = "of the house"},
            {.key = "limit",
             .type = FIELD_U32,
             .offset = offsetof(struct toy, limit),
             .flags = FIELD_OPTIONAL,
             .help = "if any"},
            {.key = "origin",
             .type = FIELD_ADDRESS,
             .offset = offsetof(struct toy, origin),
             .flags = FIELD_OPTIONAL,
             .help = "where addresses begin"},
            {.key = "boxes",
             .type = FIELD_MAP,
             .offset = offsetof(struct toy, boxes),
             .element = &a_box,
             .min = 1,
             .max = 2000,
             .flags = FIELD_REQUIRED,
             .help = "boxes by name"},
            {.key = "wires",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy, wires),
             .element = &a_wire,
             .fallback = "[]",
             .help = "between boxes"},
            {.key = "jobs",
             .type = FIELD_MAP,
             .offset = offsetof(struct toy, jobs),
             .element = &a_job,
             .fallback = "{}",
             .help = "jobs by name"},
            {.key = "spans",
             .type = FIELD_MAP,
             .offset = offsetof(struct toy, spans),
             .element = &a_span,
             .max = 10,
             .fallback = "{}",
             .help = "named windows"},
            {.key = "rules",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy, rules),
             .element = &a_rule,
             .fallback = "[]",
             .help = "what must hold"},
            {.key = "changes",
             .type = FIELD_LIST,
             .offset = offsetof(struct toy, changes),
             .element = &a_change,
             .max = 1000,
             .fallback = "[]",
             .help = "knobs turned"},
            FIELD_END,
        },
};

const char toy_poor[] =
    "{ \"name\": \"poor\", \"duration\": \"1s\", \"boxes\": { \"a\": {} } }";

const char toy_rich[] =
    "{\n"
    "  \"$schema\": \"toy.schema.json\",\n"
    "  \"// what\": \"everything at once\",\n"
    "  \"version\": 1,\n"
    "  \"name\": \"rich\",\n"
    "  \"about\": \"h\\u00e4lt\\n\\\"viel\\\" \xF0\x9F\x90\x9F\",\n"
    "  \"seed\": \"0xffffffffffffffff\",\n"
    "  \"duration\": \"1.5h\",\n"
    "  \"verbose\": true,\n"
    "  \"port\": 443,\n"
    "  \"limit\": 0,\n"
    "  \"origin\": \"2001:db8::1\",\n"
    "  \"jobs\": {\n"
    "    \"shares\": { \"from\": \"left\", \"through\": \"mid\", \"to\": \"right:445\",\n"
    "                \"rate\": \"600/min\",\n"
    "                \"closes\": [ { \"share\": 0.3, \"kind\": \"late\", \"delay\": "
    "\"50us\" },\n"
    "                            { \"share\": 0.7, \"kind\": \"never\" }, {} ] },\n"
    "    \"pages\": { \"from\": \"left\", \"to\": \"mid:80\", \"rate\": \"200/h\" }\n"
    "  },\n"
    "  \"boxes\": {\n"
    "    \"left\": { \"addresses\": [\"10.0.0.1\", \"10.0.0.2\"], \"listen\": [] },\n"
    "    \"mid\": { \"model\": \"mill\", \"gear\": { \"hold\": \"10min\", \"range\": "
    "[16384, 65535] } },\n"
    "    \"right\": { \"model\": \"mill\",\n"
    "               \"gear\": { \"picker\": { \"skew\": 0.25 }, \"retry\": { "
    "\"give_up\": \"9s\" } } },\n"
    "    \"last\": { \"gear\": { \"picker\": \"first\", \"strict\": true } }\n"
    "  },\n"
    "  \"wires\": [ { \"between\": [\"left\", \"mid\"], \"loss\": 0.1 },\n"
    "             { \"between\": [\"mid\", \"right\"], \"delay\": \"1ms\" } ],\n"
    "  \"spans\": { \"before\": [\"0s\", \"5min\"], \"after\": [\"60min\", \"1.5h\"] },\n"
    "  \"rules\": [ \"jobs.pages.failures == 0\" ],\n"
    "  \"changes\": [\n"
    "    { \"at\": \"30min\", \"set\": { \"boxes.mid.gear.hold\": \"1min\",\n"
    "                                \"jobs.shares.closes\": [ { \"kind\": \"prompt\" } "
    "] } },\n"
    "    { \"at\": \"20min\", \"set\": { \"jobs.shares.closes[1].share\": 0.5,\n"
    "                                \"boxes.left.gear.picker.tries\": 3,\n"
    "                                \"boxes.mid.gear.range[0]\": 49152 } }\n"
    "  ]\n"
    "}\n";
