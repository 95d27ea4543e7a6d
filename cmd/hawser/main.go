// Command hawser moors people, programs and AI agents to AWS.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := newProgram(osStreams(), os.Environ()).run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
