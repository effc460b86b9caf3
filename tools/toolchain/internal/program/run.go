// Package program runs a user's program or plugin as a child process for a language host.
package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitAlreadyShown is the exit code with which the SDKs report that the user has already seen the error.
const exitAlreadyShown = 32

// Run runs a program until it ends. An error in the response is the text that the engine shows.
func Run(cmd *exec.Cmd) *pulumirpc.RunResponse {
	// The child would inherit a plain *os.File, and Node.js would make it non-blocking for every process that shares it.
	cmd.Stdout = struct{ io.Writer }{os.Stdout}
	cmd.Stderr = struct{ io.Writer }{os.Stderr}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("could not start the program: %v", err)}
	case exit.ExitCode() == exitAlreadyShown:
		return &pulumirpc.RunResponse{Bail: true}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}
	}
}

// Runner runs a plugin until it ends, and sends its output to the engine.
type Runner func(cmd *exec.Cmd, server pulumirpc.LanguageRuntime_RunPluginServer) error

// Stream runs a plugin until it ends, and sends its output and then its exit code to the engine.
func Stream(cmd *exec.Cmd, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	return StreamFrom(server, func(stdout, stderr io.Writer) error {
		cmd.Stdout, cmd.Stderr = stdout, stderr
		return cmd.Run()
	})
}

// StreamFrom is Stream for a plugin that needs more than a command to run. run returns the error of that command.
func StreamFrom(
	server pulumirpc.LanguageRuntime_RunPluginServer, run func(stdout, stderr io.Writer) error,
) error {
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(server, false)
	if err != nil {
		return err
	}
	err = run(stdout, stderr)
	var exit *exec.ExitError
	var code int32
	switch {
	case errors.As(err, &exit):
		code = int32(exit.ExitCode())
	case err != nil:
		return errors.Join(fmt.Errorf("could not start the plugin: %w", err), closer.Close())
	}
	if err := closer.Close(); err != nil {
		return err
	}
	return server.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code},
	})
}

// Arguments are the flags for the entry programs of both SDKs. Flags with an empty value are left out.
func Arguments(pairs ...string) []string {
	var args []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			args = append(args, "--"+pairs[i], pairs[i+1])
		}
	}
	return args
}

// ConfigEnvironment is the stack's configuration in the variables that the SDKs read. rename turns the engine's key
// (namespace:name) into the SDK's.
func ConfigEnvironment(req *pulumirpc.RunRequest, rename func(string) string) ([]string, error) {
	values := map[string]string{}
	for key, value := range req.GetConfig() {
		values[rename(key)] = value
	}
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, req.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(secretKeys)}, nil
}

// OldConfigKey turns namespace:name into namespace:config:name, which every @pulumi/pulumi understands.
func OldConfigKey(key string) string {
	namespace, name, ok := strings.Cut(key, ":")
	if !ok || strings.HasPrefix(name, "config:") {
		return key
	}
	return namespace + ":config:" + name
}
