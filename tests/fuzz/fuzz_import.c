/*
 * fuzz_import -- a people file's rows, as lines of COPY.
 *
 * Whatever a field holds, a row is one line of 17 columns: no field becomes a
 * column, a row or a null that it does not spell, and a row that is refused
 * adds nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "import_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

/* COPY's text format: what stands behind a backslash. */
static void line_check(const char *line, size_t length)
{
	unsigned tabs = 0;

	demand(length > 0 && line[length - 1] == '\n');
	for (size_t i = 0; i + 1 < length; i++) {
		demand(line[i] != '\n' && line[i] != '\r' && line[i] != '\0');
		tabs += line[i] == '\t';
		if (line[i] != '\\')
			continue;
		i++;
		demand(strchr("\\tnrN", line[i]) != NULL);
		if (line[i] == 'N')
			demand(line[i - 2] == '\t' &&
			    (line[i + 1] == '\t' || line[i + 1] == '\n'));
	}
	demand(tabs == IMPORT_COLUMNS);
}

static void rows_read(struct csv *csv)
{
	struct import_header header;
	struct buf line = {0};
	char *fault = import_header_read(&header, csv);

	while (fault == NULL && csv_next(csv) == 1) {
		size_t before;

		buf_add_string(&line, "x");
		before = line.length;
		fault = import_row_add(&line, &header, csv);
		if (fault != NULL)
			demand(line.length == before);
		else
			line_check(line.bytes + before, line.length - before);
		free(fault);
		fault = NULL;
	}
	free(fault);
	buf_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *error = NULL;
	struct csv *csv;
	FILE *file;

	if (size == 0)
		return 0;
	file = fmemopen((void *)(uintptr_t)bytes, size, "r");
	demand(file != NULL);
	csv = csv_new(file, &error);
	free(error);
	if (csv != NULL) {
		rows_read(csv);
		csv_free(csv);
	}
	return 0;
}
