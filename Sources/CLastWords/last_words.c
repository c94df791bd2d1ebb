#include "CLastWords.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { places = 32, path_size = 1024, stack_size = 64 * 1024 };

static struct {
    /// 0 free, 1 being written, 2 in use.
    atomic_int state;
    char path[path_size];
} list[places];

static const struct {
    int number;
    const char *text;
} signals[] = {
    {SIGSEGV, "SIGSEGV (memory that is not there)"},
    {SIGBUS, "SIGBUS (memory that cannot be read, as of a file that was cut short)"},
    {SIGILL, "SIGILL (a check of the program failed)"},
    {SIGFPE, "SIGFPE (arithmetic without a result)"},
    {SIGABRT, "SIGABRT (the program or a library gave up)"},
    {SIGTRAP, "SIGTRAP (a check of the program failed)"},
    {SIGSYS, "SIGSYS (a call that the system forbids)"},
};
enum { signal_count = sizeof signals / sizeof signals[0] };

static struct sigaction before[signal_count];
static pthread_once_t listening = PTHREAD_ONCE_INIT;

static void put(int file, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

void last_words_say(const char *text, size_t length) {
    for (int place = 0; place < places; place++) {
        if (atomic_load(&list[place].state) != 2) continue;
        int file = open(list[place].path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (file < 0) continue;
        put(file, text, length);
        put(file, "\n", 1);
        close(file);
    }
}

static void dying(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    for (int index = 0; index < signal_count; index++) {
        if (signals[index].number != number) continue;
        last_words_say(signals[index].text, strlen(signals[index].text));
        // Whoever listened before, or the system, ends the process, with the status it would have had anyway: the
        // instruction at fault runs again, and a signal that was sent is sent again.
        sigaction(number, &before[index], NULL);
        if (info->si_code <= 0) raise(number);
        break;
    }
    errno = saved;
}

static void listen(void) {
    // A stack that has run over cannot hold the handler. (Of the thread that starts; others have none.)
    stack_t stack = {.ss_sp = malloc(stack_size), .ss_size = stack_size};
    stack_t present;
    if (stack.ss_sp && sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE)) {
        sigaltstack(&stack, NULL);
    } else {
        free(stack.ss_sp);
    }
    for (int index = 0; index < signal_count; index++) {
        struct sigaction action = {.sa_sigaction = dying, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaction(signals[index].number, &action, &before[index]);
    }
}

int last_words_keep_at(const char *path) {
    size_t length = strlen(path);
    if (length >= path_size) return -1;
    pthread_once(&listening, listen);
    for (int place = 0; place < places; place++) {
        int is_free = 0;
        if (!atomic_compare_exchange_strong(&list[place].state, &is_free, 1)) continue;
        memcpy(list[place].path, path, length + 1);
        atomic_store(&list[place].state, 2);
        return place;
    }
    return -1;
}

void last_words_forget(int place) {
    if (place >= 0 && place < places) atomic_store(&list[place].state, 0);
}
