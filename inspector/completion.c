/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "completion.h"

enum { ALL = (1 << COMMAND_TYPED) - 1 };

/* Help in single quotes, on a line: an apostrophe is APOSTROPHE, brackets and
 * colons have a \ before them if MARKED. */
static void quoted(FILE *out, const char *help, const char *apostrophe,
		   bool marked)
{
	for (; *help; help++) {
		if (*help == '\'') {
			fputs(apostrophe, out);
			continue;
		}
		if (marked && (*help == '[' || *help == ']' || *help == ':'))
			putc('\\', out);
		putc(*help == '\n' ? ' ' : *help, out);
	}
}

static void words(FILE *out, const char *const *all)
{
	for (size_t i = 0; all[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", all[i]);
}

/* The commands that go with an option, with BETWEEN them. */
static void commands(FILE *out, uint32_t set, const char *between)
{
	const char *before = "";

	for (size_t i = 0; i < COMMAND_TYPED; i++)
		if (set >> i & 1) {
			fprintf(out, "%s%s", before, command_words[i].word);
			before = between;
		}
}

/* Whether O goes with the command of SET and not with all; or with all. */
static bool goes(const struct option_words *o, uint32_t set)
{
	return set == ALL ? o->commands == ALL
			  : o->commands != ALL && (o->commands & set);
}

/* Whether the value of O is a process, not just a number. */
static bool takes_process(const struct option_words *o)
{
	return strcmp(o->value, "PID") == 0;
}

static bool takes_file(const struct option_words *o)
{
	return strcmp(o->value, "FILE") == 0;
}

/*
 * bash
 */

static void bash_options(FILE *out, uint32_t set)
{
	for (size_t i = 0; i < OPTION_NUMBER; i++) {
		const struct option_words *o = &option_words[i];

		if (!goes(o, set))
			continue;
		fprintf(out, " --%s%s", o->word, o->value ? "=" : "");
		if (o->letter)
			fprintf(out, " -%c", o->letter);
	}
}

/* Where compgen takes the values of O from. */
static void bash_source(FILE *out, const struct option_words *o)
{
	if (takes_file(o)) {
		fputs("-f", out);
		return;
	}
	fputs("-W \"", out);
	if (o->values)
		words(out, o->values);
	else if (takes_process(o))
		fputs("$(cd /proc && echo [0-9]*)", out);
	putc('"', out);
}

static void bash_values(FILE *out)
{
	for (size_t i = 0; i < OPTION_NUMBER; i++) {
		const struct option_words *o = &option_words[i];

		if (!o->value)
			continue;
		fprintf(out, "\t--%s", o->word);
		if (o->letter)
			fprintf(out, " | -%c", o->letter);
		fputs(") ", out);
		if (takes_file(o))
			fputs("compopt -o filenames; ", out);
		fputs("COMPREPLY=($(compgen ", out);
		bash_source(out, o);
		fputs(" -- \"$cur\")); return ;;\n", out);
	}
}

static void bash(FILE *out)
{
	fputs("# bash completion of seam\n"
	      "_seam()\n"
	      "{\n"
	      "\tlocal cur prev words cword word command= options\n"
	      "\tif declare -F _get_comp_words_by_ref >/dev/null; then\n"
	      "\t\t_get_comp_words_by_ref -n = cur prev words cword\n"
	      "\telse\n"
	      "\t\twords=(\"${COMP_WORDS[@]}\") cword=$COMP_CWORD\n"
	      "\t\tcur=${words[cword]} prev=${words[cword-1]}\n"
	      "\t\tif [[ $cur == = ]]; then\n"
	      "\t\t\tcur=\n"
	      "\t\telif [[ $prev == = ]]; then\n"
	      "\t\t\tprev=${words[cword-2]}\n"
	      "\t\tfi\n"
	      "\tfi\n"
	      "\tif [[ $cur == --*=* ]]; then\n"
	      "\t\tprev=${cur%%=*} cur=${cur#*=}\n"
	      "\tfi\n"
	      "\tfor word in \"${words[@]:1:cword-1}\"; do\n"
	      "\t\tcase $word in\n"
	      "\t\t",
	      out);
	commands(out, ALL, " | ");
	fputs(") command=$word; break ;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tcase $prev in\n",
	      out);
	bash_values(out);
	fputs("\tesac\n"
	      "\tif [[ $cur == -* ]]; then\n"
	      "\t\toptions=\"",
	      out);
	bash_options(out, ALL);
	fputs("\"\n"
	      "\t\tcase $command in\n",
	      out);
	for (size_t i = 0; i < COMMAND_TYPED; i++) {
		fprintf(out, "\t\t%s) options+=\"", command_words[i].word);
		bash_options(out, UINT32_C(1) << i);
		fputs("\" ;;\n", out);
	}
	fputs("\t\tesac\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	      "\t\t[[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n"
	      "\telif [[ -z $command ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"",
	      out);
	commands(out, ALL, " ");
	fputs("\" -- \"$cur\"))\n"
	      "\telse\n"
	      "\t\tcompopt -o filenames\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	      "\tfi\n"
	      "}\n"
	      "complete -F _seam seam\n",
	      out);
}

/*
 * zsh
 */

static void zsh_value(FILE *out, const struct option_words *o)
{
	if (!o->value)
		return;
	fprintf(out, ":%s:", o->value);
	if (o->values) {
		putc('(', out);
		words(out, o->values);
		putc(')', out);
	} else if (takes_process(o)) {
		fputs("_pids", out);
	} else if (takes_file(o)) {
		fputs("_files", out);
	}
}

static void zsh_option(FILE *out, const char *dashes, const char *name,
		       const char *sign, const struct option_words *o)
{
	fprintf(out, "\t'%s%s%s[", dashes, name, sign);
	quoted(out, o->help, "'\\''", true);
	putc(']', out);
	zsh_value(out, o);
	fputs("'\n", out);
}

static void zsh_options(FILE *out, uint32_t set)
{
	for (size_t i = 0; i < OPTION_NUMBER; i++) {
		const struct option_words *o = &option_words[i];
		char letter[] = { o->letter, '\0' };

		if (!goes(o, set))
			continue;
		zsh_option(out, "--", o->word, o->value ? "=" : "", o);
		if (o->letter)
			zsh_option(out, "-", letter, o->value ? "+" : "", o);
	}
}

static void zsh(FILE *out)
{
	fputs("#compdef seam\n"
	      "_seam() {\n"
	      "local state command=${words[(r)(",
	      out);
	commands(out, ALL, "|");
	fputs(")]}\n"
	      "local -a commands options\n"
	      "commands=(\n",
	      out);
	for (size_t i = 0; i < COMMAND_TYPED; i++) {
		fprintf(out, "\t'%s:", command_words[i].word);
		quoted(out, command_words[i].help, "'\\''", false);
		fputs("'\n", out);
	}
	fputs(")\n"
	      "options=(\n",
	      out);
	zsh_options(out, ALL);
	fputs(")\n"
	      "case $command in\n",
	      out);
	for (size_t i = 0; i < COMMAND_TYPED; i++) {
		fprintf(out, "%s) options+=(\n", command_words[i].word);
		zsh_options(out, UINT32_C(1) << i);
		fputs(") ;;\n", out);
	}
	fputs("esac\n"
	      "_arguments $options '1: :->command' '*:file:_files'\n"
	      "if [[ $state == command ]]; then\n"
	      "\t_describe command commands\n"
	      "fi\n"
	      "}\n"
	      "if [[ $funcstack[1] == _seam ]]; then\n"
	      "\t_seam \"$@\"\n"
	      "else\n"
	      "\tcompdef _seam seam\n"
	      "fi\n",
	      out);
}

/*
 * fish
 */

static void fish_values(FILE *out, const struct option_words *o)
{
	fputs(" -x -a '", out);
	if (o->values)
		words(out, o->values);
	else if (takes_process(o))
		fputs("(__fish_complete_pids)", out);
	putc('\'', out);
}

static void fish_option(FILE *out, const struct option_words *o)
{
	fputs("complete -c seam", out);
	if (o->commands != ALL) {
		fputs(" -n '__fish_seen_subcommand_from ", out);
		commands(out, o->commands, " ");
		putc('\'', out);
	}
	fprintf(out, " -l %s", o->word);
	if (o->letter)
		fprintf(out, " -s %c", o->letter);
	if (o->value && takes_file(o))
		fputs(" -r -F", out);
	else if (o->value)
		fish_values(out, o);
	fputs(" -d '", out);
	quoted(out, o->help, "\\'", false);
	fputs("'\n", out);
}

static void fish(FILE *out)
{
	fputs("# fish completion of seam\n", out);
	for (size_t i = 0; i < COMMAND_TYPED; i++) {
		fprintf(out,
			"complete -c seam -n __fish_use_subcommand -f -a %s "
			"-d '",
			command_words[i].word);
		quoted(out, command_words[i].help, "\\'", false);
		fputs("'\n", out);
	}
	for (size_t i = 0; i < OPTION_NUMBER; i++)
		fish_option(out, &option_words[i]);
}

void completion_print(FILE *out, enum shell shell)
{
	static void (*const print[SHELL_NUMBER])(FILE *) = {
		[SHELL_BASH] = bash,
		[SHELL_ZSH] = zsh,
		[SHELL_FISH] = fish,
	};

	print[shell](out);
}
