#include "sim/results/quiet_write.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

ssize_t quiet_write(int handle, const void *bytes, size_t length)
{
    sigset_t loud, before;
    sigemptyset(&loud);
    sigaddset(&loud, SIGXFSZ);
    sigaddset(&loud, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &loud, &before);
    ssize_t written = write(handle, bytes, length);
    int code = errno;
    if (written < 0 && (code == EFBIG || code == EPIPE))
        sigtimedwait(&loud, NULL, &(struct timespec){0}); /* take it off again */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return written;
}
