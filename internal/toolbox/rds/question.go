package rds

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// question says what a statement is run on, and the whole statement, in quotes
// since more text follows. Values of parameters may be secret, so their names
// must do.
func (in queryInput) question() tool.Preview {
	on := []string{"Run on the " + in.clusterName()}
	if in.Database != "" {
		on = append(on, "database "+text.Name(in.Database))
	}
	if in.TransactionID != "" {
		on = append(on, "in the open transaction "+text.Name(in.TransactionID))
	}
	if with := in.withParameters(); with != "" {
		on = append(on, with)
	}
	return tool.Preview{Does: strings.Join(on, ", ") + ": " + text.Quoted(in.SQL)}
}

// clusterName is the cluster's own name, or its ARN where that holds none.
func (in queryInput) clusterName() string {
	cluster, _ := arn.Parse(in.ResourceARN)
	if name, ok := strings.CutPrefix(cluster.Resource, "cluster:"); ok {
		return "cluster " + text.Name(name)
	}
	return text.Name(in.ResourceARN)
}

// withParameters names the parameters, and counts their sets.
func (in queryInput) withParameters() string {
	names := map[string]bool{}
	for _, set := range append(in.ParameterSets, in.Parameters) {
		for name := range set {
			names[text.Name(name)] = true
		}
	}
	list := strings.Join(slices.Sorted(maps.Keys(names)), ", ")
	switch {
	case in.ParameterSets != nil:
		return strings.TrimSpace(fmt.Sprintf("with %s of parameters %s", kit.Count(len(in.ParameterSets), "set"), list))
	case len(names) == 1:
		return "with the parameter " + list
	case len(names) > 1:
		return "with the parameters " + list
	}
	return ""
}
