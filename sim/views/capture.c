#include "sim/views/capture.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/views/capture_lines.h"

static const char too_long[] = "longer than 8192 bytes";
static const char not_text[] = "not text: it holds a zero byte";
static const char not_known[] = "no line of ss, netstat or Get-NetTCPConnection";
static const char cut_off[] = "cut off";

/* A file being read. */
struct scan {
    struct capture *out;
    const struct capture_options *options;
    struct capture_lines lines;
    struct capture_reading reading;
    const struct capture_format *format; /* NULL until a socket was read */
    bool fresh;        /* since the last socket, something that begins a snapshot */
    bool after_socket; /* the last line that means something was a socket's */
    char label[CAPTURE_LABEL];           /* of the snapshot to come */
    char line[CAPTURE_LINE_MAX + 1];     /* as it stood in the file */
    char copy[CAPTURE_LINE_MAX + 1];     /* the same, or joined from two */
    char held[2 * CAPTURE_LINE_MAX + 2]; /* a line that may go on in the next; "" */
    char joined[2 * CAPTURE_LINE_MAX + 2];
    size_t held_line;
    const char *held_reason;
    const struct capture_format *header; /* the first whose header was seen */
    size_t moment_room;                  /* of the capture's list of them */
    size_t doubtful; /* complaints, the last ones, that a header would take back */
};

/* --- complaints -------------------------------------------------------------------- */

/* The beginning of a line without the spaces around it, each byte that is no character or
 * would disturb as '?'. */
static void excerpt(const char *line, char *out, size_t size)
{
    const char *end = line + strlen(line);
    size_t filled = 0;
    line += strspn(line, " \t");
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    while (line < end) {
        uint32_t code;
        size_t bytes = utf8_decode(line, end, &code);
        bool shown = bytes && !utf8_unsafe(code);
        if (filled + (shown ? bytes : 1) >= size)
            break;
        memcpy(out + filled, shown ? line : "?", shown ? bytes : 1);
        filled += shown ? bytes : 1;
        line += bytes ? bytes : 1;
    }
    out[filled] = '\0';
}

static void complain(struct scan *s, size_t number, const char *line, const char *reason)
{
    struct capture *c = s->out;
    c->skipped++;
    if (c->complaint_count == CAPTURE_COMPLAINTS)
        return;
    struct capture_complaint *complaint = &c->complaints[c->complaint_count++];
    *complaint = (struct capture_complaint){.line = number, .reason = reason};
    excerpt(line, complaint->text, sizeof complaint->text);
}

/* A prompt or a title: what stands before a header is no complaint. */
static void forgive(struct scan *s)
{
    struct capture *c = s->out;
    size_t kept = c->skipped < CAPTURE_COMPLAINTS ? c->skipped : CAPTURE_COMPLAINTS;
    c->skipped -= s->doubtful;
    if (c->skipped < kept)
        c->complaint_count = (unsigned)c->skipped;
    s->doubtful = 0;
}

/* --- snapshots --------------------------------------------------------------------- */

static bool is_wanted(const struct scan *s)
{
    return !s->options->snapshot || s->options->snapshot == s->out->snapshots;
}

static void begin_snapshot(struct scan *s, const struct capture_format *format)
{
    struct capture *c = s->out;
    if (c->snapshots == s->moment_room) {
        s->moment_room = memory_grown(s->moment_room, (size_t)c->snapshots + 1);
        c->moments = memory_resize(c->moments, s->moment_room, sizeof *c->moments);
    }
    c->moments[c->snapshots] = (struct capture_moment){0};
    memcpy(c->moments[c->snapshots].label, s->label, sizeof s->label);
    c->snapshots++;
    s->fresh = false;
    s->label[0] = '\0';
    s->format = format;
    if (!is_wanted(s))
        return;
    capture_sockets_clear(&c->sockets);
    c->format = format;
    c->snapshot = c->snapshots;
    c->cut_addresses = 0;
    c->shows_owners = false;
}

static void take_socket(struct scan *s, const struct capture_format *format,
                        const struct capture_socket *socket)
{
    struct capture *c = s->out;
    if (s->fresh || format != s->format)
        begin_snapshot(s, format);
    s->doubtful = 0;
    s->after_socket = true;
    c->moments[c->snapshots - 1].states[socket->state] += !socket->udp;
    if (!is_wanted(s) || socket->state == CAPTURE_CLOSED)
        return;
    c->cut_addresses += socket->local.cut || socket->remote.cut;
    c->shows_owners |= socket->has_owner;
    capture_sockets_add(&c->sockets, socket);
}

static void take_owner(struct scan *s, const struct capture_socket *owner)
{
    if (!s->after_socket || !is_wanted(s))
        return;
    s->out->shows_owners = true;
    capture_sockets_own(&s->out->sockets, owner);
    s->after_socket = false;
}

