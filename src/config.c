#include "config_setting.h"

#include <ctype.h>
#include <errno.h>

#include "hefboom/memory.h"

enum { RATE_MAX = 100000000 };

#define AT(field) offsetof(struct config, field)

const struct setting settings[] = {
    {"config", KIND_TEXT, AT(config), 0, 0, NULL,
	"a file of settings, one `name = value` a line"},
    {"listen", KIND_TEXT, AT(listen), 0, 0, "127.0.0.1:8080",
	"address and port to serve on"},
    {"metrics_listen", KIND_TEXT, AT(metrics_listen), 0, 0, NULL,
	"address and port of /metrics, apart from the public one"},
    {"public_url", KIND_TEXT, AT(public_url), 0, 0, NULL,
	"where clients find this server; else by their Host"},
    {"trusted_proxies", KIND_TEXT, AT(trusted_proxies), 0, 0, NULL,
	"networks whose word on a client's address counts: 10.0.0.0/8 ..."},
    {"proxy_header", KIND_TEXT, AT(proxy_header), 0, 0, "x-forwarded-for",
	"the header that they write: x-forwarded-for or forwarded"},
    {"cors_origins", KIND_TEXT, AT(cors_origins), 0, 0, NULL,
	"web pages that may read replies: https://app.example.org ..."},
    {"data", KIND_TEXT, AT(data), 0, 0, NULL,
	"folder of all that is kept; root: /var/lib/hefboom"},
    {"database_url", KIND_URL, AT(database_url), 0, 0, NULL,
	"an external PostgreSQL, as a role that owns nothing"},
    {"owner_url", KIND_URL, AT(owner_url), 0, 0, NULL,
	"the same database, as the role that migrates"},
    {"database_tls", KIND_BOOL, AT(database_tls), 0, 0, "on",
	"off: remote databases need not prove who they are"},
    {"secret_file", KIND_TEXT, AT(secret_file), 0, 0, NULL,
	"32 random bytes, the same on every machine"},
    {"secret_file_before", KIND_TEXT, AT(secret_file_before), 0, 0, NULL,
	"a second one that is valid too, while one replaces the other"},
    {"user", KIND_TEXT, AT(user), 0, 0, "postgres",
	"who the program becomes when root starts it"},
    {"issuers", KIND_TEXT, AT(issuers), 0, 0, NULL,
	"JSON file of who may sign tokens"},
    {"fetch_networks", KIND_TEXT, AT(fetch_networks), 0, 0, NULL,
	"private networks that addresses we call may lead to"},
    {"fetch_ca", KIND_TEXT, AT(fetch_ca), 0, 0, NULL,
	"certificates that they lead to; else the system's"},
    {"postgres_bin", KIND_TEXT, AT(postgres_bin), 0, 0, NULL,
	"folder of PostgreSQL's programs; else searched for"},
    {"spool", KIND_TEXT, AT(spool), 0, 0, "/var/tmp",
	"folder of large bodies, in files without a name"},
    {"docs", KIND_TEXT, AT(docs), 0, 0, NULL,
	"folder of the renderer served at /docs"},
    {"log_level", KIND_TEXT, AT(log_level), 0, 0, "notice",
	"error, warning, notice or debug"},
    {"workers", KIND_NUMBER, AT(workers), 0, 256, "0",
	"serving processes; 0: one a core"},
    {"pool_fast", KIND_NUMBER, AT(pool_fast), 1, 64, "2",
	"a worker's database connections for short reads"},
    {"pool_write", KIND_NUMBER, AT(pool_write), 1, 64, "2", "... for changes"},
    {"pool_slow", KIND_NUMBER, AT(pool_slow), 1, 64, "1", "... for reports"},
    {"pool_depth", KIND_NUMBER, AT(pool_depth), 1, 64, "8",
	"requests under way on one of them"},
    {"pool_queue", KIND_NUMBER, AT(pool_queue), 1, 65536, "256",
	"requests that may wait in a lane of a worker; more get 503"},
    {"connections_max", KIND_NUMBER, AT(connections_max), 0, 1000000, "0",
	"clients of a worker; 0: by its descriptor limit"},
    {"per_address_max", KIND_NUMBER, AT(per_address_max), 0, 1000000, "0",
	"clients of a worker from one address; 0: any"},
    {"gzip_level", KIND_NUMBER, AT(gzip_level), 0, 9, "1",
	"how hard replies above 1 KiB are packed; 0: never"},
    {"rate_person", KIND_NUMBER, AT(rate_person), 0, RATE_MAX, "1200000",
	"requests of a person in a minute; 0: any"},
    {"rate_client", KIND_NUMBER, AT(rate_client), 0, RATE_MAX, "1200000",
	"... of a machine client"},
    {"rate_failed", KIND_NUMBER, AT(rate_failed), 0, RATE_MAX, "6000",
	"failed authentications of an address in a minute; 0: any"},
    {"drain_ms", KIND_NUMBER, AT(drain_ms), 0, 600000, "30000",
	"how long a stop waits for what is in flight"},
    {"access_token_s", KIND_NUMBER, AT(access_token_s), 60, 86400, "900",
	"how long a token of /oauth/token is valid, in seconds"},
    {"test_clock", KIND_BOOL, AT(test_clock), 0, 0, "off",
	"on: tests may move the time"},
};

