/* Get-NetTCPConnection, and Get-NetUDPEndpoint, of PowerShell: Export-Csv and what the
 * console shows.
 *
 *     "LocalAddress","LocalPort","RemoteAddress","RemotePort","State","OwningProcess"
 *     "10.0.0.5","49734","10.0.0.9","445","Established","1036"
 *
 *     LocalAddress  LocalPort RemoteAddress  RemotePort State       OwningProcess
 *     ------------  --------- -------------  ---------- -----       -------------
 *     10.0.0.5      49734     10.0.0.9       445        Established 1036
 *
 * Columns go by their names, in any order and among any others; a separator is that of
 * the header.  Export-Csv of PowerShell 5 begins with a line #TYPE.  In the table the
 * columns stand where the header's dashes stand; an address that does not fit ends in
 * dots. */
#include <string.h>
#include <strings.h>

#include "sim/views/capture_format.h"

/* clang-format off */
static const struct {
    const char *name;
    enum capture_column column;
} columns[] = {
    {"LocalAddress", COLUMN_LOCAL_ADDRESS},
    {"LocalPort", COLUMN_LOCAL_PORT},
    {"RemoteAddress", COLUMN_REMOTE_ADDRESS},
    {"RemotePort", COLUMN_REMOTE_PORT},
    {"State", COLUMN_STATE},
    {"OwningProcess", COLUMN_PID},
    {"ProcessId", COLUMN_PID}, /* what scripts that look the name up call them */
    {"ProcessName", COLUMN_PROCESS},
    {"Process", COLUMN_PROCESS},
};
/* clang-format on */

static int column_of(struct capture_token name)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strlen(columns[i].name) == name.length &&
            strncasecmp(columns[i].name, name.at, name.length) == 0)
            return (int)columns[i].column;
    return -1;
}

/* From the cells of a row, whichever way it was cut into them. */
static enum capture_meaning read_cells(struct capture_reading *r,
                                       const struct capture_token cell[COLUMN_COUNT],
                                       bool has_state, struct capture_socket *out)
{
    static const struct capture_token any = {"*", 1};
    const char *reason = NULL;
    bool remote = cell[COLUMN_REMOTE_ADDRESS].at != NULL;
    uint32_t number;
    if (!capture_end_read_cells(cell[COLUMN_LOCAL_ADDRESS], cell[COLUMN_LOCAL_PORT],
                                &out->local, &reason) ||
        !capture_end_read_cells(remote ? cell[COLUMN_REMOTE_ADDRESS] : any,
                                remote ? cell[COLUMN_REMOTE_PORT] : any, &out->remote,
                                &reason))
        return capture_bad(r, reason, true);
    out->udp = !has_state;
    out->state = CAPTURE_UNCONN;
    struct capture_token state = cell[COLUMN_STATE];
    if (has_state && !(capture_token_number(state, 100, &number)
                           ? capture_state_number(number, &out->state)
                           : capture_state_find(state.at, state.length, &out->state)))
        return capture_bad(r, "the state is no word this program knows", true);
    out->has_owner = capture_token_number(cell[COLUMN_PID], UINT32_MAX, &out->pid);
    if (cell[COLUMN_PROCESS].length) {
        out->process = cell[COLUMN_PROCESS].at;
        out->process_length = cell[COLUMN_PROCESS].length;
    }
    return CAPTURE_ROW;
}

/* --- CSV --------------------------------------------------------------------------- */

/* The next cell, without its quotes; doubled ones become one.  False behind the last. */
static bool next_cell(char **line, char separator, struct capture_token *out)
{
    char *p = *line, *to = p;
    if (!p)
        return false;
    out->at = p;
    if (*p == '"') {
        out->at = ++p;
        for (to = p; *p && (p[0] != '"' || p[1] == '"'); p++) {
            p += p[0] == '"';
            *to++ = *p;
        }
        p += *p == '"';
    }
    while (*p && *p != separator)
        *to++ = *p++;
    out->length = (size_t)(to - out->at);
    *line = *p ? p + 1 : NULL;
    return true;
}

static bool read_csv_header(struct capture_reading *r, char *line)
{
    struct capture_token cell;
    unsigned index[COLUMN_COUNT] = {0};
    size_t name = strcspn(line, ",;\t|");
    char separator = line[name];
    if (!separator)
        return false;
    for (unsigned i = 1; next_cell(&line, separator, &cell); i++) {
        int column = column_of(cell);
        if (column >= 0 && !index[column])
            index[column] = i;
    }
    if (!index[COLUMN_LOCAL_ADDRESS] || !index[COLUMN_LOCAL_PORT] ||
        !index[COLUMN_REMOTE_ADDRESS] != !index[COLUMN_REMOTE_PORT])
        return false;
    memcpy(r->index, index, sizeof index);
    r->separator = separator;
    return true;
}

