#include "hefboom/demo.h"

#include "hefboom/link.h"
#include "hefboom/operation.h"

static int fail(struct link *link, const char *what)
{
	fprintf(stderr, "The demonstration was not loaded: %s: %s\n", what,
	    link_error(link));
	link_script(link, "rollback");
	return 1;
}

int demo_load(struct link *link)
{
	/* Nobody's token: what comes back is the organisation alone. */
	const char *const values[] = {"", "demo", ""};
	int count = link_statement(link, statement_find("find_caller"), values);

	if (count < 0)
		return fail(link, "looking for it");
	if (count > 0) {
		puts("The demonstration organisation is there already.");
		return 0;
	}
	if (link_script(link, "begin") < 0)
		return fail(link, "begin");
	for (size_t i = 0; i < demo_count; i++)
		if (link_script(link, demos[i].text) < 0)
			return fail(link, demos[i].name);
	if (link_script(link, "commit") < 0)
		return fail(link, "commit");
	if (link_script(link, "analyze") < 0)
		return fail(link, "analyze");
	puts("The demonstration organisation, 'demo', was loaded.");
	return 0;
}
