#include "sim/views/capture_sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define NAME_MAX_BYTES 64

void capture_sockets_init(struct capture_sockets *s)
{
    *s = (struct capture_sockets){0};
    capture_texts_number(&s->texts, "", 0);
}

void capture_sockets_free(struct capture_sockets *s)
{
    capture_texts_free(&s->texts);
    free(s->at);
    *s = (struct capture_sockets){0};
}

void capture_sockets_clear(struct capture_sockets *s)
{
    s->count = 0;
}

/* --- owners ------------------------------------------------------------------------ */

/* A name as it may be shown: what would disturb a terminal or is no UTF-8 becomes '?'. */
static size_t clean(const char *name, size_t length, char out[NAME_MAX_BYTES])
{
    const char *end = name + length;
    size_t filled = 0;
    while (name < end && filled + 4 < NAME_MAX_BYTES) {
        uint32_t code;
        size_t bytes = utf8_decode(name, end, &code);
        if (bytes && !utf8_unsafe(code))
            memcpy(out + filled, name, bytes);
        else
            out[filled] = '?';
        filled += bytes && !utf8_unsafe(code) ? bytes : 1;
        name += bytes ? bytes : 1;
    }
    return filled;
}

/* The number first, so that both are found again. */
static uint32_t owner_of(struct capture_sockets *s, const struct capture_socket *socket)
{
    char text[NAME_MAX_BYTES + 16], name[NAME_MAX_BYTES];
    size_t length = 0;
    if (socket->has_owner && socket->pid == 0) /* System Idle Process: nobody */
        return 0;
    if (socket->process)
        length = clean(socket->process, socket->process_length, name);
    if (length == 0 && socket->pid == 0)
        return 0;
    int begun = snprintf(text, sizeof text, "%u ", socket->pid);
    memcpy(text + begun, name, length);
    return capture_texts_number(&s->texts, text, (size_t)begun + length);
}

static uint32_t text_of_address(struct capture_sockets *s, const struct capture_end *end)
{
    return capture_texts_number(&s->texts, end->address, strlen(end->address));
}

void capture_sockets_add(struct capture_sockets *s, const struct capture_socket *socket)
{
    if (s->count == s->capacity) {
        s->capacity = memory_grown(s->capacity, s->count + 1);
        s->at = memory_resize(s->at, s->capacity, sizeof *s->at);
    }
    uint8_t family = socket->local.family ? socket->local.family : socket->remote.family;
    uint32_t owner = owner_of(s, socket);
    bool owned = owner != 0 || capture_state_is_owned(socket->state);
    s->at[s->count++] = (struct capture_kept){
        .local = text_of_address(s, &socket->local),
        .remote = text_of_address(s, &socket->remote),
        .owner = owner,
        .local_port = socket->local.port,
        .remote_port = socket->remote.port,
        .state = (uint8_t)socket->state,
        .udp = socket->udp,
        .six = family == 6,
        .owned = owned,
        .guessed_tcp = socket->guessed_tcp,
    };
}

void capture_sockets_own(struct capture_sockets *s, const struct capture_socket *owner)
{
    if (!s->count)
        return;
    struct capture_kept *last = &s->at[s->count - 1];
    struct capture_socket named = *owner;
    if (last->owner) /* the PID stood on the socket's own line */
        named.pid =
            (uint32_t)strtoul(capture_texts_get(&s->texts, last->owner), NULL, 10);
    last->owner = owner_of(s, &named);
    last->owned = true;
}

void capture_sockets_settle(struct capture_sockets *s)
{
    bool udp = false, tcp = false;
    for (size_t i = 0; i < s->count; i++) {
        const struct capture_kept *k = &s->at[i];
        udp |= k->state == CAPTURE_UNCONN;
        tcp |= k->guessed_tcp ? k->state != CAPTURE_ESTABLISHED : !k->udp;
    }
    for (size_t i = 0; udp && !tcp && i < s->count; i++)
        s->at[i].udp = true;
}
