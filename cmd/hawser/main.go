// Command hawser moors people, programs and AI agents to AWS.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
)

func main() {
	// A library logs to standard error what our errors report already.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once, whatever it waits for
	p := cli.New(cli.OSStreams(), os.Environ(), version())
	code := p.Run(ctx, os.Args[1:], commands(p)...)
	stop()
	os.Exit(code)
}

// commands returns the commands that are not tools.
func commands(p *cli.Program) []*cobra.Command {
	return []*cobra.Command{
		mcpCommand(p), serveCommand(p), tokenCommand(p), trustCommand(p), accessCommand(p), simCommand(p), demoCommand(p), docsCommand(p), configCommand(p), versionCommand(p), loginCommand(p), logoutCommand(p),
	}
}
