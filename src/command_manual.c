#include "command.h"

#include "config_setting.h"

#ifndef HEFBOOM_VERSION
#define HEFBOOM_VERSION "0"
#endif

static const char beginning[] =
    ".TH HEFBOOM 1 \"\" \"hefboom " HEFBOOM_VERSION "\" \"Hefboom\"\n"
    ".SH NAME\n"
    "hefboom \\- peer learning as a JSON service\n"
    ".SH SYNOPSIS\n"
    ".B hefboom\n"
    ".I COMMAND\n"
    "[\\fIWORD\\fR ...] [\\fB\\-\\-\\fISETTING VALUE\\fR ...]\n"
    ".br\n"
    ".B hefboom help\n"
    "[\\fICOMMAND\\fR]\n"
    ".br\n"
    ".B hefboom \\-\\-version\n"
    ".SH DESCRIPTION\n"
    "Colleagues offer what they know, say what they want to learn, and find\n"
    "each other.  Hefboom is the service behind the screen: a JSON API over\n"
    "HTTP on PostgreSQL.\n"
    ".B hefboom serve\n"
    "starts everything.  Without\n"
    ".B HEFBOOM_DATABASE_URL\n"
    "it keeps a PostgreSQL of its own in the folder\n"
    ".BR HEFBOOM_DATA ;\n"
    "beside an external one it needs\n"
    ".B HEFBOOM_SECRET_FILE\n"
    "too.  The API's own document is at /openapi.json.\n"
    ".SH COMMANDS\n";

static const char between[] =
    ".SH SETTINGS\n"
    "Each setting is a flag, a variable of the environment, or a line\n"
    "\\fIname = value\\fR in the file that \\fBHEFBOOM_CONFIG\\fR names.\n"
    "The flag wins over the environment, the environment over the file, the\n"
    "file over the default, which is in brackets.  A flag or a line that is\n"
    "not known, and a value out of its range, are errors; a variable that is\n"
    "not known is told.\n";

static const char end[] =
    ".SH SIGNALS\n"
    "To the process that was started:\n"
    ".TP\n"
    ".BR SIGTERM \", \" SIGINT\n"
    "stop: accept nothing more, finish what is in flight within\n"
    ".BR HEFBOOM_DRAIN_MS ,\n"
    "stop the embedded PostgreSQL, exit 0.  The second time: at once.\n"
    ".TP\n"
    ".B SIGHUP\n"
    "read the settings, the secret and the issuers again, and hand over to\n"
    "new workers without refusing a request.  What is wrong is logged, and\n"
    "everything stays as it was.\n"
    ".TP\n"
    ".B SIGUSR2\n"
    "the same, as the program that its file is by now.  When that one cannot\n"
    "go on, the one before it does.\n"
    ".SH FILES\n"
    ".TP\n"
    ".IR HEFBOOM_DATA /secret\n"
    "what signs the installation's tokens and seals its cursors, when\n"
    "PostgreSQL is embedded\n"
    ".TP\n"
    ".IR HEFBOOM_DATA /postgresql\n"
    "the embedded PostgreSQL, and its log beside it\n"
    ".SH EXIT STATUS\n"
    "0; 1 when it failed, with one sentence on the standard error; 2 when\n"
    "the words were wrong.  The log is JSON, a line for each event, on the\n"
    "standard error.\n"
    ".SH SEE ALSO\n"
    ".BR psql (1),\n"
    ".BR systemctl (1)\n"
    ".PP\n"
    "README.md and docs/operations.md, which are installed with the program\n";

/* In roff a line's first dot or quote commands, and a hyphen may be broken. */
static void put(const char *text)
{
	const char *c;

	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (c = text; *c != '\0'; c++) {
		if (*c == '\\')
			fputs("\\e", stdout);
		else if (*c == '-')
			fputs("\\-", stdout);
		else
			putchar(*c);
	}
}

static void put_command(const struct command *command)
{
	fputs(".TP\n\\fB", stdout);
	put(command->name);
	fputs(command->arguments[0] == '\0' ? "\\fR" : "\\fR ", stdout);
	put(command->arguments);
	putchar('\n');
	put(command->summary);
	putchar('\n');
}

static void put_setting(const struct setting *setting)
{
	char *flag = setting_flag(setting);
	char *variable = setting_variable(setting);
	const char *fallback = setting_fallback(setting);

	fputs(".TP\n\\fB", stdout);
	put(flag);
	fputs("\\fR, \\fB", stdout);
	put(variable);
	fputs("\\fR\n", stdout);
	put(setting->text);
	if (fallback != NULL) {
		fputs(" (", stdout);
		put(fallback);
		putchar(')');
	}
	putchar('\n');
	free(flag);
	free(variable);
}

void command_manual(const struct command *commands, size_t count)
{
	size_t i;

	fputs(beginning, stdout);
	for (i = 0; i < count; i++)
		put_command(&commands[i]);
	fputs(between, stdout);
	for (i = 0; i < setting_count; i++)
		put_setting(&settings[i]);
	fputs(end, stdout);
}
