#include "sim/results/quiet_write.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static sigset_t loud(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    sigaddset(&set, SIGPIPE);
    return set;
}

static void take_off_what_came(void)
{
    sigset_t set = loud();
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0)
        ;
}

ssize_t quiet_write(int handle, const void *bytes, size_t length)
{
    sigset_t set = loud(), before;
    pthread_sigmask(SIG_BLOCK, &set, &before);
    ssize_t written = write(handle, bytes, length);
    int code = errno;
    if (written < 0 && (code == EFBIG || code == EPIPE))
        take_off_what_came();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return written;
}

void quiet_begin(struct quiet *q)
{
    sigset_t set = loud();
    pthread_sigmask(SIG_BLOCK, &set, &q->before);
}

void quiet_end(const struct quiet *q)
{
    take_off_what_came();
    pthread_sigmask(SIG_SETMASK, &q->before, NULL);
}
