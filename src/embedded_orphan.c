#include "embedded_cluster.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool cluster_has(const struct embedded *embedded, long pid)
{
	char name[64], folder[PATH_MAX];
	struct stat about;
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/%ld/cwd", pid);
	if (pid <= 1 || lstat(name, &about) < 0 ||
	    about.st_uid != embedded->user.uid)
		return false;
	length = readlink(name, folder, sizeof(folder) - 1);
	if (length < 0)
		return false;
	folder[length] = '\0';
	return strcmp(folder, embedded->folder) == 0;
}

void cluster_end_orphans(const struct embedded *embedded)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	if (processes == NULL)
		return;
	while ((entry = readdir(processes)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (cluster_has(embedded, pid))
			kill((pid_t)pid, SIGQUIT);
	}
	closedir(processes);
}
