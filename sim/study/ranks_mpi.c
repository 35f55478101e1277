/* Built with MPI: rank 0 at its desk, the others at their benches.
 *
 * A bench asks for jobs and says how long its last ones took; the desk sends a batch that
 * keeps it busy for about BATCH_SECONDS, less when the end is near; each result comes
 * back by itself, as soon as it is whole.  All calls of MPI are on the main thread, since
 * workers_run() calls back on that one alone.
 *
 *     ASK     bench to desk: I am free
 *     JOBS    desk to bench: struct sent_job, some
 *     END     desk to bench: there are no more
 *     RESULT  bench to desk: struct result, then the packed numbers
 *     LEFT    bench to desk: the status it exits with
 */
#include <math.h>
#include <mpi.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/memory.h"
#include "sim/study/key.h"
#include "sim/study/numbers_pack.h"
#include "sim/study/ranks.h"

enum tag { ASK = 1, JOBS, END, RESULT, LEFT };

/* Long against sending a message (some 10 us), short against a user's patience. */
#define BATCH_SECONDS 0.1
#define BATCH_MOST    WORKERS_AHEAD /* jobs a thread */
#define BATCHES_AHEAD 4             /* beyond what done() saw, a rank */

/* Naps of those who wait, the first and the longest. */
#define NAP_FIRST_NS 20000
#define NAP_LAST_NS  1000000

/* How long the desk waits for the others at the end: they have nothing to do but say
 * goodbye, unless one of them hangs.  After a signal mpirun kills everybody in a second.
 */
#define GOODBYE_SECONDS         60
#define GOODBYE_STOPPED_SECONDS 0.5

#define STATUS_SIGNAL 128 /* exit status of a process ended by signal n: 128 + n */

struct asked {
    uint32_t threads;
    double seconds; /* of a job, on one thread; 0: not known yet */
};

struct sent_job {
    uint64_t seed;
    uint32_t index, point, replication;
    char key[STUDY_KEY_SIZE];
};

struct result {
    uint32_t index;
    bool whole, all_hold; /* whole: numbers follow */
};

/* --- messages ------------------------------------------------------------------------
 */

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* MPI itself would wait in a loop. */
static void nap(long *ns)
{
    nanosleep(&(struct timespec){.tv_nsec = *ns}, NULL);
    *ns = *ns < NAP_LAST_NS / 2 ? 2 * *ns : NAP_LAST_NS;
}

static void post(int rank, enum tag tag, const void *bytes, size_t size)
{
    MPI_Send(bytes, (int)size, MPI_BYTE, rank, (int)tag, MPI_COMM_WORLD);
}

/* Takes a message of that kind, if one is there.  Its bytes replace those in `in`. */
static bool fetch(enum tag tag, struct packed *in, int *from)
{
    int there, size;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, (int)tag, MPI_COMM_WORLD, &there, &status);
    if (!there)
        return false;
    MPI_Get_count(&status, MPI_BYTE, &size);
    if (in->capacity < (size_t)size) {
        in->capacity = (size_t)size;
        in->bytes = memory_resize(in->bytes, in->capacity, 1);
    }
    in->size = (size_t)size;
    *from = status.MPI_SOURCE;
    MPI_Recv(in->bytes, size, MPI_BYTE, *from, (int)tag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return true;
}

static struct unpacking contents(const struct packed *message)
{
    return (struct unpacking){message->bytes, message->bytes + message->size};
}

static bool flag_is_up(const struct ranks_work *work)
{
    const volatile sig_atomic_t *stop = work->workers.stop;
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0;
}

/* --- all ranks -------------------------------------------------------------------------
 */

const char *ranks_kind(void)
{
    return "MPI";
}

/* The words of a command line, each with its zero. */
static struct packed words_of(char **argv)
{
    struct packed words = {0};
    for (; *argv; argv++)
        packed_add(&words, *argv, strlen(*argv) + 1);
    packed_add(&words, "", 1);
    return words;
}

/* The lowest rank whose words are not those of rank 0; the number of ranks if there is
 * none. */
