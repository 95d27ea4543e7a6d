package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// unknownVerb returns the fault for a word after a noun that is none of its verbs. If the
// noun's default tool takes a connection, the word may be one: then the fix is the command
// that takes it.
func (p *Program) unknownVerb(cmd *cobra.Command, verbs []verb, word string) error {
	err := unknownCommand(cmd, word)
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	i := slices.IndexFunc(verbs, func(v verb) bool { return takesConnection(v.tool) })
	if i < 0 || fault.Nearest(word, names) != "" {
		return err
	}
	command := cmd.CommandPath() + " " + verbs[i].tool.Verb()
	connections, failed := p.App.Connections()
	if failed != nil {
		return err // the word is wrong whatever the configuration says
	}
	if slices.Contains(connections, word) {
		return fault.From(err).WithFix("for the connection: %s %s", command, word)
	}
	if near := fault.Nearest(word, connections); near != "" {
		return fault.From(err).WithFix("did you mean %s %s?", command, near)
	}
	return fault.From(err).WithFix("name the connection after the verb, such as in %s NAME; see %s --help", command, cmd.CommandPath())
}

// takesConnection reports whether a tool is its noun's default and has a connection as its
// argument.
func takesConnection(t *tool.Tool) bool {
	return t.Default && len(t.Args) == 1 && slices.ContainsFunc(t.Fields(), func(f tool.Field) bool {
		return f.Name == t.Args[0] && f.Complete == "connection"
	})
}
