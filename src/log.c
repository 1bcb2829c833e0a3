#include "hefboom/log.h"

#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/utf8.h"

static enum log_level threshold = LOG_NOTICE;
static const char *process_name = "hefboom";

static const char *const level_names[] = {
    "error", "warning", "notice", "debug"};

enum log_level log_level_of(const char *name)
{
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
		if (name != NULL && strcmp(name, level_names[i]) == 0)
			return (enum log_level)i;
	return LOG_NOTICE;
}

void log_set(enum log_level level, const char *process)
{
	threshold = level;
	process_name = process;
}

bool log_enabled(enum log_level level)
{
	return level <= threshold;
}

static void add_time(struct buf *line)
{
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	buf_add_format(line, "{\"at\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\"",
	    parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
	    parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1000000);
}

/* What a library says need not be text: U+FFFD for each byte that is not. */
static void add_text(struct buf *line, const char *value)
{
	struct buf text = {0};
	size_t left = strlen(value), step;

	for (; left > 0; value += step, left -= step) {
		step = utf8_length(value, left);
		if (step > 0)
			buf_add(&text, value, step);
		else
			buf_add_string(&text, "\xef\xbf\xbd");
		step += step == 0;
	}
	buf_add_json(line, text.bytes, text.length);
	buf_release(&text);
}

static void add_pair(struct buf *line, const char *name, const char *value)
{
	buf_add_char(line, ',');
	buf_add_json_string(line, name);
	buf_add_char(line, ':');
	if (utf8_is_text(value, strlen(value)))
		buf_add_json_string(line, value);
	else
		add_text(line, value);
}

/* stderr is not ours alone, so that it waits is not ours to change. */
static bool has_room(void)
{
	struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&log, 1, 0) > 0 && (log.revents & POLLOUT) != 0;
}

void log_event(enum log_level level, const char *event, ...)
{
	struct buf line = {0};
	const char *name, *value;
	va_list pairs;

	if (level > threshold)
		return;
	add_time(&line);
	add_pair(&line, "level", level_names[level]);
	add_pair(&line, "process", process_name);
	buf_add_format(&line, ",\"pid\":%ld", (long)getpid());
	add_pair(&line, "event", event);
	va_start(pairs, event);
	while ((name = va_arg(pairs, const char *)) != NULL) {
		value = va_arg(pairs, const char *);
		if (value != NULL)
			add_pair(&line, name, value);
	}
	va_end(pairs);
	buf_add(&line, "}\n", 2);
	/* A log that cannot be written is dropped. */
	if (has_room() && write(STDERR_FILENO, line.bytes, line.length) < 0)
		line.length = 0;
	buf_release(&line);
}
