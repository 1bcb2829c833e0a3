/*
 * Runs the official JSON Schema test suite: schema_suite FOLDER.  Its exit
 * is 0 when every case of every file gave the expected answer.  Groups that
 * need what we do not have are written down here one by one, so that
 * another one cannot slip in.
 */
#include <dirent.h>
#include <stdbool.h>
#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/memory.h"
#include "hefboom/schema.h"

static const struct {
	const char *file, *group, *why;
} outside[] = {
    {"ref.json", "remote ref, containing refs itself",
	"only what is in the same document can be referred to"},
};

static size_t cases, passed, omitted;

static const char *reason_outside(const char *file, const char *group)
{
	for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
		if (strcmp(file, outside[i].file) == 0 &&
		    strcmp(group, outside[i].group) == 0)
			return outside[i].why;
	}
	return NULL;
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void run_case(const struct schema *schema, const char *file,
    const char *group, const json_t *one)
{
	const json_t *value = json_object_get(one, "data");
	bool expected = json_is_true(json_object_get(one, "valid"));
	const struct schema_error *error;
	struct arena arena;

	arena_init(&arena);
	cases++;
	error = schema_validate(schema, value, &arena);
	if ((error == NULL) == expected)
		passed++;
	else
		printf("%s: %s: %s: %s\n", file, group,
		    member(one, "description"),
		    error == NULL ? "was let through" : error->code);
	arena_release(&arena);
}

static void run_group(const char *file, const json_t *group)
{
	const char *name = member(group, "description");
	const json_t *tests = json_object_get(group, "tests");
	const char *why = reason_outside(file, name);
	struct schema_set *set = schema_set_new();
	const struct schema *schema;
	char *error;
	json_t *one;
	size_t i;

	schema =
	    schema_compile(set, json_object_get(group, "schema"), "", &error);
	if (schema != NULL) {
		json_array_foreach(tests, i, one)
		    run_case(schema, file, name, one);
	} else if (why != NULL) {
		omitted += json_array_size(tests);
		printf("out of scope: %s: %s: %zu cases: %s\n", file, name,
		    json_array_size(tests), why);
	} else {
		cases += json_array_size(tests);
		printf("%s: %s: %s\n", file, name, error);
	}
	free(error);
	schema_set_free(set);
}

static bool run_file(const char *path, const char *file)
{
	json_error_t error;
	json_t *groups, *group;
	size_t i;

	groups = json_load_file(path, JSON_ALLOW_NUL, &error);
	if (groups == NULL) {
		printf("%s: %s\n", path, error.text);
		return false;
	}
	json_array_foreach(groups, i, group) run_group(file, group);
	json_decref(groups);
	return true;
}

static bool run_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	bool read = count > 0;
	const char *name, *end;
	char *path;

	for (int i = 0; i < count; i++) {
		name = entries[i]->d_name;
		end = strrchr(name, '.');
		path = memory_format("%s/%s", folder, name);
		if (*name != '.' && end == NULL)
			read = run_folder(path) && read;
		else if (*name != '.' && strcmp(end, ".json") == 0)
			read = run_file(path, name) && read;
		free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return read;
}

int main(int argc, char **argv)
{
	bool read;

	if (argc != 2) {
		fprintf(stderr, "usage: schema_suite FOLDER\n");
		return 2;
	}
	read = run_folder(argv[1]);
	printf("schema suite: %zu of %zu cases, %zu out of scope\n", passed,
	    cases, omitted);
	return read && cases > 0 && passed == cases ? 0 : 1;
}
