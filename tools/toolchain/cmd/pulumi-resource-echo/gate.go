package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
)

// gateVariable names a unix socket. What listens there decides when each create, update and delete goes on, so that a
// test can act in the middle of an update without guessing at times.
const gateVariable = "ECHO_GATE"

// passGate says what is about to be done ("create web") and waits until the other side closes the connection, or is
// gone. Without a gate it does nothing.
func passGate(ctx context.Context, operation string) error {
	path := os.Getenv(gateVariable)
	if path == "" {
		return nil
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%s can't be done: %s can't be reached: %w", operation, gateVariable, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := fmt.Fprintln(conn, operation); err != nil {
		return fmt.Errorf("%s can't be done: %s: %w", operation, gateVariable, err)
	}
	_, _ = io.Copy(io.Discard, conn)
	return ctx.Err()
}
