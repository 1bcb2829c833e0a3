#include "hefboom/target.h"

#include <assert.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <stdint.h>

#include "hefboom/buf.h"
#include "hefboom/clock.h"
#include "hefboom/memory.h"
#include "target_lookup.h"

/* How long an answer is good, and how long one waits for the next. */
enum { FRESH_MS = 1000, SLOW_MS = 2000 };

struct place {
	char *host, *address, *port;
	bool named; /* to be looked up */
	char *found; /* separated by commas, or NULL */
};

struct target {
	struct event_base *base;
	target_found_fn *found;
	void *context;
	struct place places[TARGET_HOSTS_MAX];
	unsigned count; /* 0: libpq does as the url says */
	unsigned turn;
	bool writes;
	struct lookup *lookup; /* under way, or NULL */
	struct event *wake;
	int64_t began_ms, ended_ms; /* of the last one */
	struct buf hosts, addresses, ports;
};

static const char *option_of(
    const PQconninfoOption *options, const char *keyword, const char *variable)
{
	const char *fallback = getenv(variable);

	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0 &&
		    options->val != NULL && options->val[0] != '\0')
			return options->val;
	return fallback == NULL ? "" : fallback;
}

static unsigned count_of(const char *list)
{
	unsigned count = 1;

	for (; *list != '\0'; list++)
		count += *list == ',';
	return count;
}

/* The part of that number; of a list of one, always that one. */
static char *part_of(const char *list, unsigned number)
{
	if (count_of(list) == 1)
		return memory_string(list);
	for (; number > 0; number--)
		list = strchr(list, ',') + 1;
	return memory_copy(list, strcspn(list, ","));
}

static bool is_name(const char *host)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *list = NULL;

	if (host[0] == '\0' || host[0] == '/' || host[0] == '@')
		return false;
	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return true;
	freeaddrinfo(list);
	return false;
}

static bool fits(const char *list, unsigned count, bool once)
{
	return list[0] == '\0' || count_of(list) == count ||
	    (once && count_of(list) == 1);
}

/* Lists that do not fit are libpq's to refuse. */
static void places_read(struct target *target, const PQconninfoOption *options)
{
	const char *host = option_of(options, "host", "PGHOST");
	const char *address = option_of(options, "hostaddr", "PGHOSTADDR");
	const char *port = option_of(options, "port", "PGPORT");
	unsigned count = count_of(address[0] != '\0' ? address : host);

	if (option_of(options, "service", "PGSERVICE")[0] != '\0' ||
	    (host[0] == '\0' && address[0] == '\0') ||
	    count > TARGET_HOSTS_MAX || !fits(host, count, false) ||
	    !fits(address, count, false) || !fits(port, count, true))
		return;
	target->count = count;
	for (unsigned i = 0; i < count; i++) {
		struct place *place = &target->places[i];

		place->host = part_of(host, i);
		place->address = part_of(address, i);
		place->port = part_of(port, i);
		place->named =
		    place->address[0] == '\0' && is_name(place->host);
	}
}

struct target *target_new(struct event_base *base, const char *url,
    target_found_fn *found, void *context)
{
	struct target *target = memory_zero(1, sizeof(*target));
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	const char *wanted;

	target->base = base;
	target->found = found;
	target->context = context;
	if (options != NULL) {
		places_read(target, options);
		wanted = option_of(
		    options, "target_session_attrs", "PGTARGETSESSIONATTRS");
		target->writes = strcmp(wanted, "read-write") == 0;
	}
	PQconninfoFree(options);
	return target;
}

bool target_writes(const struct target *target)
{
	return target->writes;
}

static void lookup_forget(struct target *target)
{
	if (target->wake != NULL)
		event_free(target->wake);
	target->wake = NULL;
	lookup_release(target->lookup);
	target->lookup = NULL;
}

