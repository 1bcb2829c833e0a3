const struct problem *count_notes(struct request *request)
{
	return reply_count(request);
}
