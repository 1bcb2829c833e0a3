#include "hefboom/fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"

struct fetch {
	struct fetch *before, *next;
	struct fetcher *fetcher;
	CURL *easy;
	fetch_fn *done;
	void *context;
	struct buf body;
	size_t header_bytes;
	int64_t max_age_s;
	bool plain;
	bool refused; /* an address was */
	bool too_long;
	char error[CURL_ERROR_SIZE];
};

struct fetcher {
	struct event_base *base;
	struct event *timer;
	CURLM *multi;
	const struct networks *networks;
	char *ca_file;
	struct fetch *first;
};

static void fetch_free(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;

	if (fetch->before != NULL)
		fetch->before->next = fetch->next;
	else
		fetcher->first = fetch->next;
	if (fetch->next != NULL)
		fetch->next->before = fetch->before;
	curl_multi_remove_handle(fetcher->multi, fetch->easy);
	curl_easy_cleanup(fetch->easy);
	buf_release(&fetch->body);
	free(fetch);
}

static const char *fault_of(const struct fetch *fetch, CURLcode code)
{
	const char *type = NULL;
	long status = 0;

	if (fetch->too_long)
		return "it is too long";
	if (code == CURLE_COULDNT_CONNECT && fetch->refused)
		return "its address is not allowed";
	if (code != CURLE_OK)
		return fetch->error[0] != '\0' ? fetch->error
					       : curl_easy_strerror(code);
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(fetch->easy, CURLINFO_CONTENT_TYPE, &type);
	if (status != 200)
		return status >= 300 && status < 400
		    ? "it is answered by a redirect"
		    : "it is answered with another status than 200";
	return type_is_json(type) ? NULL : "it is not application/json";
}

static void fetch_end(struct fetch *fetch, CURLcode code)
{
	struct fetch_reply reply = {.fault = fault_of(fetch, code),
	    .bytes = fetch->body.bytes,
	    .length = fetch->body.length,
	    .max_age_s = fetch->max_age_s};

	fetch->done(fetch->context, &reply);
	fetch_free(fetch);
}

static void fetcher_look(struct fetcher *fetcher)
{
	const CURLMsg *message;
	struct fetch *fetch;
	int left;

	while (
	    (message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
		fetch_end(fetch, code);
	}
}

static void on_timer(evutil_socket_t descriptor, short what, void *context)
{
	struct fetcher *fetcher = context;
	int running;

	(void)descriptor;
	(void)what;
	curl_multi_socket_action(
	    fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	fetcher_look(fetcher);
}

static void on_socket(evutil_socket_t descriptor, short what, void *context)
{
	struct fetcher *fetcher = context;
	int flags = 0, running;

	if (what & EV_READ)
		flags |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(fetcher->multi, descriptor, flags, &running);
	fetcher_look(fetcher);
}

/* libcurl's wish to be woken; never from here, for it is in the midst. */
static int want_time(CURLM *multi, long wait_ms, void *context)
{
	struct fetcher *fetcher = context;
	struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

	(void)multi;
	if (wait_ms < 0)
		event_del(fetcher->timer);
	else
		event_add(fetcher->timer, &wait);
	return 0;
}

static int want_socket(
    CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
	struct fetcher *fetcher = context;
	struct event *event = assigned;
	short kinds = EV_PERSIST;

	(void)easy;
	if (event != NULL)
		event_free(event);
	event = NULL;
	if (what & CURL_POLL_IN)
		kinds |= EV_READ;
	if (what & CURL_POLL_OUT)
		kinds |= EV_WRITE;
	if (what != CURL_POLL_REMOVE) {
		event =
		    event_new(fetcher->base, socket, kinds, on_socket, fetcher);
		assert(event != NULL);
		event_add(event, NULL);
	}
	curl_multi_assign(fetcher->multi, socket, event);
	return 0;
}

/* The last moment, and the only address that it can be. */
static curl_socket_t open_socket(
    void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch *fetch = context;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !address_is_allowed(
		fetch->fetcher->networks, &address->addr, fetch->plain)) {
		fetch->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct fetch *fetch = context;
	size_t length = size * count;

	if (length > FETCH_LENGTH_MAX - fetch->body.length) {
		fetch->too_long = true;
		return 0;
	}
	buf_add(&fetch->body, bytes, length);
	return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	static const char name[] = "cache-control:";
	struct fetch *fetch = context;
	size_t length = size * count, before = sizeof(name) - 1;
	int64_t seconds;

	fetch->header_bytes += length;
	if (fetch->header_bytes > FETCH_HEADERS_MAX) {
		fetch->too_long = true;
		return 0;
	}
	if (length < before || strncasecmp(bytes, name, before) != 0)
		return length;
	seconds = cache_control_read(bytes + before, length - before);
	if (seconds >= 0 &&
	    (fetch->max_age_s < 0 || seconds < fetch->max_age_s))
		fetch->max_age_s = seconds;
	return length;
}

static void set_limits(struct fetch *fetch)
{
	CURL *easy = fetch->easy;

	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)FETCH_MS);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)FETCH_LENGTH_MAX);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(
	    easy, CURLOPT_PROTOCOLS_STR, fetch->plain ? "http" : "https");
	/* Neither what the environment says, nor what another fetch left. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs is left behind, not waited for. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (fetch->fetcher->ca_file != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, fetch->fetcher->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

static void set_calls(struct fetch *fetch, const char *url)
{
	CURL *easy = fetch->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->error);
	curl_easy_setopt(
	    easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "hefboom");
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
}

void fetch_start(
    struct fetcher *fetcher, const char *url, fetch_fn *done, void *context)
{
	struct fetch *fetch = memory_zero(1, sizeof(*fetch));

	fetch->fetcher = fetcher;
	fetch->done = done;
	fetch->context = context;
	fetch->max_age_s = -1;
	fetch->plain = fetch_url_is_plain(url);
	fetch->easy = curl_easy_init();
	if (fetch->easy == NULL)
		abort();
	fetch->next = fetcher->first;
	if (fetch->next != NULL)
		fetch->next->before = fetch;
	fetcher->first = fetch;
	set_calls(fetch, url);
	set_limits(fetch);
	if (curl_multi_add_handle(fetcher->multi, fetch->easy) != CURLM_OK)
		abort();
}

struct fetcher *fetcher_new(struct event_base *base,
    const struct networks *networks, const char *ca_file)
{
	struct fetcher *fetcher = memory_zero(1, sizeof(*fetcher));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	fetcher->base = base;
	fetcher->networks = networks;
	fetcher->ca_file = ca_file == NULL ? NULL : memory_string(ca_file);
	fetcher->timer = event_new(base, -1, 0, on_timer, fetcher);
	fetcher->multi = curl_multi_init();
	if (fetcher->timer == NULL || fetcher->multi == NULL)
		abort();
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, want_time);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	struct fetch *fetch, *next;

	if (fetcher == NULL)
		return;
	for (fetch = fetcher->first; fetch != NULL; fetch = next) {
		next = fetch->next;
		fetch_free(fetch);
	}
	curl_multi_cleanup(fetcher->multi);
	event_free(fetcher->timer);
	free(fetcher->ca_file);
	free(fetcher);
	curl_global_cleanup();
}