void target_free(struct target *target)
{
	if (target == NULL)
		return;
	lookup_forget(target);
	for (unsigned i = 0; i < target->count; i++) {
		free(target->places[i].host);
		free(target->places[i].address);
		free(target->places[i].port);
		free(target->places[i].found);
	}
	buf_release(&target->hosts);
	buf_release(&target->addresses);
	buf_release(&target->ports);
	free(target);
}

static void on_found(evutil_socket_t descriptor, short what, void *context)
{
	struct target *target = context;
	unsigned at = 0;

	(void)descriptor;
	(void)what;
	for (unsigned i = 0; i < target->count; i++) {
		struct place *place = &target->places[i];
		char **answer = &target->lookup->found[at];

		if (!place->named)
			continue;
		at++;
		if (*answer == NULL)
			continue;
		free(place->found);
		place->found = *answer;
		*answer = NULL;
	}
	lookup_forget(target);
	target->ended_ms = clock_ms();
	target->found(target->context);
}

static void lookup_begin(struct target *target)
{
	const char *names[TARGET_HOSTS_MAX];
	unsigned count = 0;

	for (unsigned i = 0; i < target->count; i++)
		if (target->places[i].named)
			names[count++] = target->places[i].host;
	target->began_ms = clock_ms();
	target->lookup = lookup_start(names, count);
	if (target->lookup == NULL) {
		target->ended_ms = target->began_ms;
		return;
	}
	target->wake = event_new(
	    target->base, target->lookup->wake, EV_READ, on_found, target);
	assert(target->wake != NULL);
	event_add(target->wake, NULL);
}

/* Whether there is anything to look up, and anything that can be tried. */
static bool has_names(const struct target *target)
{
	for (unsigned i = 0; i < target->count; i++)
		if (target->places[i].named)
			return true;
	return false;
}

static bool has_places(const struct target *target)
{
	for (unsigned i = 0; i < target->count; i++)
		if (!target->places[i].named || target->places[i].found != NULL)
			return true;
	return false;
}

enum target_state target_look(struct target *target)
{
	int64_t now = clock_ms();

	if (!has_names(target))
		return TARGET_KNOWN;
	if (target->lookup == NULL &&
	    (target->ended_ms == 0 || now - target->ended_ms >= FRESH_MS))
		lookup_begin(target);
	if (target->lookup == NULL)
		return has_places(target) ? TARGET_KNOWN : TARGET_UNKNOWN;
	if (now - target->began_ms >= FRESH_MS && has_places(target))
		return TARGET_KNOWN;
	return now - target->began_ms < SLOW_MS ? TARGET_LOOKING : TARGET_SLOW;
}

static unsigned choices_of(const struct place *place)
{
	if (!place->named)
		return 1;
	return place->found == NULL ? 0 : count_of(place->found);
}

static void add_part(struct buf *list, const char *part, bool first)
{
	if (!first)
		buf_add_char(list, ',');
	buf_add_string(list, part);
}

/* Of all addresses of all hosts that one. */
static void add_choice(struct target *target, unsigned number)
{
	const struct place *place = target->places;
	bool first = target->hosts.bytes == NULL;
	char *address;

	for (; number >= choices_of(place); place++)
		number -= choices_of(place);
	address = place->named ? part_of(place->found, number)
			       : memory_string(place->address);
	add_part(&target->hosts, place->host, first);
	add_part(&target->addresses, address, first);
	add_part(&target->ports, place->port, first);
	free(address);
}

void target_lists(struct target *target, struct target_lists *lists)
{
	unsigned count = 0;

	buf_release(&target->hosts);
	buf_release(&target->addresses);
	buf_release(&target->ports);
	for (unsigned i = 0; i < target->count; i++)
		count += choices_of(&target->places[i]);
	for (unsigned i = 0; i < count; i++)
		add_choice(target, (target->turn + i) % count);
	*lists = (struct target_lists){.host = target->hosts.bytes,
	    .hostaddr = target->addresses.bytes,
	    .port = target->ports.bytes,
	    .turn = target->turn};
}

void target_turn(struct target *target, unsigned turn)
{
	if (target->turn == turn)
		target->turn++;
}
