#include "models/faces.h"

#include <stddef.h>
#include <string.h>

#define GUIDE   "the Windows guide: symptoms of port exhaustion (W5)"
#define INBOUND "the Windows guide: only outgoing connections need a dynamic port (W4)"
#define ALERT   "ProxySG technical alert TFA42: symptoms (P10)"
#define IANA    "port: IANA service names; symptom: as of any application (W5)"

const struct face faces[] = {
    [FACE_NONE] = {.name = "none", .called = "", .port = "", .symptom = "", .source = ""},
    {.name = "domain-logon",
     .called = "domain log-on",
     .port = "88/tcp",
     .direction = FACE_OUT,
     .symptom = "nobody can sign in with a domain account whose credentials are not "
                "cached on the machine; those that are cached work for a while, a local "
                "account always",
     .source = GUIDE},
    {.name = "group-policy",
     .called = "group policy",
     .port = "389/tcp",
     .direction = FACE_OUT,
     .symptom = "policies are not refreshed; those applied before stay in force",
     .source = GUIDE},
    {.name = "file-share",
     .called = "file share",
     .port = "445/tcp",
     .direction = FACE_OUT,
     .symptom = "network drives do not open; those whose connection is open go on",
     .source = GUIDE " and " ALERT},
    {.name = "rdp-out",
     .called = "remote desktop to other machines",
     .port = "3389/tcp",
     .direction = FACE_OUT,
     .symptom = "no remote desktop can be opened from the machine",
     .source = GUIDE},
    {.name = "rdp-in",
     .called = "remote desktop to this machine",
     .port = "3389/tcp",
     .direction = FACE_IN,
     .symptom = "sessions into the machine open as ever",
     .source = INBOUND},
    {.name = "web",
     .called = "web pages",
     .port = "443/tcp",
     .direction = FACE_OUT,
     .symptom = "pages do not load, or only those parts whose connections were open",
     .source = GUIDE " and " ALERT},
    {.name = "dns",
     .called = "name resolution",
     .port = "53/udp",
     .direction = FACE_OUT,
     .symptom = "names resolve while UDP has ports of its own; when those run out, only "
                "names that are cached do",
     .source = "the Windows guide: TCP and UDP have ranges of their own (W1)"},
    {.name = "management-console",
     .called = "management console",
     .port = "8082/tcp",
     .direction = FACE_IN,
     .symptom = "the console opens as ever",
     .source = ALERT},
    {.name = "ssh",
     .called = "SSH to this machine",
     .port = "22/tcp",
     .direction = FACE_IN,
     .symptom = "the command line can be reached as ever",
     .source = ALERT " and " INBOUND},
    {.name = "mail",
     .called = "mail",
     .port = "587/tcp",
     .direction = FACE_OUT,
     .symptom = "mail stays in the outbox and nothing new comes",
     .source = IANA},
    {.name = "database",
     .called = "database",
     .port = "1433/tcp",
     .direction = FACE_OUT,
     .symptom = "whatever opens a connection for each query fails; connection pools that "
                "are open go on",
     .source = IANA},
    {.name = "application",
     .called = "application",
     .port = "any",
     .direction = FACE_OUT,
     .symptom = "connecting fails or times out",
     .source = GUIDE " and " ALERT},
    {.name = NULL},
};

const struct face *face_find(const char *called)
{
    for (const struct face *f = &faces[FACE_NONE + 1]; called && f->name; f++)
        if (strcmp(f->called, called) == 0)
            return f;
    return NULL;
}

const char *face_choice(uint32_t index)
{
    return index < sizeof faces / sizeof faces[0] ? faces[index].name : NULL;
}
