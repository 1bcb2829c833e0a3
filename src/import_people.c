#include "hefboom/import.h"

#include <assert.h>
#include <stdbool.h>

#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "import_row.h"

/*
 * What a file means.  A person is known by external_id, or by user_name where
 * one side has no external_id; a team by its name.  An empty field leaves
 * things as they are, and whoever is not in the file is left alone.  Each row
 * with a team, manager, title or date is an employment: the one that starts
 * on start_on, or the present one where the row does not say; a new primary
 * one ends the one before it.  end_on is the last day.
 *
 * All rows go into a temporary table, and everything else is decided there
 * at once: a manager may come later in the file, and a hundred thousand rows
 * cost a dozen statements.  First it is planned, then looked for faults,
 * then done.
 */

enum { FAULTS_MAX = 20, COPY_BATCH = 1 << 16 };

struct import {
	struct link *link;
	const char *file;
	char *org_id;
	unsigned long rows;
	int faults;
};

static int say(const struct import *import, const char *fault)
{
	fprintf(stderr, "%s: %s\n", import->file, fault);
	return -1;
}

static int say_link(const struct import *import)
{
	return say(import, link_error(import->link));
}

static void say_row(struct import *import, const char *row, const char *fault)
{
	if (import->faults++ < FAULTS_MAX)
		fprintf(stderr, "%s: row %s: %s\n", import->file, row, fault);
	else if (import->faults == FAULTS_MAX + 1)
		fprintf(stderr, "%s: and more\n", import->file);
}

/* Every statement of an import is told the organisation and no more. */
static int run(struct import *import, const char *name)
{
	const struct statement *statement = statement_find(name);
	const char *values[2] = {NULL};
	char limit[16];

	assert(statement != NULL && statement->argument_count <= 2);
	snprintf(limit, sizeof(limit), "%d", FAULTS_MAX + 1);
	for (int i = 0; i < statement->argument_count; i++)
		values[i] = statement->arguments[i].source == SOURCE_AUTH_ORG
		    ? import->org_id
		    : limit;
	return link_statement(import->link, statement, values);
}

static long number(struct import *import, int column)
{
	return strtol(link_value(import->link, 0, column), NULL, 10);
}

/* Faults in rows are said, and reading goes on; -1: it cannot. */
static int copy_rows(
    struct import *import, struct csv *csv, const struct import_header *header)
{
	struct buf lines = {0};
	int got, status = 0;

	while (status == 0 && (got = csv_next(csv)) == 1) {
		char *fault = import_row_add(&lines, header, csv);
		char row[24];

		if (fault != NULL) {
			snprintf(row, sizeof(row), "%lu", csv_row(csv));
			say_row(import, row, fault);
			free(fault);
		}
		import->rows++;
		if (lines.length >= COPY_BATCH) {
			status = link_copy_data(
			    import->link, lines.bytes, lines.length);
			buf_clear(&lines);
		}
	}
	if (status == 0 && got < 0) {
		import->faults++;
		say(import, csv_error(csv));
	} else if (status == 0 && lines.length > 0)
		status =
		    link_copy_data(import->link, lines.bytes, lines.length);
	buf_release(&lines);
	return status;
}

static int read_file(struct import *import)
{
	struct import_header header;
	char *fault = NULL;
	struct csv *csv = csv_open(import->file, &fault);
	int status = -1;

	if (csv != NULL)
		fault = import_header_read(&header, csv);
	if (fault != NULL) {
		say(import, fault);
		free(fault);
		csv_free(csv);
		return -1;
	}
	if (run(import, "import_people_tables") < 0 ||
	    link_copy_begin(import->link, import_row_copy) < 0 ||
	    copy_rows(import, csv, &header) < 0 ||
	    link_copy_end(import->link) < 0)
		say_link(import);
	else
		status = import->faults == 0 ? 0 : -1;
	csv_free(csv);
	return status;
}

