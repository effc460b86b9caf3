package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
)

// gateVariable names a unix socket. Its listener decides when each create, update and delete continues, so that a test
// can act in the middle of an update without waiting for a fixed time.
const gateVariable = "ECHO_GATE"

// passGate sends the operation ("create web") to the listener and waits until the listener closes the connection or ends.
// Without a gate it does nothing.
func passGate(ctx context.Context, operation string) error {
	path := os.Getenv(gateVariable)
	if path == "" {
		return nil
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%s failed: can't connect to the socket in %s: %w", operation, gateVariable, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := fmt.Fprintln(conn, operation); err != nil {
		return fmt.Errorf("%s failed: can't write to the socket in %s: %w", operation, gateVariable, err)
	}
	_, _ = io.Copy(io.Discard, conn)
	return ctx.Err()
}
