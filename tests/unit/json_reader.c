/*
 * json_reader -- what json_read() makes of documents, for other programs.
 *
 * Reads documents from its input, each after a line with its length in
 * bytes, and answers each with a line: the value as JSON, or the fault's
 * number behind a "!".
 */
#include <stdbool.h>
#include <jansson.h>

#include "hefboom/json.h"
#include "hefboom/memory.h"

static bool length_read(size_t *length)
{
	char line[32], *end;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	*length = strtoul(line, &end, 10);
	return end > line && *end == '\n';
}

int main(void)
{
	enum json_fault fault;
	size_t length, offset;
	json_t *value;
	char *bytes, *text;

	while (length_read(&length)) {
		bytes = memory_alloc(length + 1);
		if (fread(bytes, 1, length, stdin) != length)
			return 1;
		value = json_read(bytes, length, &fault, &offset);
		if (value != NULL) {
			text = json_dumps(value, JSON_REAL_PRECISION(17));
			puts(text);
			free(text);
		} else {
			printf("!%d\n", (int)fault);
		}
		json_decref(value);
		free(bytes);
	}
	return 0;
}