static enum capture_meaning read_csv(struct capture_reading *r, char *line, size_t length,
                                     struct capture_socket *out)
{
    struct capture_token cell[COLUMN_COUNT] = {{0}}, next;
    if (strncmp(line, "#TYPE", 5) == 0)
        return CAPTURE_HEADER;
    if (length > 20 && strcasestr(line, "LocalAddress") && read_csv_header(r, line))
        return CAPTURE_HEADER;
    if (!r->separator || !strchr(line, r->separator))
        return CAPTURE_NOTHING;
    char separator = r->separator;
    unsigned i = 1;
    for (char *rest = line; next_cell(&rest, separator, &next); i++)
        for (int c = 0; c < COLUMN_COUNT; c++)
            if (r->index[c] == i)
                cell[c] = next;
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (r->index[c] >= i)
            return capture_bad(r, "the row has fewer cells than the header", false);
    return read_cells(r, cell, r->index[COLUMN_STATE] != 0, out);
}

const struct capture_format capture_powershell_csv = {
    .name = "Get-NetTCPConnection | Export-Csv",
    .platform = "Windows",
    .stack = "win10",
    .tool = CAPTURE_POWERSHELL,
    .owners = "the column OwningProcess",
    .read = read_csv,
};

/* --- the console's table ----------------------------------------------------------- */

/* How many characters stand between two places of a line. */
static size_t width(const char *from, const char *to)
{
    size_t characters = 0;
    for (; from < to; from++)
        characters += ((unsigned char)*from & 0xC0) != 0x80;
    return characters;
}

static bool read_table_header(struct capture_reading *r, const struct capture_token *t,
                              unsigned count, const char *line)
{
    size_t start[COLUMN_COUNT] = {0}, end[COLUMN_COUNT] = {0};
    for (unsigned i = 0; i < count; i++) {
        int column = column_of(t[i]);
        if (column < 0 || end[column])
            continue;
        start[column] = width(line, t[i].at);
        end[column] = start[column] + t[i].length;
    }
    if (!end[COLUMN_LOCAL_ADDRESS] || !end[COLUMN_LOCAL_PORT] ||
        !end[COLUMN_REMOTE_ADDRESS] != !end[COLUMN_REMOTE_PORT])
        return false;
    memcpy(r->start, start, sizeof start);
    memcpy(r->end, end, sizeof end);
    r->has_table = true;
    return true;
}

/* Left or right in its column, a cell stands at least partly below its name. */
static void find_cells(const struct capture_reading *r, const struct capture_token *t,
                       unsigned count, const char *line,
                       struct capture_token cell[COLUMN_COUNT])
{
    for (unsigned i = 0; i < count; i++) {
        size_t start = width(line, t[i].at);
        size_t end = start + width(t[i].at, t[i].at + t[i].length);
        for (int c = 0; c < COLUMN_COUNT; c++)
            if (r->end[c] && start < r->end[c] && end > r->start[c] && !cell[c].at)
                cell[c] = t[i];
    }
}

/* The one character that stands for what did not fit becomes three: an address cut. */
static void spell_dots(char *line)
{
    for (char *p = line; (p = strstr(p, "\xE2\x80\xA6")); p += 3)
        memcpy(p, "...", 3);
}

static enum capture_meaning read_table(struct capture_reading *r, char *line,
                                       size_t length, struct capture_socket *out)
{
    struct capture_token t[CAPTURE_TOKENS], cell[COLUMN_COUNT] = {{0}};
    unsigned count = capture_split(line, length, t);
    if (count >= 2 && read_table_header(r, t, count, line))
        return CAPTURE_HEADER;
    if (!r->has_table || count < 2)
        return CAPTURE_NOTHING;
    if (strspn(t[0].at, "-") >= 3)
        return CAPTURE_HEADER;
    find_cells(r, t, count, line, cell);
    spell_dots(line);
    if (!cell[COLUMN_LOCAL_ADDRESS].at || !strpbrk(line, ":.*"))
        return CAPTURE_NOTHING;
    for (int c = 0; c <= COLUMN_STATE; c++)
        if (r->end[c] && !cell[c].at)
            return capture_bad(r, "the row has fewer cells than the header", true);
    return read_cells(r, cell, r->end[COLUMN_STATE] != 0, out);
}

const struct capture_format capture_powershell_table = {
    .name = "Get-NetTCPConnection",
    .platform = "Windows",
    .stack = "win10",
    .tool = CAPTURE_POWERSHELL,
    .owners = "the column OwningProcess",
    .read = read_table,
};
