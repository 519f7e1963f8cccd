// Restricts itself to reading below a directory, and prints how two opens end: inside and outside of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *outcome(const char *path, int flags) {
  int file = open(path, flags);
  if (file < 0) return strerror(errno);
  close(file);
  return "opened";
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  printf("version %ld\n", version);
  struct landlock_ruleset_attr handled = {
      .handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
  struct landlock_path_beneath_attr beneath = {
      .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE, .parent_fd = open(arguments[1], O_PATH | O_CLOEXEC)};
  if (rules < 0 || syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) ||
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, rules, 0)) {
    perror("landlock");
    return 1;
  }
  char inside[4096];
  snprintf(inside, sizeof inside, "%s/file", arguments[1]);
  printf("inside: %s\n", outcome(inside, O_RDONLY));
  printf("inside, to write: %s\n", outcome(inside, O_WRONLY));
  printf("outside: %s\n", outcome(arguments[2], O_RDONLY));
}
