#include "hefboom/import.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/schema.h"
#include "import_row.h"

/*
 * The files go into temporary tables as they are, a row at a time, and
 * sql/statements/import_esco_*.sql decide there what is new, what is known
 * and what is the organisation's own.  Memory is bounded by the longest row.
 */

enum { COPY_BATCH = 1 << 16, BAR_WIDTH = 32, COLUMNS_MAX = 8 };

/* The columns of a kind of file; those with a `?` may be absent. */
struct shape {
	const char *copy;
	const char *columns[COLUMNS_MAX + 1];
};

static const struct shape concept_shape = {
    "copy incoming_concept (uri, concept, type, label, alternatives, hidden,"
    " description, status, language, rank) from stdin",
    {"conceptUri", "conceptType", "?skillType", "preferredLabel", "altLabels",
	"?hiddenLabels", "description", "?status"}};

static const struct shape broader_shape = {
    "copy incoming_broader (uri, parent_uri) from stdin",
    {"conceptUri", "broaderUri"}};

static const struct shape relation_shape = {
    "copy incoming_relation (uri, type, related_uri) from stdin",
    {"originalSkillUri", "relationType", "relatedSkillUri"}};

/* A file NAME.csv, or *NAME_XX.csv with its language. */
struct part {
	const char *name;
	const struct shape *shape;
	const char *rank; /* 0 makes concepts, 1 adds labels to them */
	bool is_required;
};

