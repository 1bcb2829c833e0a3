#include "hefboom/random.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "hefboom/clock.h"

enum { STOCK = 4096 - sizeof(size_t) };

/* On a page that the kernel empties in a child, `left` included. */
struct stock {
	size_t left;
	unsigned char bytes[STOCK];
};

static struct stock *stock;

static void stock_make(void)
{
	stock = mmap(NULL, sizeof(*stock), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stock == MAP_FAILED ||
	    madvise(stock, sizeof(*stock), MADV_WIPEONFORK) < 0)
		abort();
}

static void fill(unsigned char *out, size_t length)
{
	ssize_t got;

	while (length > 0) {
		got = getrandom(out, length, 0);
		if (got < 0 && errno != EINTR)
			abort();
		if (got > 0) {
			out += got;
			length -= (size_t)got;
		}
	}
}

void random_bytes(void *out, size_t length)
{
	unsigned char *at = out;

	if (length > STOCK) {
		fill(out, length);
		return;
	}
	if (stock == NULL)
		stock_make();
	if (stock->left < length) {
		fill(stock->bytes, STOCK);
		stock->left = STOCK;
	}
	stock->left -= length;
	memcpy(at, stock->bytes + stock->left, length);
	explicit_bzero(stock->bytes + stock->left, length);
}

static void write_uuid(char *at, unsigned char bytes[16], unsigned version)
{
	static const char hex[] = "0123456789abcdef";

	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | version << 4);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 15];
	}
	*at = '\0';
}

void uuid_new(char out[37])
{
	unsigned char bytes[16];
	uint64_t ms = (uint64_t)clock_wall_ms();

	random_bytes(bytes + 6, 10);
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
	write_uuid(out, bytes, 7);
}

void uuid_undated(char out[37])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof(bytes));
	write_uuid(out, bytes, 4);
}
