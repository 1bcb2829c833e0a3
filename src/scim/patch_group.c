#include "hefboom/scim_patch.h"

#include "scim/patch.h"

static void object_drop(void *object)
{
	json_decref(object);
}

static json_t *object_make(struct arena *arena)
{
	json_t *object = json_object();

	arena_defer(arena, object_drop, object);
	return object;
}

static bool text_apply(const struct scim_reading *reading,
    const struct scim_change *change, const char **text)
{
	const struct scim_attribute *attribute = change->path.attribute;
	const json_t *given = scim_unwrap(attribute, change->value);
	json_t *value = NULL;

	if (change->verb != SCIM_REMOVE && given != NULL &&
	    !scim_simple_read(
		reading, (struct scim_place){NULL, attribute}, given, &value))
		return false;
	if (value == NULL && attribute->required)
		return scim_refuse(reading,
		    change->verb == SCIM_REMOVE ? "scim_mutability"
						: "scim_invalid_value",
		    "%s: is required", attribute->name);
	*text = value == NULL
	    ? NULL
	    : arena_string(reading->arena, json_string_value(value));
	json_decref(value);
	return true;
}

static void nobody_stays(struct scim_group_change *group)
{
	group->members_replaced = true;
	group->removed_where_count = 0;
	json_object_clear(group->added);
	json_object_clear(group->removed);
}

static void id_add(void *context, const char *id)
{
	struct scim_group_change *group = context;

	json_object_set_new_nocheck(group->added, id, json_true());
	json_object_del(group->removed, id);
}

static void id_remove(void *context, const char *id)
{
	struct scim_group_change *group = context;

	json_object_del(group->added, id);
	if (!group->members_replaced)
		json_object_set_new_nocheck(group->removed, id, json_true());
}

static bool filter_remove(const struct scim_reading *reading,
    const struct scim_filter *filter, struct scim_group_change *group)
{
	const struct scim_attribute *part;
	struct scim_values values = {0};
	char id[SCIM_ID_SIZE];

	if (scim_filter_is_any_of(filter, &part, &values) &&
	    strcmp(part->name, "value") == 0) {
		for (unsigned i = 0; i < values.count; i++) {
			if (scim_member_id(values.at[i], id))
				id_remove(group, id);
		}
		return true;
	}
	if (group->removed_where_count == SCIM_GROUP_FILTERS_MAX)
		return scim_refuse(reading, "scim_too_many",
		    "members: more than %d filters", SCIM_GROUP_FILTERS_MAX);
	group->removed_where[group->removed_where_count++] = filter;
	return true;
}

static bool members_apply(const struct scim_reading *reading,
    const struct scim_change *change, struct scim_group_change *group)
{
	bool is_removal = change->verb == SCIM_REMOVE;

	if (change->verb == SCIM_REPLACE ||
	    (is_removal &&
		(change->value == NULL || json_is_null(change->value))))
		nobody_stays(group);
	if (change->value == NULL)
		return true;
	return scim_members_read(reading, change->value, is_removal,
	    is_removal ? id_remove : id_add, group);
}

/* A member's value never changes: it comes and goes whole. */
static bool member_apply(const struct scim_reading *reading,
    const struct scim_change *change, struct scim_group_change *group)
{
	const struct scim_path *path = &change->path;
	bool is_removal = change->verb == SCIM_REMOVE;
	bool is_whole =
	    path->part == NULL || strcmp(path->part->name, "value") == 0;

	if (is_whole && path->filter != NULL && is_removal)
		return filter_remove(reading, path->filter, group);
	if (path->part == NULL && path->filter == NULL)
		return members_apply(reading, change, group);
	if (is_whole && path->filter == NULL && change->verb != SCIM_REPLACE &&
	    change->value != NULL && !json_is_null(change->value))
		return members_apply(reading, change, group);
	return scim_refuse(reading, "scim_mutability",
	    "members: are added and removed, not changed");
}

static bool group_apply(const struct scim_reading *reading,
    const struct scim_change *change, void *context)
{
	struct scim_group_change *group = context;

	if (change->path.attribute->multi_valued)
		return member_apply(reading, change, group);
	if (change->path.attribute->required) {
		group->has_display_name = true;
		return text_apply(reading, change, &group->display_name);
	}
	group->has_external_id = true;
	return text_apply(reading, change, &group->external_id);
}

int scim_patch_group(const json_t *body, struct arena *arena,
    struct scim_group_change *change, struct scim_fault *fault)
{
	struct scim_reading reading = {&scim_group, arena, fault, NULL};

	*fault = (struct scim_fault){0};
	*change = (struct scim_group_change){
	    .added = object_make(arena),
	    .removed = object_make(arena),
	    .removed_where = arena_alloc(
		arena, SCIM_GROUP_FILTERS_MAX * sizeof(*change->removed_where)),
	};
	return scim_patch_walk(&reading, body, group_apply, change) ? 0 : -1;
}
