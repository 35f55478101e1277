#include "sim/base/port_state.h"

static const struct {
    const char *name;
    char letter;
} states[PORT_STATE_COUNT] = {
    [PORT_STATE_FREE] = {"free", '.'},
    [PORT_STATE_LISTEN] = {"LISTEN", 'L'},
    [PORT_STATE_UNCONN] = {"UNCONN", 'u'},
    [PORT_STATE_BOUND] = {"BOUND", 'B'},
    [PORT_STATE_SYN_SENT] = {"SYN_SENT", 's'},
    [PORT_STATE_SYN_RECEIVED] = {"SYN_RECEIVED", 'r'},
    [PORT_STATE_ESTABLISHED] = {"ESTABLISHED", 'E'},
    [PORT_STATE_CLOSE_WAIT] = {"CLOSE_WAIT", 'W'},
    [PORT_STATE_FIN_WAIT] = {"FIN_WAIT", 'f'},
    [PORT_STATE_FIN_WAIT_1] = {"FIN_WAIT_1", '1'},
    [PORT_STATE_FIN_WAIT_2] = {"FIN_WAIT_2", 'F'},
    [PORT_STATE_CLOSING] = {"CLOSING", 'c'},
    [PORT_STATE_LAST_ACK] = {"LAST_ACK", 'l'},
    [PORT_STATE_TIME_WAIT] = {"TIME_WAIT", 'T'},
    [PORT_STATE_CLOSE] = {"CLOSE", 'x'},
    [PORT_STATE_RESERVED] = {"reserved", '#'},
    [PORT_STATE_OUTSIDE] = {"outside the range", '_'},
};

const char *port_state_name(enum port_state state)
{
    return states[state].name;
}

char port_state_letter(enum port_state state)
{
    return states[state].letter;
}

bool port_state_of(char letter, enum port_state *out)
{
    for (int i = 0; i < PORT_STATE_COUNT; i++)
        if (states[i].letter == letter) {
            *out = (enum port_state)i;
            return true;
        }
    return false;
}
