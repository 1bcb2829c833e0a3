#include "hefboom/machine.h"

#include <sys/mman.h>

struct machine *machine_get(void)
{
	static struct machine *machine;
	void *memory;

	if (machine != NULL)
		return machine;
	memory = mmap(NULL, sizeof(*machine), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED)
		machine = memory;
	return machine;
}
