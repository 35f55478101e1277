#include "sim/views/capture_words.h"

#include <string.h>

#define LONGEST 24

/* clang-format off */
/* ss: iproute2 misc/ss.c.  Linux netstat: net-tools 2.10; its translations are those of
 * Debian's message catalogues (net-tools.mo: cs, de, pt_BR; fr, et and ja translate no
 * state).  Windows: in English, and so it prints them in French, Italian, Spanish,
 * Portuguese and Russian too (captures in public repositories); of the languages looked
 * for only German translates them, by captures of Windows 7 and 10, whose FIN_WAIT_1,
 * LAST_ACK and SYN_RECEIVED nobody showed: the German words for the first and the last
 * are inferences from the others.  BSD: netstat(1) of FreeBSD, OpenBSD, NetBSD and macOS.
 * PowerShell: the names of Get-NetTCPConnection's State.  Sorted by state. */
static const struct {
    const char *word; /* folded */
    enum capture_state state;
} words[] = {
    {"LISTEN", CAPTURE_LISTEN},
    {"LISTENING", CAPTURE_LISTEN},
    {"ABH?REN", CAPTURE_LISTEN},                   /* de, Windows */
    {"ABHREN", CAPTURE_LISTEN},                    /* the same, its umlaut dropped */
    {"NASLOUCH?", CAPTURE_LISTEN},                 /* cs, net-tools */
    {"OU?A", CAPTURE_LISTEN},                      /* pt_BR, net-tools */
    {"SYN_SENT", CAPTURE_SYN_SENT},
    {"SYNSENT", CAPTURE_SYN_SENT},
    {"SYN_GESENDET", CAPTURE_SYN_SENT},            /* de, Windows */
    {"SYN_ENVIADO", CAPTURE_SYN_SENT},             /* pt_BR, net-tools */
    {"SYN_RECV", CAPTURE_SYN_RECEIVED},
    {"SYN_RCVD", CAPTURE_SYN_RECEIVED},
    {"SYN_RECEIVED", CAPTURE_SYN_RECEIVED},
    {"SYNRECEIVED", CAPTURE_SYN_RECEIVED},
    {"SYN_EMPFANGEN", CAPTURE_SYN_RECEIVED},       /* de, Windows: inference */
    {"SYN_RECEBIDO", CAPTURE_SYN_RECEIVED},        /* pt_BR, net-tools */
    {"ESTAB", CAPTURE_ESTABLISHED},
    {"ESTABLISHED", CAPTURE_ESTABLISHED},
    {"HERGESTELLT", CAPTURE_ESTABLISHED},          /* de, Windows */
    {"VERBUNDEN", CAPTURE_ESTABLISHED},            /* de, net-tools */
    {"SPOJENO", CAPTURE_ESTABLISHED},              /* cs, net-tools */
    {"ESTABELECIDA", CAPTURE_ESTABLISHED},         /* pt_BR, net-tools */
    {"FIN_WAIT_1", CAPTURE_FIN_WAIT_1},
    {"FIN_WAIT1", CAPTURE_FIN_WAIT_1},
    {"FINWAIT1", CAPTURE_FIN_WAIT_1},
    {"FIN_WARTEN_1", CAPTURE_FIN_WAIT_1},          /* de, Windows: inference */
    {"ESPERA_FIN1", CAPTURE_FIN_WAIT_1},           /* pt_BR, net-tools */
    {"FIN_WAIT_2", CAPTURE_FIN_WAIT_2},
    {"FIN_WAIT2", CAPTURE_FIN_WAIT_2},
    {"FINWAIT2", CAPTURE_FIN_WAIT_2},
    {"FIN_WARTEN_2", CAPTURE_FIN_WAIT_2},          /* de, Windows */
    {"ESPERA_FIN2", CAPTURE_FIN_WAIT_2},           /* pt_BR, net-tools */
    {"CLOSE_WAIT", CAPTURE_CLOSE_WAIT},
    {"CLOSEWAIT", CAPTURE_CLOSE_WAIT},
    {"SCHLIESSEN_WARTEN", CAPTURE_CLOSE_WAIT},     /* de, Windows */
    {"ESPERANDO_FECHAR", CAPTURE_CLOSE_WAIT},      /* pt_BR, net-tools */
    {"CLOSING", CAPTURE_CLOSING},
    {"ZAV?R?", CAPTURE_CLOSING},                   /* cs, net-tools */
    {"FECHANDO", CAPTURE_CLOSING},                 /* pt_BR, net-tools */
    {"LAST_ACK", CAPTURE_LAST_ACK},
    {"LASTACK", CAPTURE_LAST_ACK},
    {"POSLEDN? ACK", CAPTURE_LAST_ACK},            /* cs, net-tools */
    {"?LTIMO_ACK", CAPTURE_LAST_ACK},              /* pt_BR, net-tools */
    {"TIME_WAIT", CAPTURE_TIME_WAIT},
    {"TIMEWAIT", CAPTURE_TIME_WAIT},
    {"WARTEND", CAPTURE_TIME_WAIT},                /* de, Windows */
    {"BOUND", CAPTURE_BOUND},
    {"UNCONN", CAPTURE_UNCONN},
    {"CLOSE", CAPTURE_CLOSED},
    {"CLOSED", CAPTURE_CLOSED},
    {"DELETETCB", CAPTURE_CLOSED},
    {"DELETE_TCB", CAPTURE_CLOSED},
    {"ZAV?EN", CAPTURE_CLOSED},                    /* cs, net-tools */
    {"FECHAR", CAPTURE_CLOSED},                    /* pt_BR, net-tools */
};

