// Package plugintest calls a language host over gRPC, as the CLI does. The tests of the hosts use it.
package plugintest

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Output is everything that a plugin sent until it ended.
type Output struct {
	Stdout, Stderr string
	ExitCode       int32
}

// RunPlugin serves the host on a free port, runs a plugin until it ends, and returns what the host streamed.
func RunPlugin(t *testing.T, host pulumirpc.LanguageRuntimeServer, req *pulumirpc.RunPluginRequest) (Output, error) {
	t.Helper()
	stream, err := Dial(t, host).RunPlugin(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var out Output
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out.Stdout += string(message.GetStdout())
		out.Stderr += string(message.GetStderr())
		out.ExitCode = message.GetExitcode()
	}
}

// Dial serves the host on a free port until the test ends.
func Dial(t *testing.T, host pulumirpc.LanguageRuntimeServer) pulumirpc.LanguageRuntimeClient {
	t.Helper()
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", handle.Port),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		close(cancel)
		<-handle.Done
	})
	return pulumirpc.NewLanguageRuntimeClient(conn)
}

// Info describes the directory of a pack or provider as the CLI does.
func Info(dir string) *pulumirpc.ProgramInfo {
	return &pulumirpc.ProgramInfo{RootDirectory: dir, ProgramDirectory: dir, EntryPoint: "."}
}
