package main

import (
	"bufio"
	"context"
	"net"
	"path/filepath"
	"testing"
)

func TestGateHoldsAnOperationUntilItIsLetThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gate")
	t.Setenv(gateVariable, path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	passed := make(chan error, 1)
	go func() { passed <- passGate(t.Context(), "create web") }()

	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || line != "create web\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	select {
	case err := <-passed:
		t.Fatalf("passed a closed gate: %v", err)
	default:
	}
	conn.Close()
	if err := <-passed; err != nil {
		t.Fatal(err)
	}
}

func TestGateLetsGoOfACancelledOperation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gate")
	t.Setenv(gateVariable, path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	passed := make(chan error, 1)
	go func() { passed <- passGate(ctx, "create web") }()
	if _, err := listener.Accept(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-passed; err == nil {
		t.Fatal("a cancelled operation continued")
	}
}

func TestWithoutAGateOperationsGoOn(t *testing.T) {
	t.Setenv(gateVariable, "")
	if err := passGate(t.Context(), "create web"); err != nil {
		t.Fatal(err)
	}
}

func TestAGateThatIsNotThereFailsTheOperation(t *testing.T) {
	t.Setenv(gateVariable, filepath.Join(t.TempDir(), "none"))
	if err := passGate(t.Context(), "create web"); err == nil {
		t.Fatal("an unreachable gate let the operation through")
	}
}