/* MSFT_NetTCPConnection, property State [learn.microsoft.com, NetTCPIP]. */
static const struct {
    unsigned number;
    enum capture_state state;
} numbers[] = {
    {1, CAPTURE_CLOSED},       {2, CAPTURE_LISTEN},      {3, CAPTURE_SYN_SENT},
    {4, CAPTURE_SYN_RECEIVED}, {5, CAPTURE_ESTABLISHED}, {6, CAPTURE_FIN_WAIT_1},
    {7, CAPTURE_FIN_WAIT_2},   {8, CAPTURE_CLOSE_WAIT},  {9, CAPTURE_CLOSING},
    {10, CAPTURE_LAST_ACK},    {11, CAPTURE_TIME_WAIT},  {12, CAPTURE_CLOSED},
    {100, CAPTURE_BOUND},
};

static const struct {
    const char *name;
    bool owned;
} states[CAPTURE_STATE_COUNT] = {
    [CAPTURE_CLOSED] = {"CLOSED", true},
    [CAPTURE_LISTEN] = {"LISTEN", true},
    [CAPTURE_SYN_SENT] = {"SYN_SENT", true},
    [CAPTURE_SYN_RECEIVED] = {"SYN_RECEIVED", false},
    [CAPTURE_ESTABLISHED] = {"ESTABLISHED", true},
    [CAPTURE_FIN_WAIT_1] = {"FIN_WAIT_1", false},
    [CAPTURE_FIN_WAIT_2] = {"FIN_WAIT_2", false},
    [CAPTURE_CLOSE_WAIT] = {"CLOSE_WAIT", true},
    [CAPTURE_CLOSING] = {"CLOSING", false},
    [CAPTURE_LAST_ACK] = {"LAST_ACK", false},
    [CAPTURE_TIME_WAIT] = {"TIME_WAIT", false},
    [CAPTURE_BOUND] = {"BOUND", true},
    [CAPTURE_UNCONN] = {"UNCONN", true},
};
/* clang-format on */

const char *capture_state_name(enum capture_state state)
{
    return states[state].name;
}

bool capture_state_is_owned(enum capture_state state)
{
    return states[state].owned;
}

/* False if the word is too long to be one of ours. */
static bool fold(const char *word, size_t length, char out[LONGEST])
{
    size_t filled = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)word[i];
        if (c >= 'a' && c <= 'z')
            c = (unsigned char)(c - 'a' + 'A');
        if (c == '-')
            c = '_';
        if (c >= 0x80)
            c = '?';
        if (c == '?' && filled && out[filled - 1] == '?')
            continue;
        if (filled == LONGEST - 1)
            return false;
        out[filled++] = (char)c;
    }
    out[filled] = '\0';
    return true;
}

bool capture_state_find(const char *word, size_t length, enum capture_state *out)
{
    char folded[LONGEST];
    if (!fold(word, length, folded))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].word[0] == folded[0] && strcmp(words[i].word, folded) == 0) {
            *out = words[i].state;
            return true;
        }
    return false;
}

bool capture_state_number(unsigned number, enum capture_state *out)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].number == number) {
            *out = numbers[i].state;
            return true;
        }
    return false;
}
