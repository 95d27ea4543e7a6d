package main

import (
	"fmt"
	"testing"

	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// Every option can be had with every tool: each tool is declared whatever the
// profile says.
func TestEveryOptionWithEveryTool(t *testing.T) {
	f := newFleet(t, "agents: {}\n")
	for _, confirm := range [][]string{nil, {"none"}, {"read"}, {"read", "write", "destroy"}} {
		for _, secrets := range []bool{false, true} {
			for _, names := range []mcpserver.NameStyle{mcpserver.Dotted, mcpserver.Underscored} {
				for _, readOnly := range []bool{false, true} {
					agent := AgentConfig{
						Confirm: confirm, ShowSecrets: secrets, NameStyle: names, Role: tool.Admin, ReadOnly: readOnly,
						Approve: []string{"*"}, OnBehalfOf: "ada",
					}
					t.Run(fmt.Sprintf("%v %t %s %t", confirm, secrets, names, readOnly), func(t *testing.T) {
						registry, err := f.program.house.agentRegistry(agent, nil)
						if err != nil {
							t.Fatal(err)
						}
						server, err := f.program.mcpServer(agent, registry)
						if err != nil {
							t.Fatal(err)
						}
						seen, err := server.View(t.Context())
						if err != nil || len(seen.Tools) != len(registry.Tools()) {
							t.Errorf("%d of %d tools, %v", len(seen.Tools), len(registry.Tools()), err)
						}
					})
				}
			}
		}
	}
}