static unsigned odd_one_out(const struct ranks *r, char **argv)
{
    struct packed mine = words_of(argv);
    unsigned long size = mine.size;
    MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, MPI_COMM_WORLD);
    char *first = memory_new(size, 1);
    if (r->rank == 0)
        memcpy(first, mine.bytes, size);
    MPI_Bcast(first, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
    bool same = size == mine.size && memcmp(first, mine.bytes, size) == 0;
    unsigned odd = same ? r->count : r->rank, lowest;
    MPI_Allreduce(&odd, &lowest, 1, MPI_UNSIGNED, MPI_MIN, MPI_COMM_WORLD);
    free(first);
    packed_free(&mine);
    return lowest;
}

bool ranks_join(struct ranks *out, char **argv, struct results_error *error)
{
    unsigned rank, count = ranks_started(&rank);
    *out = (struct ranks){.rank = rank, .count = 1};
    if (count == 1)
        return true;
    int own, all, level;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &own);
    MPI_Comm_size(MPI_COMM_WORLD, &all);
    if (all == 1) {
        MPI_Finalize();
        return results_fail(error, 0,
                            "this is process %u of %u that were started together, but "
                            "MPI cannot find the others: start them with the mpirun of "
                            "the MPI that this program was built with, or with srun "
                            "--mpi=pmix",
                            rank + 1, count);
    }
    *out = (struct ranks){.rank = (unsigned)own, .count = (unsigned)all};
    unsigned odd = odd_one_out(out, argv);
    return odd == out->count ||
           results_fail(error, 0,
                        "rank %u was given another command line than rank 0; under "
                        "mpirun all ranks work on one study, and divide it themselves",
                        odd);
}

bool ranks_agree(const struct ranks *r, bool good, bool *speak)
{
    unsigned mine = good ? r->count : r->rank, lowest = mine;
    if (r->count > 1)
        MPI_Allreduce(&mine, &lowest, 1, MPI_UNSIGNED, MPI_MIN, MPI_COMM_WORLD);
    *speak = !good && lowest == r->rank;
    return lowest == r->count;
}

/* --- the desk: rank 0
 * ------------------------------------------------------------------- */

/* handed <= sent <= count. */
struct desk {
    struct ranks *ranks;
    const struct ranks_work *work;
    struct study_job *jobs;
    size_t count, sent, handed;
    size_t out; /* sent, and not yet back */
    bool *ended;
    bool closing; /* done() wants no more */
    struct packed in, reply;
};

/* Gives this process the signal that another one left by, unless it has had one: a second
 * would end it at once. */