static const struct part parts[] = {
    {"skills", &concept_shape, "0", true},
    {"skillGroups", &concept_shape, "0", true},
    {"Collection", &concept_shape, "1", false},
    {"broaderRelationsSkillPillar", &broader_shape, NULL, true},
    {"skillSkillRelations", &relation_shape, NULL, true},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static const char *const steps[] = {"import_esco_concepts", "import_esco_plan",
    "import_esco_skills", "import_esco_labels", "import_esco_links",
    "import_esco_documents"};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

struct esco {
	struct link *link;
	const char *dir;
	char *org_id;
	struct dirent **files;
	int file_count;
	int done; /* of what the bar shows */
	bool has_bar;
	long created, adopted, merged, refused, known, changed;
};

static int say(const struct esco *esco, const char *name, const char *fault)
{
	if (esco->has_bar)
		fputs("\r\033[K", stderr);
	fprintf(
	    stderr, "%s%s%s: %s\n", esco->dir, name[0] ? "/" : "", name, fault);
	return -1;
}

static int say_link(const struct esco *esco, const char *name)
{
	return say(esco, name, link_error(esco->link));
}

static void show(struct esco *esco, const char *what)
{
	static const char full[] = "################################";
	int total = esco->file_count + STEPS;

	if (!esco->has_bar)
		return;
	fprintf(stderr, "\r\033[K[%-*.*s] %s", BAR_WIDTH,
	    BAR_WIDTH * esco->done / total, full, what);
	esco->done++;
}

/* The statements NAME, NAME.2, ...; each is told the organisation at most. */
static int run(struct esco *esco, const char *name)
{
	const struct statement *statement = statement_find(name);
	const char *const values[] = {esco->org_id};
	char next[64];

	assert(statement != NULL);
	for (int i = 2; statement != NULL; i++) {
		assert(statement->argument_count <= 1);
		if (link_statement(esco->link, statement, values) < 0)
			return say_link(esco, "");
		snprintf(next, sizeof(next), "%s.%d", name, i);
		statement = statement_find(next);
	}
	return 0;
}

static long number(struct esco *esco, int column)
{
	return strtol(link_value(esco->link, 0, column), NULL, 10);
}

/* NULL, or what is wrong with it (free it). */
static char *add_row(
    struct buf *lines, const struct csv *csv, const int *at, const char *rest)
{
	for (int i = 0; at[i] != -2; i++) {
		if (i > 0)
			buf_add_char(lines, '\t');
		if (at[i] < 0)
			continue;
		if (strcmp(csv_name(csv, at[i]), "description") != 0 &&
		    !import_names_are_plain(csv_field(csv, at[i])))
			return memory_format(
			    "row %lu: %s holds a control character",
			    csv_row(csv), csv_name(csv, at[i]));
		import_field_add(
		    lines, csv_field(csv, at[i]), csv_field_length(csv, at[i]));
	}
	buf_add_string(lines, rest);
	buf_add_char(lines, '\n');
	return NULL;
}

/* 0, or -1 with *fault or link_error(). */
static int send_rows(struct esco *esco, struct csv *csv, const int *at,
    const char *rest, char **fault)
{
	struct buf lines = {0};
	int got = 0, status = 0;

	while (status == 0 && *fault == NULL && (got = csv_next(csv)) == 1) {
		*fault = add_row(&lines, csv, at, rest);
		if (lines.length >= COPY_BATCH) {
			status = link_copy_data(
			    esco->link, lines.bytes, lines.length);
			buf_clear(&lines);
		}
	}
	if (got < 0)
		*fault = memory_string(csv_error(csv));
	else if (status == 0 && lines.length > 0)
		status = link_copy_data(esco->link, lines.bytes, lines.length);
	buf_release(&lines);
	return *fault == NULL ? status : -1;
}

/* Where the wanted columns are (-1: absent, -2: the end). */
static int find_columns(const struct esco *esco, const char *name,
    const struct shape *shape, const struct csv *csv, int *at)
{
	int i;

	for (i = 0; shape->columns[i] != NULL; i++) {
		bool is_optional = shape->columns[i][0] == '?';
		char *fault;

		at[i] = csv_column(csv, shape->columns[i] + is_optional);
		if (at[i] >= 0 || is_optional)
			continue;
		fault = memory_format("has no column %s", shape->columns[i]);
		say(esco, name, fault);
		free(fault);
		return -1;
	}
	at[i] = -2;
	return 0;
}

static int copy_rows(struct esco *esco, const struct part *part,
    const char *name, struct csv *csv)
{
	int at[COLUMNS_MAX + 1];
	char rest[16] = "", *fault = NULL;

	if (find_columns(esco, name, part->shape, csv, at) < 0)
		return -1;
	if (part->rank != NULL) /* ..._XX.csv: the language, and the rank */
		snprintf(rest, sizeof(rest), "\t%.2s\t%s",
		    name + strlen(name) - strlen("XX.csv"), part->rank);
	if (link_copy_begin(esco->link, part->shape->copy) < 0)
		return say_link(esco, name);
	if (send_rows(esco, csv, at, rest, &fault) == 0)
		return link_copy_end(esco->link) < 0 ? say_link(esco, name) : 0;
	say(esco, name, fault != NULL ? fault : link_error(esco->link));
	free(fault);
	return -1;
}

static int copy_file(
    struct esco *esco, const struct part *part, const char *name)
{
	char *path = memory_format("%s/%s", esco->dir, name);
	char *fault = NULL;
	struct csv *csv = csv_open(path, &fault);
	int status = -1;

	show(esco, name);
	if (csv == NULL)
		say(esco, name, fault);
	else
		status = copy_rows(esco, part, name, csv);
	csv_free(csv);
	free(fault);
	free(path);
	return status;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Is this file of that part? */
static bool belongs(const char *file, const struct part *part)
{
	const char *at = strstr(file, part->name);

	if (at == NULL || (at != file && strcmp(part->name, "Collection") != 0))
		return false;
	at += strlen(part->name);
	if (part->rank != NULL) {
		if (at[0] != '_' || !is_lower(at[1]) || !is_lower(at[2]))
			return false;
		at += 3;
	}
	return strcmp(at, ".csv") == 0;
}

static int is_ours(const struct dirent *file)
{
	for (const struct part *part = parts; part < parts + PARTS; part++)
		if (belongs(file->d_name, part))
			return 1;
	return 0;
}

static int read_files(struct esco *esco)
{
	esco->file_count = scandir(esco->dir, &esco->files, is_ours, alphasort);
	if (esco->file_count < 0) {
		esco->file_count = 0;
		return say(esco, "", strerror(errno));
	}
	for (const struct part *part = parts; part < parts + PARTS; part++) {
		bool is_there = false;

		for (int i = 0; i < esco->file_count; i++) {
			const char *name = esco->files[i]->d_name;

			if (!belongs(name, part))
				continue;
			is_there = true;
			if (copy_file(esco, part, name) < 0)
				return -1;
		}
		if (!is_there && part->is_required) {
			char *name = memory_format("%s%s.csv", part->name,
			    part->rank != NULL ? "_XX" : "");

			say(esco, name, "there is no such file");
			free(name);
			return -1;
		}
	}
	return 0;
}

static int carry_out(struct esco *esco)
{
	for (int i = 0; i < STEPS; i++) {
		show(esco, steps[i] + strlen("import_esco_"));
		if (run(esco, steps[i]) < 0)
			return -1;
		if (strcmp(steps[i], "import_esco_plan") == 0) {
			esco->created = number(esco, 0);
			esco->adopted = number(esco, 1);
			esco->merged = number(esco, 2);
			esco->refused = number(esco, 3);
			esco->known = number(esco, 4);
		} else if (strcmp(steps[i], "import_esco_links") == 0) {
			esco->changed = number(esco, 0);
			if (esco->changed == 0)
				break;
		}
	}
	if (link_script(esco->link, "commit") < 0)
		return say_link(esco, "");
	/* The search reads the index's pending list until it is merged. */
	if (esco->changed > 0 &&
	    link_script(esco->link,
		"vacuum analyze skill, skill_label,"
		" skill_name, skill_parent, skill_relation, skill_reference") <
		0)
		return say_link(esco, "");
	return 0;
}

static void report(const struct esco *esco)
{
	long concepts = esco->created + esco->adopted + esco->merged +
	    esco->refused + esco->known;
	long updated = esco->changed - esco->created - esco->adopted;

	if (esco->has_bar)
		fputs("\r\033[K", stderr);
	if (esco->changed == 0)
		printf("Nothing changed: %ld concepts.\n", concepts);
	else
		printf("ESCO: %ld concepts; %ld new, %ld joined to skills of "
		       "your own, %ld changed, %ld as they were.\n",
		    concepts, esco->created, esco->adopted, updated,
		    esco->known - updated);
	if (esco->merged > 0)
		printf("%ld left alone: you merged them.\n", esco->merged);
	if (esco->refused > 0)
		printf("%ld left out: other skills carry their names.\n",
		    esco->refused);
}

static int find_org(struct esco *esco, const char *org)
{
	/* Nobody's token: what comes back is the organisation alone. */
	const char *const values[] = {"", org, ""};
	int count =
	    link_statement(esco->link, statement_find("find_caller"), values);

	if (count < 0)
		return say_link(esco, "");
	if (count == 0) {
		fprintf(stderr,
		    "There is no organisation '%s'; hefboom org "
		    "create makes one.\n",
		    org);
		return -1;
	}
	esco->org_id = memory_string(link_value(esco->link, 0, 0));
	return run(esco, "lock_import");
}

int import_esco(struct link *link, const char *dir, const char *org)
{
	struct esco esco = {.link = link, .dir = dir};
	int status = 1;

	esco.has_bar = isatty(STDERR_FILENO);
	if (link_script(link, "begin; set local jit = off") < 0)
		say_link(&esco, "");
	else if (find_org(&esco, org) == 0 &&
	    run(&esco, "import_esco_tables") == 0 && read_files(&esco) == 0 &&
	    carry_out(&esco) == 0)
		status = 0;
	if (status == 0)
		report(&esco);
	else
		link_script(link, "rollback");
	while (esco.file_count > 0)
		free(esco.files[--esco.file_count]);
	free(esco.files);
	free(esco.org_id);
	return status;
}
