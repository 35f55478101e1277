/* What prints sockets, and how to read a line of it: one file and one row each.
 *
 * A reader sees one line at a time and says what it means; which snapshot it belongs to,
 * what is counted and what is complained of is the caller's (capture.h).  Readers know
 * nothing of the file.  A line comes zero-terminated and without a zero byte inside; all
 * else may be in it.
 */
#ifndef SIM_VIEWS_CAPTURE_FORMAT_H
#define SIM_VIEWS_CAPTURE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/address.h"
#include "sim/views/capture_words.h"

/* What the option that names the file promises. */
enum capture_tool { CAPTURE_ANY, CAPTURE_SS, CAPTURE_NETSTAT, CAPTURE_POWERSHELL };

/* One end of a socket. */
struct capture_end {
    char address[IP_ADDRESS_TEXT]; /* canonical; "*" where any is meant */
    uint8_t family;                /* 4, 6; 0: the text does not tell */
    bool cut;                      /* netstat cut the address to the column */
    uint16_t port;                 /* 0: any */
};

struct capture_socket {
    bool udp;
    bool guessed_tcp; /* nothing on the line tells TCP from UDP */
    enum capture_state state;
    struct capture_end local, remote;
    const char *process; /* into the line, `process_length` bytes; NULL: not named */
    size_t process_length;
    uint32_t pid;
    bool has_owner; /* `process` or `pid` stood there */
};

enum capture_meaning {
    CAPTURE_NOTHING, /* not of this format */
    CAPTURE_BLANK,   /* of it, and no socket of ours: a detail, a unix socket */
    CAPTURE_HEADER,  /* names the columns: here a snapshot begins */
    CAPTURE_ROW,     /* a socket */
    CAPTURE_OWNER,   /* names the process of the socket before, in `process` and `pid` */
    CAPTURE_BAD,     /* begins as a socket; `reason` says what is wrong */
};

/* Columns of tables that name them. */
enum capture_column {
    COLUMN_LOCAL_ADDRESS,
    COLUMN_LOCAL_PORT,
    COLUMN_REMOTE_ADDRESS,
    COLUMN_REMOTE_PORT,
    COLUMN_STATE,
    COLUMN_PID,
    COLUMN_PROCESS,
    COLUMN_COUNT
};

/* What a reader keeps from line to line, and what it says beside the meaning. */
struct capture_reading {
    bool lacks_state; /* ss: the header has no State */
    bool has_pid;     /* Windows netstat: the header has a fifth column */

    char separator;               /* PowerShell, CSV: 0 before a header was read */
    unsigned index[COLUMN_COUNT]; /* of its cells, from 1; 0: no such column */
    bool has_table;               /* PowerShell, table: a header was read */
    size_t start[COLUMN_COUNT], end[COLUMN_COUNT]; /* of its names; end 0: none */

    bool unsure;        /* of CAPTURE_HEADER: other texts may look like it */
    const char *reason; /* of CAPTURE_BAD; of static life */
    bool unfinished;    /* the line may go on in the next */
};

struct capture_format {
    const char *name;     /* "netstat -ano" */
    const char *platform; /* "Windows" */
    const char *stack;    /* row of `list stacks` to assume where none is named */
    enum capture_tool tool;
    const char *owners; /* what would show processes */
    /* `line` may be written to; texts of `out` point into it. */
    enum capture_meaning (*read)(struct capture_reading *r, char *line, size_t length,
                                 struct capture_socket *out);
};

/* In the order in which an unknown line is tried; ends with NULL. */
extern const struct capture_format *const capture_formats[];

extern const struct capture_format capture_ss, capture_netstat_linux, capture_netstat_bsd,
    capture_netstat_windows, capture_powershell_csv, capture_powershell_table;

/* --- what the readers share -------------------------------------------------------- */

struct capture_token {
    const char *at;
    size_t length;
};

#define CAPTURE_TOKENS 24

/* Splits at spaces and tabs; returns how many there are, at most CAPTURE_TOKENS: the last
 * one then holds the rest. */
unsigned capture_split(const char *line, size_t length,
                       struct capture_token out[CAPTURE_TOKENS]);

bool capture_token_is(struct capture_token t, const char *word);

/* A whole decimal number of at most `most`. */
bool capture_token_number(struct capture_token t, uint32_t most, uint32_t *out);

/* An address and, behind the last `separator`, a port.  False and *reason otherwise. */
bool capture_end_read(struct capture_token t, char separator, struct capture_end *out,
                      const char **reason);

/* The same in two cells. */
bool capture_end_read_cells(struct capture_token address, struct capture_token port,
                            struct capture_end *out, const char **reason);

/* CAPTURE_BAD for `reason`; `unfinished`: more of the line could mend it. */
enum capture_meaning capture_bad(struct capture_reading *r, const char *reason,
                                 bool unfinished);

/* How many columns a header has if two spaces or a tab part them. */
unsigned capture_groups(const char *line);

#endif
