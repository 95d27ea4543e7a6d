package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
)

// accessCommand returns the command that decides requests by IAM policies.
func accessCommand(p *cli.Program) *cobra.Command {
	cmd := &cobra.Command{Use: "access", Short: "Tell what IAM policies decide", Args: cli.AtMost(0)}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(accessEvalCommand(p))
	return cmd
}

// accessEvalCommand returns the command that decides the requests in a file by
// the policies in the same file. It calls no service.
func accessEvalCommand(p *cli.Program) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "eval --json FILE", Short: "Decide requests by the policies that are given with them", Args: cli.AtMost(0),
		Long: `Decide requests by the policies that are given with them, as AWS would:
identity, resource, boundary, session, organization and endpoint policies, in
one account and across accounts. No call is made. The file has one case or an
array of cases; - is standard input. docs/access-eval.md describes the form.`,
		Example: "  hawser access eval --json cases.json\n  hawser access eval --json - -o json < cases.json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			data, err := p.ReadInput(cmd.Context(), file)
			if err != nil {
				return err
			}
			return evalCases(p, data)
		},
	}
	cmd.Flags().StringVar(&file, "json", "", "the file with the cases; - is standard input")
	if err := cmd.MarkFlagRequired("json"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func evalCases(p *cli.Program, data []byte) error {
	results, err := reference.Cases(data)
	if err != nil {
		return err
	}
	if err := p.Show(evalResults(results)); err != nil {
		return err
	}
	unread := 0
	for _, r := range results {
		if r.Error != "" {
			unread++
		}
	}
	if unread > 0 {
		return fault.New(fault.Partial, "%d of %d cases can't be decided", unread, len(results)).WithFix("their errors say what is wrong with them")
	}
	return nil
}

// evalResults are the results for programs: a plain array. People get a table.
type evalResults []reference.Result

type evalRow struct {
	ID       string             `column:"ID"`
	Decision reference.Decision `column:"DECISION"`
	Proof    string             `column:"PROOF"`
}

// Rows implements tool.Rower.
func (rs evalResults) Rows() any {
	rows := make([]evalRow, len(rs))
	for i, r := range rs {
		rows[i] = evalRow{r.Name(), r.Decision, r.Error}
		if r.Proof != nil {
			rows[i].Proof = proofLine(r.Proof)
		}
	}
	return rows
}

// proofLine writes a proof in one line: the rule, the statements, the page.
func proofLine(p *reference.Proof) string {
	said := make([]string, len(p.Statements))
	for i, s := range p.Statements {
		said[i] = fmt.Sprintf("%s %s of %s", s.Effect, s.Statement, s.Policy)
	}
	line := p.Rule
	if len(said) > 0 {
		line += ": " + strings.Join(said, ", ")
	}
	return line + " (" + p.Page + ")"
}
