#define _GNU_SOURCE
#include "pseudo_terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int pseudo_terminal_start(char *const arguments[], char *const variables[], const char *directory, int *controller) {
  char name[128];
  int end = posix_openpt(O_RDWR | O_NOCTTY);
  if (end < 0) return -1;
  if (fcntl(end, F_SETFD, FD_CLOEXEC) != 0 || grantpt(end) != 0 || unlockpt(end) != 0 ||
      ptsname_r(end, name, sizeof name) != 0) {
    close(end);
    return -1;
  }
  pid_t child = fork();
  if (child < 0) {
    close(end);
    return -1;
  }
  if (child == 0) {
    // Between fork and exec only what signal handlers may call: the parent has threads.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int terminal;
    if (setsid() < 0 || (terminal = open(name, O_RDWR)) < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0 ||
        dup2(terminal, 0) < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0 || chdir(directory) != 0)
      _exit(127);
    if (terminal > 2) close(terminal);
    execve(arguments[0], arguments, variables);
    _exit(127);
  }
  *controller = end;
  return child;
}
