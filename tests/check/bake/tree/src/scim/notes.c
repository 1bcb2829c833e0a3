const struct problem *scim_list_notes(struct request *request)
{
	return reply_notes(request);
}

const struct problem *scim_get_note(struct request *request)
{
	return reply_note(request);
}

const struct problem *scim_patch_note(struct request *request)
{
	return change_note(request);
}