static void share_signal(const struct ranks_work *work, int number)
{
    sigset_t both, before;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &both, &before);
    if (!flag_is_up(work))
        raise(number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool take_result(struct desk *d)
{
    int from;
    struct result result;
    if (!fetch(RESULT, &d->in, &from))
        return false;
    struct unpacking u = contents(&d->in);
    packed_take(&u, &result, sizeof result);
    struct study_job *job = &d->jobs[result.index];
    if (result.whole)
        job->numbers = numbers_unpack(&u);
    job->all_hold = result.all_hold;
    d->ended[result.index] = true;
    d->out--;
    return true;
}

static bool hand_over(struct desk *d)
{
    if (d->closing || d->handed == d->sent || !d->ended[d->handed])
        return false;
    struct study_job *job = &d->jobs[d->handed++];
    if (!d->work->workers.done)
        return true;
    d->closing = !d->work->workers.done(d->work->workers.context, job);
    trial_numbers_free(job->numbers);
    job->numbers = NULL;
    return true;
}

static size_t at_most(size_t size, size_t limit)
{
    return size < limit ? size : limit;
}

/* Jobs for one that asks: enough for a while, at least one a thread; towards the end half
 * of an even share, so that all end together. */
static size_t batch_for(const struct desk *d, const struct asked *a)
{
    size_t left = d->count - d->sent;
    size_t share = left / (2 * (size_t)(d->ranks->count - 1));
    double each = a->seconds > 0 ? BATCH_SECONDS / a->seconds : 1; /* a thread */
    size_t batch = (size_t)(fmin(each, BATCH_MOST) * a->threads);
    batch = at_most(batch, share);
    batch = batch > a->threads ? batch : a->threads;
    return at_most(batch, left);
}

/* Neither more than is wanted nor far beyond what done() has seen. */
static bool may_send(const struct desk *d)
{
    size_t threads = d->work->workers.threads ? d->work->workers.threads : 1;
    size_t ahead = BATCHES_AHEAD * BATCH_MOST * threads * (d->ranks->count - 1);
    return !d->closing && d->sent < d->count && d->sent - d->handed < ahead;
}

static bool answer(struct desk *d)
{
    int from;
    struct asked asked;
    if (!may_send(d) || !fetch(ASK, &d->in, &from))
        return false;
    struct unpacking u = contents(&d->in);
    packed_take(&u, &asked, sizeof asked);
    size_t batch = batch_for(d, &asked);
    d->reply.size = 0;
    for (size_t i = d->sent; i < d->sent + batch; i++) {
        const struct study_job *job = &d->jobs[i];
        struct sent_job sent;
        memset(&sent, 0, sizeof sent);
        sent.seed = job->seed;
        sent.index = (uint32_t)i;
        sent.point = job->point;
        sent.replication = job->replication;
        memcpy(sent.key, d->work->key(d->work->workers.context, job->point),
               sizeof sent.key);
        packed_add(&d->reply, &sent, sizeof sent);
    }
    post(from, JOBS, d->reply.bytes, d->reply.size);
    d->sent += batch;
    d->out += batch;
    return true;
}

static bool see_one_leave(struct desk *d)
{
    int from, status;
    if (!fetch(LEFT, &d->in, &from))
        return false;
    struct unpacking u = contents(&d->in);
    packed_take(&u, &status, sizeof status);
    d->ranks->gone++;
    if (status > STATUS_SIGNAL)
        share_signal(d->work, status - STATUS_SIGNAL);
    return true;
}

/* False if the flag ended it. */
static bool keep_desk(struct desk *d)
{
    long wait = NAP_FIRST_NS;
    while (!flag_is_up(d->work)) {
        if (hand_over(d) || take_result(d) || answer(d) || see_one_leave(d))
            wait = NAP_FIRST_NS;
        else if (d->out == 0 && (d->closing || d->handed == d->count))
            return true;
        else
            nap(&wait);
    }
    while (take_result(d)) /* what has arrived is kept */
        ;
    while (hand_over(d))
        ;
    return d->closing || d->handed == d->count;
}

bool ranks_run(struct ranks *r, const struct ranks_work *work, struct study_job *jobs,
               size_t count)
{
    if (r->count == 1)
        return workers_run(&work->workers, jobs, count);
    struct desk d = {.ranks = r, .work = work, .jobs = jobs, .count = count};
    d.ended = memory_new(count, sizeof *d.ended);
    bool all = keep_desk(&d);
    for (size_t i = d.handed; i < count; i++) {
        trial_numbers_free(jobs[i].numbers);
        jobs[i].numbers = NULL;
    }
    free(d.ended);
    packed_free(&d.in);
    packed_free(&d.reply);
    return all;
}

/* --- a bench: the other ranks
 * ------------------------------------------------------------ */

struct bench {
    const struct ranks *ranks;
    const struct ranks_work *work;
    struct packed in, out;
    size_t count; /* of the batch */
    struct sent_job *sent;
    struct study_job *jobs;
    struct results_error *error;
    bool stranger; /* a job of another study came */
};

/* The first of a batch is at jobs[0]. */
static const struct sent_job *sent_of(const struct bench *b, const struct study_job *job)
{
    return &b->sent[job - b->jobs];
}

static void open_sent(void *context, struct study_job *job)
{
    struct bench *b = context;
    const struct sent_job *sent = sent_of(b, job);
    const struct workers *w = &b->work->workers;
    const char *known = b->work->key(w->context, job->point);
    if (!known || strcmp(known, sent->key) != 0) {
        b->stranger = true;
        results_fail(b->error, 0,
                     "rank %u reads another study than rank 0: point %u is %s there and "
                     "%s here; the scenario must be the same on all machines",
                     b->ranks->rank, (unsigned)job->point + 1, sent->key,
                     known ? known : "none");
    } else if (w->open) {
        w->open(w->context, job);
    }
}

static void close_sent(const struct bench *b, struct study_job *job)
{
    if (job->plan && b->work->close)
        b->work->close(b->work->workers.context, job);
}

static bool send_result(void *context, struct study_job *job)
{
    struct bench *b = context;
    struct result result;
    memset(&result, 0, sizeof result);
    result.index = sent_of(b, job)->index;
    result.whole = job->numbers != NULL;
    result.all_hold = job->all_hold;
    b->out.size = 0;
    packed_add(&b->out, &result, sizeof result);
    if (job->numbers)
        numbers_pack(&b->out, job->numbers);
    if (!b->stranger)
        post(0, RESULT, b->out.bytes, b->out.size);
    close_sent(b, job);
    return !b->stranger;
}

/* Runs what lies in `in`; the seconds that a job took on one thread. */
static double run_batch(struct bench *b)
{
    struct workers w = b->work->workers;
    struct unpacking u = contents(&b->in);
    w.open = open_sent;
    w.done = send_result;
    w.context = b;
    b->count = b->in.size / sizeof *b->sent;
    b->sent = memory_new(b->count, sizeof *b->sent);
    b->jobs = memory_new(b->count, sizeof *b->jobs);
    packed_take(&u, b->sent, b->in.size);
    for (size_t i = 0; i < b->count; i++) {
        b->jobs[i].seed = b->sent[i].seed;
        b->jobs[i].point = b->sent[i].point;
        b->jobs[i].replication = b->sent[i].replication;
    }
    double began = seconds_now();
    workers_run(&w, b->jobs, b->count);
    double spent = seconds_now() - began;
    for (size_t i = 0; i < b->count; i++)
        close_sent(b, &b->jobs[i]);
    free(b->sent);
    free(b->jobs);
    return spent * (w.threads ? w.threads : 1) / (double)b->count;
}

/* Asks for jobs and waits; false when there are none, or there is no time for them. */
static bool get_batch(struct bench *b, double seconds)
{
    struct asked asked;
    int from;
    memset(&asked, 0, sizeof asked);
    asked.threads = b->work->workers.threads ? b->work->workers.threads : 1;
    asked.seconds = seconds;
    post(0, ASK, &asked, sizeof asked);
    for (long wait = NAP_FIRST_NS; !flag_is_up(b->work); nap(&wait)) {
        if (fetch(JOBS, &b->in, &from))
            return true;
        if (fetch(END, &b->in, &from))
            return false;
    }
    return false;
}

bool ranks_serve(struct ranks *r, const struct ranks_work *work,
                 struct results_error *error)
{
    struct bench b = {.ranks = r, .work = work, .error = error};
    double seconds = 0;
    while (!b.stranger && !flag_is_up(work) && get_batch(&b, seconds))
        seconds = run_batch(&b);
    packed_free(&b.in);
    packed_free(&b.out);
    r->broken = b.stranger;
    return !b.stranger;
}

/* --- the end --------------------------------------------------------------------------
 */

/* Sends everybody home; false if some do not answer. */
static bool close_desk(struct ranks *r, int status)
{
    struct packed in = {0};
    double patience = status > STATUS_SIGNAL ? GOODBYE_STOPPED_SECONDS : GOODBYE_SECONDS;
    double until = seconds_now() + patience;
    long wait = NAP_FIRST_NS;
    int from;
    while (r->gone < r->count - 1 && seconds_now() < until) {
        if (fetch(LEFT, &in, &from))
            r->gone++;
        else if (fetch(ASK, &in, &from))
            post(from, END, NULL, 0);
        else if (!fetch(RESULT, &in, &from)) /* nobody wants it any more */
            nap(&wait);
    }
    packed_free(&in);
    return r->gone == r->count - 1;
}

void ranks_leave(struct ranks *r, int status)
{
    if (r->count == 1)
        return;
    if (r->rank == 0)
        r->broken = !close_desk(r, status);
    if (r->broken)
        MPI_Abort(MPI_COMM_WORLD, status ? status : 1);
    if (r->rank != 0)
        post(0, LEFT, &status, sizeof status);
    MPI_Finalize();
}