const size_t setting_count = sizeof(settings) / sizeof(settings[0]);

static void *field_of(struct config *config, const struct setting *setting)
{
	return (char *)config + setting->offset;
}

static const void *value_of(
    const struct config *config, const struct setting *setting)
{
	return (const char *)config + setting->offset;
}

/* "pool_fast" as "--pool-fast" or "HEFBOOM_POOL_FAST". */
static char *spell(const char *prefix, const char *name, bool upper)
{
	char *text = memory_format("%s%s", prefix, name);
	char *c;

	for (c = text + strlen(prefix); *c != '\0'; c++) {
		if (upper)
			*c = (char)toupper((unsigned char)*c);
		else if (*c == '_')
			*c = '-';
	}
	return text;
}

char *setting_flag(const struct setting *setting)
{
	return spell("--", setting->name, false);
}

char *setting_variable(const struct setting *setting)
{
	return spell("HEFBOOM_", setting->name, true);
}

static bool is_text(const struct setting *setting)
{
	return setting->kind == KIND_TEXT || setting->kind == KIND_URL;
}

bool setting_is_file(const struct setting *setting)
{
	return setting->offset == AT(config);
}

static void set_text(
    struct config *config, const struct setting *setting, const char *value)
{
	const char **field = field_of(config, setting);

	if (*field != NULL && setting->kind == KIND_URL)
		memory_wipe((char *)*field, strlen(*field));
	free((void *)*field);
	*field = value == NULL ? NULL : memory_string(value);
}

static int read_number(
    const struct setting *setting, const char *value, unsigned *number)
{
	unsigned long wide;
	char *end;

	errno = 0;
	if (!isdigit((unsigned char)value[0]))
		return -1;
	wide = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || wide < setting->min ||
	    wide > setting->max)
		return -1;
	*number = (unsigned)wide;
	return 0;
}

static int read_bool(const char *value, bool *on)
{
	static const char *const words[] = {
	    "off", "on", "0", "1", "false", "true", "no", "yes"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(value, words[i]) == 0) {
			*on = i % 2 == 1;
			return 0;
		}
	}
	return -1;
}

int setting_set(struct config *config, const struct setting *setting,
    const char *value, const char *from, char **error)
{
	if (setting->kind == KIND_NUMBER) {
		if (read_number(setting, value, field_of(config, setting)) == 0)
			return 0;
		*error = memory_format("%s must be a number from %u to %u",
		    from, setting->min, setting->max);
		return -1;
	}
	if (setting->kind == KIND_BOOL) {
		if (read_bool(value, field_of(config, setting)) == 0)
			return 0;
		*error = memory_format("%s must be on or off", from);
		return -1;
	}
	if (value[0] == '\0') {
		*error = memory_format("%s is empty", from);
		return -1;
	}
	set_text(config, setting, value);
	return 0;
}

void config_release(struct config *config)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		if (is_text(&settings[i]))
			set_text(config, &settings[i], NULL);
	}
	memory_wipe(config, sizeof(*config));
}

const char *setting_fallback(const struct setting *setting)
{
	return setting->offset == AT(data) ? "./hefboom-data"
					   : setting->fallback;
}

void config_help(void)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		char *flag = setting_flag(&settings[i]);
		char *variable = setting_variable(&settings[i]);
		const char *fallback = setting_fallback(&settings[i]);

		printf("  %-17s %-23s %s%s%s%s\n", flag, variable,
		    settings[i].text, fallback == NULL ? "" : " (",
		    fallback == NULL ? "" : fallback,
		    fallback == NULL ? "" : ")");
		free(flag);
		free(variable);
	}
}

void config_print(const struct config *config)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		const void *value = value_of(config, &settings[i]);
		const char *text;

		printf("%s = ", settings[i].name);
		switch (settings[i].kind) {
		case KIND_NUMBER:
			printf("%u\n", *(const unsigned *)value);
			break;
		case KIND_BOOL:
			puts(*(const bool *)value ? "on" : "off");
			break;
		case KIND_TEXT:
		case KIND_URL:
			text = *(const char *const *)value;
			puts(text == NULL                      ? ""
				: settings[i].kind == KIND_URL ? "(set)"
							       : text);
			break;
		}
	}
}
