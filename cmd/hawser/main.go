// Command hawser moors people, programs and AI agents to AWS.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A library logs what our errors say already, and to standard error.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := newProgram(osStreams(), os.Environ()).run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