/* "Sat 11/21/2026 14:05:00.12", "21.11.2026 14:05:00,12": a time of day, and digits
 * before or behind it. */
static bool tells_time(const char *line)
{
    size_t length = strlen(line), digits = 0;
    bool time = false;
    if (length > CAPTURE_LABEL)
        return false;
    for (const char *p = line; *p; p++)
        digits += isdigit((unsigned char)*p) != 0;
    for (const char *p = line; (p = strchr(p, ':')); p++)
        time |= p > line && isdigit((unsigned char)p[-1]) &&
                isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
                !isdigit((unsigned char)p[3]);
    return time && digits >= 4;
}

/* --- lines ------------------------------------------------------------------------- */

/* What the line in s->copy means, in every format; reading may write to it, so each gets
 * a line of its own. */
static enum capture_meaning read_any(struct scan *s, char *line, size_t length,
                                     const struct capture_format **format,
                                     struct capture_socket *socket)
{
    enum capture_meaning best = CAPTURE_NOTHING;
    struct capture_reading bad = {0};
    for (const struct capture_format *const *f = capture_formats; *f; f++) {
        memcpy(line, s->copy, length + 1);
        *socket = (struct capture_socket){0};
        s->reading.unsure = false;
        enum capture_meaning meaning = (*f)->read(&s->reading, line, length, socket);
        if (meaning == CAPTURE_ROW) {
            *format = *f;
            return meaning;
        }
        if (meaning == CAPTURE_HEADER && !s->header && !s->reading.unsure)
            s->header = *f;
        if (meaning == CAPTURE_BAD && !bad.reason)
            bad = s->reading;
        if (meaning == CAPTURE_HEADER ||
            (meaning == CAPTURE_BAD && best != CAPTURE_HEADER))
            best = meaning;
    }
    s->reading.reason = bad.reason;
    s->reading.unfinished = bad.unfinished;
    return best;
}

/* In the format the file is in; in another where that one has a header only, or nothing.
 * `line` may be written to. */
static enum capture_meaning read_line(struct scan *s, char *line, size_t length,
                                      const struct capture_format **format,
                                      struct capture_socket *socket)
{
    if (length > CAPTURE_LINE_MAX)
        return CAPTURE_NOTHING;
    memcpy(s->copy, line, length + 1);
    if (s->format) {
        *format = s->format;
        *socket = (struct capture_socket){0};
        enum capture_meaning meaning = s->format->read(&s->reading, line, length, socket);
        if (meaning == CAPTURE_ROW || meaning == CAPTURE_BLANK ||
            meaning == CAPTURE_OWNER || (meaning == CAPTURE_BAD && !s->fresh))
            return meaning;
    }
    return read_any(s, line, length, format, socket);
}

static void drop_held(struct scan *s)
{
    if (s->held[0])
        complain(s, s->held_line, s->held, s->held_reason);
    s->held[0] = '\0';
}

/* The line before, which did not end, and this one as one, broken between words or in
 * one. */
static bool join(struct scan *s, const char *line)
{
    static const char *const glue[] = {" ", ""};
    struct capture_socket socket;
    const struct capture_format *format;
    line += strspn(line, " \t");
    for (size_t i = 0; s->held[0] && i < 2; i++) {
        int length =
            snprintf(s->joined, sizeof s->joined, "%s%s%s", s->held, glue[i], line);
        if (read_line(s, s->joined, (size_t)length, &format, &socket) != CAPTURE_ROW)
            continue;
        s->held[0] = '\0';
        take_socket(s, format, &socket);
        return true;
    }
    return false;
}

static void take_header(struct scan *s)
{
    forgive(s);
    s->fresh = true;
    s->after_socket = false;
}

static void take_bad(struct scan *s, const char *line)
{
    s->doubtful = 0;
    if (!s->reading.unfinished) {
        complain(s, s->lines.line, line, s->reading.reason);
        return;
    }
    memcpy(s->held, line, strlen(line) + 1);
    s->held_line = s->lines.line;
    s->held_reason = s->reading.reason;
}

static void take_unknown(struct scan *s, const char *line)
{
    s->after_socket = false;
    if (tells_time(line)) {
        excerpt(line, s->label, sizeof s->label);
        s->fresh = true;
        return;
    }
    complain(s, s->lines.line, line, not_known);
    s->doubtful++;
}

