#include "command.h"

#include <fcntl.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/memory.h"

#ifndef HEFBOOM_VERSION
#define HEFBOOM_VERSION "0"
#endif

static command_fn print_manual;

static const struct command commands[] = {
    {"serve", "", "start everything: the database, the workers, the jobs", "",
	0, command_serve},
    {"migrate", "", "bring the database up to date", "", 0, command_migrate},
    {"token",
	"--org NAME (--person NAME --role ROLE ... | --client NAME) "
	"[--scope SCOPE ...] [--ttl 1h]",
	"print a token that the server accepts",
	"org person client role scope ttl", 0, command_token},
    {"client create",
	"NAME --org NAME --scope SCOPE ... [--expect-every MINUTES]",
	"make a machine client, and print its id", "org scope expect-every", 1,
	command_client_create},
    {"client list", "--org NAME", "print the machine clients", "org", 0,
	command_client_list},
    {"client secret", "CLIENT --org NAME [--expires 90d]",
	"print a new secret for /oauth/token, this once", "org expires", 1,
	command_client_secret},
    {"client token", "CLIENT --org NAME [--expires 90d]",
	"print a new bearer token to paste, this once", "org expires", 1,
	command_client_token},
    {"client revoke", "CLIENT --org NAME [--credential ID|HINT]",
	"shut a client out, or make one credential void", "org credential", 1,
	command_client_revoke},
    {"demo load", "", "fill the organisation `demo`, which is invented", "", 0,
	command_demo_load},
    {"org create", "NAME [--title TITLE] [--language nl] [--zone ZONE]",
	"make an organisation", "title language zone", 1, command_org_create},
    {"import people", "FILE --org NAME",
	"people, teams and employments from a CSV file", "org", 1,
	command_import_people},
    {"import esco", "DIR --org NAME",
	"skills from the European Commission's CSV files", "org", 1,
	command_import_esco},
    {"openapi", "", "print the API's document", "", 0, command_openapi},
    {"check-config", "", "read every setting, print them, start nothing", "", 0,
	command_check_config},
    {"ready", "", "ask the server that listens here whether it is ready", "", 0,
	command_ready},
    {"manual", "", "print the manual page, for man -l -", "", 0, print_manual},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int print_manual(struct invocation *invocation)
{
	(void)invocation;
	command_manual(commands, COMMANDS);
	return 0;
}

bool option_is(const struct option_given *option, const char *name)
{
	return strlen(name) == option->length &&
	    memcmp(option->name, name, option->length) == 0;
}

const char *command_option(
    const struct invocation *invocation, const char *name)
{
	int i;

	for (i = invocation->option_count - 1; i >= 0; i--) {
		if (option_is(&invocation->options[i], name))
			return invocation->options[i].value;
	}
	return NULL;
}

int command_fail(int status, char *sentence)
{
	fprintf(
	    stderr, "hefboom: %s\n", sentence == NULL ? "it failed" : sentence);
	free(sentence);
	return status;
}

static void help_all(void)
{
	size_t i;

	puts("hefboom -- peer learning as a JSON service\n\nCommands:\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-15s %s\n", commands[i].name, commands[i].summary);
	puts("\n  --version       print the version"
	     "\n  help COMMAND    print what a command takes"
	     "\n\nSettings, as a flag, from the environment, or by the same "
	     "name in small\nletters in the file that HEFBOOM_CONFIG names:\n");
	config_help();
}

static void help_one(const struct command *command)
{
	printf("hefboom %s %s\n\n%s\n\nSettings may follow as flags; hefboom "
	       "--help lists them.\n",
	    command->name, command->arguments, command->summary);
}

/* How many of the words are the command's name; 0 when they are not. */
static int count_name(const char *name, int count, char **words)
{
	int used = 0;

	for (; used < count; used++) {
		size_t length = strcspn(name, " ");

		if (strlen(words[used]) != length ||
		    memcmp(words[used], name, length) != 0)
			return 0;
		name += length;
		if (*name == '\0')
			return used + 1;
		name++;
	}
	return 0;
}

static const struct command *command_find(int count, char **words, int *used)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		*used = count_name(commands[i].name, count, words);
		if (*used > 0)
			return &commands[i];
	}
	return NULL;
}

