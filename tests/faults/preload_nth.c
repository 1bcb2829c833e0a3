#include "preload_nth.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
	_Atomic(int64_t) live_blocks, live_bytes;
	_Atomic(uint64_t) first, window; /* first: 1 is the next one */
	_Atomic(uint64_t) seen, failed;
	_Atomic(uint64_t) calls[KINDS];
	_Atomic(int32_t) pid, kind, error;
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static struct control *control;
static pid_t self;

static void on_fork(void)
{
	self = getpid();
}

__attribute__((constructor)) static void control_map(void)
{
	const char *path = getenv("HEFBOOM_NTH");
	long file, map;

	if (path == NULL)
		return;
	file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return;
	map = syscall(SYS_mmap, NULL, sizeof(*control), PROT_READ | PROT_WRITE,
	    MAP_SHARED, file, 0);
	close((int)file);
	if (map == -1)
		return;
	self = getpid();
	pthread_atfork(NULL, NULL, on_fork);
	control = (struct control *)map;
}

static bool watched(void)
{
	return control != NULL && control->pid == self;
}

bool nth_fails(enum kind kind)
{
	uint64_t seen;

	if (!watched())
		return false;
	control->calls[kind]++;
	if (control->kind != (int32_t)kind)
		return false;
	seen = ++control->seen;
	if (seen < control->first || seen - control->first >= control->window)
		return false;
	control->failed++;
	errno = control->error;
	return true;
}

static void *born(void *block)
{
	if (block != NULL && watched()) {
		control->live_blocks++;
		control->live_bytes += (int64_t)malloc_usable_size(block);
	}
	return block;
}

static void died(void *block)
{
	if (block != NULL && watched()) {
		control->live_blocks--;
		control->live_bytes -= (int64_t)malloc_usable_size(block);
	}
}

void *malloc(size_t size)
{
	return nth_fails(KIND_ALLOC) ? NULL : born(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return nth_fails(KIND_ALLOC) ? NULL : born(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	void *grown;

	if (nth_fails(KIND_ALLOC))
		return NULL;
	died(block);
	grown = __libc_realloc(block, size);
	if (grown == NULL && size > 0)
		born(block);
	return born(grown);
}

void free(void *block)
{
	died(block);
	__libc_free(block);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
	if (nth_fails(KIND_RECV))
		return -1;
	return syscall(SYS_recvfrom, fd, bytes, length, flags, NULL, NULL);
}

/* These two are never said of a connection that is still there. */
static bool fails_to_send(enum kind kind, int fd)
{
	if (!nth_fails(kind))
		return false;
	if (errno == EPIPE || errno == ECONNRESET) {
		syscall(SYS_shutdown, fd, SHUT_RDWR);
		errno = control->error;
	}
	return true;
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	if (fails_to_send(KIND_SEND, fd))
		return -1;
	return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (fails_to_send(KIND_SENDMSG, fd))
		return -1;
	return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t read(int fd, void *bytes, size_t length)
{
	return nth_fails(KIND_READ) ? -1 : syscall(SYS_read, fd, bytes, length);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
	return nth_fails(KIND_READ) ? -1 : syscall(SYS_readv, fd, parts, count);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	return nth_fails(KIND_WRITE) ? -1
				     : syscall(SYS_write, fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return nth_fails(KIND_WRITE) ? -1
				     : syscall(SYS_writev, fd, parts, count);
}

int accept4(int fd, __SOCKADDR_ARG from, socklen_t *restrict length, int flags)
{
	if (nth_fails(KIND_ACCEPT))
		return -1;
	return (int)syscall(SYS_accept4, fd, from.__sockaddr__, length, flags);
}

int socket(int family, int type, int protocol)
{
	if (nth_fails(KIND_SOCKET))
		return -1;
	return (int)syscall(SYS_socket, family, type, protocol);
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t length)
{
	if (nth_fails(KIND_CONNECT))
		return -1;
	return (int)syscall(SYS_connect, fd, to.__sockaddr__, length);
}

/* To take something away needs no memory and cannot fail. */
int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
	if (what != EPOLL_CTL_DEL && nth_fails(KIND_EPOLL_CTL))
		return -1;
	return (int)syscall(SYS_epoll_ctl, epoll, what, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
	if (nth_fails(KIND_EPOLL_WAIT))
		return -1;
	return (int)syscall(SYS_epoll_wait, epoll, events, most, timeout);
}

static int open_with(const char *path, int flags, va_list rest)
{
	mode_t mode = 0;

	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(rest, mode_t);
	if (nth_fails(KIND_OPEN))
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	int file;

	va_start(rest, flags);
	file = open_with(path, flags, rest);
	va_end(rest);
	return file;
}

int open64(const char *path, int flags, ...)
{
	va_list rest;
	int file;

	va_start(rest, flags);
	file = open_with(path, flags, rest);
	va_end(rest);
	return file;
}

void *mmap(
    void *at, size_t length, int protection, int flags, int file, off_t offset)
{
	if (nth_fails(KIND_MMAP))
		return MAP_FAILED;
	return (void *)syscall(
	    SYS_mmap, at, length, protection, flags, file, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int file,
    off64_t offset)
{
	if (nth_fails(KIND_MMAP))
		return MAP_FAILED;
	return (void *)syscall(
	    SYS_mmap, at, length, protection, flags, file, offset);
}

ssize_t getrandom(void *bytes, size_t length, unsigned flags)
{
	if (nth_fails(KIND_RANDOM))
		return -1;
	return syscall(SYS_getrandom, bytes, length, flags);
}

int posix_fallocate64(int file, off64_t offset, off64_t length)
{
	int before = errno, error = 0;

	if (nth_fails(KIND_FALLOCATE) ||
	    syscall(SYS_fallocate, file, 0, offset, length) != 0)
		error = errno;
	errno = before;
	return error;
}

int poll(struct pollfd *sockets, nfds_t count, int timeout)
{
	if (nth_fails(KIND_POLL))
		return -1;
	return (int)syscall(SYS_poll, sockets, count, timeout);
}