static void take_text(struct scan *s, char *line, size_t length)
{
    struct capture_socket socket;
    const struct capture_format *format = NULL;
    memcpy(s->line, line, length + 1);
    enum capture_meaning meaning = read_line(s, line, length, &format, &socket);
    struct capture_reading reading = s->reading;
    if (meaning != CAPTURE_ROW && meaning != CAPTURE_HEADER && join(s, s->line))
        return;
    s->reading = reading;
    drop_held(s);
    switch (meaning) {
    case CAPTURE_ROW:
        take_socket(s, format, &socket);
        break;
    case CAPTURE_HEADER:
        take_header(s);
        break;
    case CAPTURE_OWNER:
        take_owner(s, &socket);
        break;
    case CAPTURE_BAD:
        take_bad(s, s->line);
        break;
    case CAPTURE_NOTHING:
        take_unknown(s, s->line);
        break;
    case CAPTURE_BLANK:
        break;
    }
}

static void scan_lines(struct scan *s)
{
    struct capture_lines *l = &s->lines;
    while (capture_lines_next(l)) {
        s->out->lines++;
        s->out->unended = l->unended;
        if (l->too_long || l->holds_zero) {
            drop_held(s);
            complain(s, l->line, l->text, l->too_long ? too_long : not_text);
            s->doubtful = 0;
        } else if (strspn(l->text, " \t\v\f\r") < l->length) {
            take_text(s, l->text, l->length);
        }
    }
    s->out->unended |= l->half;
    if (s->out->unended)
        s->held_reason = cut_off;
    drop_held(s);
}

/* --- the whole --------------------------------------------------------------------- */

static const char *const tools[] = {
    [CAPTURE_ANY] = "",
    [CAPTURE_SS] = "ss",
    [CAPTURE_NETSTAT] = "netstat",
    [CAPTURE_POWERSHELL] = "PowerShell",
};

/* Nothing in it is of any format; if a line tells why, so does the message. */
static bool refuse(const struct capture *c, const char *name, struct results_error *error)
{
    static const char none[] = "holds no line of ss, netstat or Get-NetTCPConnection";
    for (unsigned i = 0; i < c->complaint_count; i++)
        if (c->complaints[i].reason != not_known)
            return results_fail(error, 0, "%s %s; line %zu is %s", name, none,
                                c->complaints[i].line, c->complaints[i].reason);
    return results_fail(error, 0,
                        "%s %s; `ss -tan\', `netstat -ano\' and `Get-NetTCPConnection\' "
                        "print such lines",
                        name, none);
}

/* Whether what was read answers what was asked. */
static bool judge(const struct scan *s, const char *name, struct results_error *error)
{
    struct capture *c = s->out;
    enum capture_tool tool = s->options->tool;
    if (s->lines.failed)
        return results_fail(error, s->lines.failed, "cannot read %s", name);
    if (c->lines == 0)
        return results_fail(error, 0,
                            "%s is empty; `ss -tan\', `netstat -ano\' or "
                            "`Get-NetTCPConnection\' fills it",
                            name);
    if (!s->format && !s->header)
        return refuse(c, name, error);
    if (!c->format && s->format)
        return results_fail(error, 0, "%s holds %u snapshot%s, so there is no number %u",
                            name, c->snapshots, c->snapshots == 1 ? "" : "s",
                            s->options->snapshot);
    if (!c->format) {
        c->format = s->header;
        c->snapshots = c->snapshot = 1;
    }
    if (tool != CAPTURE_ANY && tool != c->format->tool)
        return results_fail(error, 0, "%s was written by %s, not by %s: use --%s", name,
                            c->format->name, tools[tool],
                            c->format->tool == CAPTURE_SS        ? "ss"
                            : c->format->tool == CAPTURE_NETSTAT ? "netstat"
                                                                 : "powershell");
    return true;
}

struct capture *capture_read_handle(int handle, const char *name,
                                    const struct capture_options *options,
                                    struct results_error *error)
{
    struct capture *c = memory_new(1, sizeof *c);
    struct scan *s = memory_new(1, sizeof *s);
    s->out = c;
    s->options = options;
    s->fresh = true;
    capture_sockets_init(&c->sockets);
    capture_lines_init(&s->lines, handle);
    scan_lines(s);
    capture_sockets_settle(&c->sockets);
    if (!judge(s, name, error)) {
        capture_free(c);
        c = NULL;
    }
    capture_lines_free(&s->lines);
    free(s);
    return c;
}

struct capture *capture_read(const char *path, const struct capture_options *options,
                             struct results_error *error)
{
    if (strcmp(path, "-") == 0)
        return capture_read_handle(STDIN_FILENO, "standard input", options, error);
    int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0) {
        results_fail(error, errno, "cannot read %s", path);
        return NULL;
    }
    struct capture *c = capture_read_handle(handle, path, options, error);
    close(handle);
    return c;
}

void capture_free(struct capture *c)
{
    if (!c)
        return;
    capture_sockets_free(&c->sockets);
    free(c->moments);
    free(c);
}