/* The option's name in the command's list, or NULL. */
static const char *find_option(const struct command *command, const char *flag)
{
	size_t length = strcspn(flag, "=") - 2;
	const char *name = command->options;

	for (; *name != '\0'; name += strcspn(name, " ")) {
		name += strspn(name, " ");
		if (strcspn(name, " ") == length &&
		    memcmp(name, flag + 2, length) == 0)
			return name;
	}
	return NULL;
}

static void keep_word(
    struct invocation *invocation, const char *option, char *flag, char *value)
{
	if (option == NULL) {
		invocation->flags[invocation->flag_count++] = flag;
		if (strchr(flag, '=') == NULL)
			invocation->flags[invocation->flag_count++] = value;
	} else
		invocation->options[invocation->option_count++] =
		    (struct option_given){option, strcspn(option, " "), value};
}

/* Sorts the words into options, settings and what is left. */
static int sort_words(struct invocation *invocation,
    const struct command *command, int count, char **words, char **error)
{
	const char *option;
	int i;

	for (i = 0; i < count; i++) {
		char *word = words[i], *value;

		if (strncmp(word, "--", 2) != 0) {
			if (invocation->word_count == WORDS_MAX)
				break;
			invocation->words[invocation->word_count++] = word;
			continue;
		}
		if (invocation->option_count == OPTIONS_MAX)
			break;
		option = find_option(command, word);
		value = strchr(word, '=');
		value = value == NULL ? words[++i] : value + 1;
		/* A setting's own reader says whether there is such a one. */
		if (i == count && option != NULL) {
			*error = memory_format("%s needs a value", word);
			return -1;
		}
		keep_word(invocation, option, word, value);
	}
	if (i >= count && invocation->word_count == command->words)
		return 0;
	*error = memory_format("usage: hefboom %s%s%s", command->name,
	    command->arguments[0] == '\0' ? "" : " ", command->arguments);
	return -1;
}

static int run(const struct command *command, int count, char **words)
{
	struct invocation invocation = {0};
	char *error = NULL;
	int index = 0, status;

	invocation.flags = memory_zero((size_t)count + 1, sizeof(char *));
	if (sort_words(&invocation, command, count, words, &error) < 0 ||
	    config_read(&invocation.config, invocation.flag_count,
		invocation.flags, &index, &error) < 0) {
		free(invocation.flags);
		return command_fail(COMMAND_MISUSED, error);
	}
	status = command->run(&invocation);
	command_database_close(&invocation);
	config_release(&invocation.config);
	free(invocation.flags);
	if (fflush(stdout) != 0 && status == 0)
		status = command_fail(COMMAND_FAILED,
		    memory_string("cannot write what was asked for"));
	return status;
}

/* "client create, client list": what begins with a word; NULL for none. */
static char *list_group(const char *word)
{
	size_t i, length = strlen(word);
	struct buf list = {0};

	for (i = 0; i < COMMANDS; i++) {
		const char *name = commands[i].name;

		if (strncmp(name, word, length) != 0 || name[length] != ' ')
			continue;
		if (list.length > 0)
			buf_add_string(&list, ", ");
		buf_add_string(&list, name);
	}
	return list.length == 0 ? NULL : buf_take(&list, NULL);
}

static int fail_unknown(const char *word)
{
	char *group = list_group(word);
	char *sentence = group == NULL
	    ? memory_format(
		  "there is no command %s; hefboom --help lists them", word)
	    : memory_format("%s alone is no command; there is %s", word, group);

	free(group);
	return command_fail(COMMAND_MISUSED, sentence);
}

static int help(int count, char **words)
{
	int used;
	const struct command *command = command_find(count, words, &used);

	if (count == 0)
		help_all();
	else if (command != NULL)
		help_one(command);
	else
		return fail_unknown(words[0]);
	return 0;
}

/*
 * Who is started without standard streams would open something else in their
 * place, and write the log into it.
 */
static void streams_open(void)
{
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	close(file);
}

int main(int argc, char **argv)
{
	const struct command *command;
	int i, used;

	streams_open();
	if (argc < 2) {
		help_all();
		return COMMAND_MISUSED;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hefboom " HEFBOOM_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc - 2, argv + 2);
	command = command_find(argc - 1, argv + 1, &used);
	if (command == NULL)
		return help(argc - 1, argv + 1);
	for (i = 1 + used; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			help_one(command);
			return 0;
		}
	}
	return run(command, argc - 1 - used, argv + 1 + used);
}