/* 0 when there are none. */
static int look_for_faults(struct import *import, const char *name)
{
	int count = run(import, name);

	if (count < 0)
		return say_link(import);
	for (int i = 0; i < count; i++)
		say_row(import, link_value(import->link, i, 0),
		    link_value(import->link, i, 1));
	return count > 0 ? -1 : 0;
}

static int plan(struct import *import)
{
	static const char *const steps[] = {"import_people_persons",
	    "import_people_teams", "import_people_employments"};
	static const char *const analyses[] = {"analyze incoming_person",
	    "analyze incoming_team", "analyze incoming_employment"};

	if (link_script(import->link, "analyze incoming_row") < 0)
		return say_link(import);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (run(import, steps[i]) < 0 ||
		    link_script(import->link, analyses[i]) < 0)
			return say_link(import);
	return look_for_faults(import, "import_people_faults");
}

/* The constraint that says so knows no rows; the plan does. */
static int explain(struct import *import)
{
	const char *constraint = link_constraint(import->link);

	if (strcmp(constraint, "team_cycle") == 0)
		return say(import, "the team_parents lead in a circle");
	if (strcmp(constraint, "manager_cycle") != 0)
		return say_link(import);
	if (link_script(import->link, "rollback to planned") < 0)
		return say_link(import);
	if (look_for_faults(import, "import_people_circle") == 0)
		say(import, "the managers lead in a circle");
	return -1;
}

static int carry_out(struct import *import)
{
	static const char *const employments[] = {
	    "import_people_end_employments", "import_people_change_employments",
	    "import_people_put_employments"};
	long teams, teams_changed, created, changed, persons;

	if (link_script(import->link, "savepoint planned") < 0)
		return say_link(import);
	if (run(import, "import_people_put_teams") < 0)
		return explain(import);
	teams = number(import, 0);
	teams_changed = number(import, 1);
	if (run(import, "import_people_put_persons") < 0)
		return explain(import);
	created = number(import, 0);
	for (size_t i = 0; i < sizeof(employments) / sizeof(*employments); i++)
		if (run(import, employments[i]) < 0)
			return explain(import);
	if (run(import, "import_people_change_persons") < 0)
		return explain(import);
	changed = number(import, 0);
	persons = number(import, 1);
	if (run(import, "import_people_date") < 0 ||
	    link_script(import->link, "commit") < 0)
		return say_link(import);
	/* Statements that are prepared keep the plan of an empty table. */
	if (persons > 0 &&
	    link_script(import->link, "analyze person, team, employment") < 0)
		return say_link(import);
	if (teams + teams_changed + created + changed == 0)
		printf("Nothing changed: %lu rows about %ld people.\n",
		    import->rows, persons);
	else
		printf("People: %ld new, %ld changed, %ld as they were. "
		       "Teams: %ld new, %ld changed.\n",
		    created, changed, persons - created - changed, teams,
		    teams_changed);
	return 0;
}

static int find_org(struct import *import, const char *org)
{
	/* Nobody's token: what comes back is the organisation alone. */
	const char *const values[] = {"", org, ""};
	int count =
	    link_statement(import->link, statement_find("find_caller"), values);

	if (count < 0)
		return say_link(import);
	if (count == 0) {
		fprintf(stderr,
		    "There is no organisation '%s'; hefboom org "
		    "create makes one.\n",
		    org);
		return -1;
	}
	import->org_id = memory_string(link_value(import->link, 0, 0));
	return run(import, "lock_import") < 0 ? say_link(import) : 0;
}

int import_people(struct link *link, const char *file, const char *org)
{
	struct import import = {.link = link, .file = file};
	int status = 1;

	if (link_script(link,
		"begin; set local jit = off; "
		"set local enable_nestloop = off") < 0)
		say_link(&import);
	else if (find_org(&import, org) == 0 && read_file(&import) == 0 &&
	    plan(&import) == 0 && carry_out(&import) == 0)
		status = 0;
	if (status != 0)
		link_script(link, "rollback");
	free(import.org_id);
	return status;
}
