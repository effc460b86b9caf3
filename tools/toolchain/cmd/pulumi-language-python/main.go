// pulumi-language-python stands in for the Python language host that comes with a Pulumi CLI.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"quillon.dev/toolchain/internal/plugin"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	executor, err := findExecutor()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plugin.Main(func(server *grpc.Server, start plugin.Start) {
		pulumirpc.RegisterLanguageRuntimeServer(server, &host{start: start, executor: executor})
	})
}

// findExecutor is the script beside this program that runs a user's program in the environment of the SDK.
func findExecutor() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(self), "pulumi-language-python-exec")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is missing beside this language host; run npm run toolchain: %w", path, err)
	}
	return path, nil
}
