#pragma once
#include <stddef.h>

/// What a process leaves when it dies of its own mistake: a file beside each of its runs.
///
/// A file is written only when it comes to that. Everything a dying process calls is safe inside a signal handler.

/// Names a file that is written when the process dies of a mistake. The first call begins to listen for signals that
/// end a process: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS. Any thread may call.
///
/// @returns the place in the list, for last_words_forget; -1 when the list or the path is too long.
int last_words_keep_at(const char *path);

/// Takes a file out of the list. It is not removed.
void last_words_forget(int place);

/// Appends a text and the end of a line to the files of the list.
void last_words_say(const char *text, size_t length);
