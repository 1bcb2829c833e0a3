/*
 * Of several that want to fetch, the compare-and-swap of the lease lets one.
 * The text is a sequence lock: whoever copied it while its version was odd,
 * or changed, copied nothing.
 */
#include "token_source.h"

#include <sys/mman.h>

#include "hefboom/buf.h"

struct shared_keys *shared_new(void)
{
	void *place = mmap(NULL, sizeof(struct shared_keys),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (place == MAP_FAILED)
		abort();
	return place;
}

void shared_free(struct shared_keys *shared)
{
	munmap(shared, sizeof(*shared));
}

bool shared_is_busy(const struct shared_keys *shared, int64_t now_ms)
{
	return atomic_load(&shared->lease_ms) > now_ms;
}

bool shared_begin(struct shared_keys *shared, _Atomic int64_t *moment,
    int64_t now_ms, int64_t wait_ms)
{
	int64_t lease = atomic_load(&shared->lease_ms);

	if (lease > now_ms ||
	    !atomic_compare_exchange_strong(
		&shared->lease_ms, &lease, now_ms + LEASE_MS))
		return false;
	if (atomic_load(moment) > now_ms) {
		atomic_store(&shared->lease_ms, 0);
		return false;
	}
	atomic_store(moment, now_ms + wait_ms);
	return true;
}

void shared_end(struct shared_keys *shared)
{
	atomic_store(&shared->lease_ms, 0);
	atomic_fetch_add(&shared->ended, 1);
}

void shared_write(struct shared_keys *shared, const struct buf *text)
{
	uint32_t odd = atomic_load(&shared->version) | 1;

	atomic_store(&shared->version, odd);
	atomic_thread_fence(memory_order_seq_cst);
	memcpy(shared->text, text->bytes, text->length);
	shared->length = (uint32_t)text->length;
	atomic_thread_fence(memory_order_seq_cst);
	atomic_store(&shared->version, odd + 1);
}

bool shared_read(
    const struct shared_keys *shared, struct buf *text, uint32_t *version)
{
	uint32_t before = atomic_load(&shared->version);
	size_t length;

	if (before % 2 == 1)
		return false;
	atomic_thread_fence(memory_order_seq_cst);
	length = shared->length;
	if (length <= SET_LENGTH_MAX)
		buf_add(text, shared->text, length);
	atomic_thread_fence(memory_order_seq_cst);
	*version = before;
	return atomic_load(&shared->version) == before;
}
