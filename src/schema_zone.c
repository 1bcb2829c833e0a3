#include "schema_tree.h"

#include <ftw.h>

#include "hefboom/memory.h"

/*
 * The names of time zones, read from disk once, when the first schema that
 * has the format `zone` is compiled: a request must not depend on a free
 * descriptor.
 */
#define ZONE_ROOT "/usr/share/zoneinfo/"
enum { ZONE_MAX = 64 };

static struct {
	char **names;
	size_t count;
} zones;

/* These lie beside the zones: other clocks, and what is no zone's name. */
static bool is_foreign(const char *name)
{
	return strncmp(name, "posix", 5) == 0 ||
	    strncmp(name, "right/", 6) == 0 || strcmp(name, "Factory") == 0 ||
	    strcmp(name, "localtime") == 0;
}

static bool is_zone_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char magic[4] = "";
	bool is_zone;

	if (file == NULL)
		return false;
	is_zone = fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
	    memcmp(magic, "TZif", sizeof(magic)) == 0;
	fclose(file);
	return is_zone;
}

static int zone_visit(
    const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	const char *name;

	(void)status;
	(void)walk;
	if ((kind != FTW_F && kind != FTW_SL) ||
	    strlen(path) < sizeof(ZONE_ROOT))
		return 0;
	name = path + strlen(ZONE_ROOT);
	if (strlen(name) > ZONE_MAX || is_foreign(name) || !is_zone_file(path))
		return 0;
	zones.names =
	    memory_grow(zones.names, (zones.count + 1) * sizeof(*zones.names));
	zones.names[zones.count++] = memory_string(name);
	return 0;
}

static int zone_compare(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

bool zones_load(void)
{
	if (zones.count == 0) {
		nftw(ZONE_ROOT, zone_visit, 8, FTW_PHYS);
		if (zones.count > 0)
			qsort(zones.names, zones.count, sizeof(*zones.names),
			    zone_compare);
	}
	return zones.count > 0;
}

bool zone_matches(const char *text, size_t length)
{
	return strlen(text) == length && zones.count > 0 &&
	    bsearch(&text, zones.names, zones.count, sizeof(*zones.names),
		zone_compare) != NULL;
}

bool schema_zone_is_known(const char *name)
{
	return zones_load() && zone_matches(name, strlen(name));
}
