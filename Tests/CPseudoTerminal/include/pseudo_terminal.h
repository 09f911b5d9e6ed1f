#ifndef PSEUDO_TERMINAL_H
#define PSEUDO_TERMINAL_H

// Starts arguments[0] in `directory`, in a session of its own whose terminal is a new pseudo-terminal.
// Returns the process, and in `controller` the end at which somebody types; -1 when that failed.
int pseudo_terminal_start(char *const arguments[], char *const variables[], const char *directory, int *controller);

#endif
