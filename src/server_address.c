#include "connection_front.h"

#include "hefboom/memory.h"

enum { ADDRESS_BUCKETS = 4096 };

struct address {
	struct address *next;
	uint64_t address;
	unsigned count;
};

struct addresses {
	unsigned max;
	struct address *buckets[ADDRESS_BUCKETS];
};

struct addresses *addresses_new(unsigned max)
{
	struct addresses *addresses = memory_zero(1, sizeof(*addresses));

	addresses->max = max;
	return addresses;
}

void addresses_free(struct addresses *addresses)
{
	struct address *entry, *next;
	size_t i;

	if (addresses == NULL)
		return;
	for (i = 0; i < ADDRESS_BUCKETS; i++) {
		for (entry = addresses->buckets[i]; entry != NULL;
		     entry = next) {
			next = entry->next;
			free(entry);
		}
	}
	free(addresses);
}

static struct address **address_find(
    struct addresses *addresses, uint64_t address)
{
	uint64_t mixed = address * UINT64_C(0x9e3779b97f4a7c15);
	struct address **place =
	    &addresses->buckets[(mixed >> 32) % ADDRESS_BUCKETS];

	while (*place != NULL && (*place)->address != address)
		place = &(*place)->next;
	return place;
}

bool addresses_add(struct addresses *addresses, uint64_t address)
{
	struct address **place = address_find(addresses, address);

	if (*place == NULL) {
		*place = memory_zero(1, sizeof(**place));
		(*place)->address = address;
	}
	if ((*place)->count >= addresses->max)
		return false;
	(*place)->count++;
	return true;
}

void addresses_remove(struct addresses *addresses, uint64_t address)
{
	struct address **place = address_find(addresses, address);
	struct address *entry = *place;

	if (entry == NULL || --entry->count > 0)
		return;
	*place = entry->next;
	free(entry);
}

static struct ip client_of(const struct connection *connection)
{
	struct ip address = connection->from;

	if (connection->head != NULL)
		forwarded_from(&address, &connection->server->settings.proxies,
		    connection->head);
	return address;
}

bool client_add(struct connection *connection)
{
	struct server *server = connection->server;
	struct ip client;

	if (server->addresses == NULL || connection->counted)
		return true;
	client = client_of(connection);
	/* The proxy's own, such as its question whether we are there. */
	if (networks_have(server->settings.proxies.trusted, &client))
		return true;
	connection->client = address_number(&client);
	connection->client_counted =
	    addresses_add(server->addresses, connection->client);
	return connection->client_counted;
}

void client_remove(struct connection *connection)
{
	if (!connection->client_counted)
		return;
	connection->client_counted = false;
	addresses_remove(connection->server->addresses, connection->client);
}

uint64_t connection_address(const struct connection *connection)
{
	struct ip client = client_of(connection);

	return address_number(&client);
}

void connection_from(const struct connection *connection, char *text)
{
	struct ip client = client_of(connection);

	address_write(text, &client);
}
