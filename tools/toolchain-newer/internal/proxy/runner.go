// Package proxy starts policy packs behind the proxy of Pulumi's Go SDK, as the language hosts of newer CLIs do.
// https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/policy_proxy.go
package proxy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"quillon.dev/toolchain/internal/program"

	"github.com/pulumi/pulumi/sdk/v3"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Runner runs a pack with its stack in environment variables. The engine gets the proxy's port at once. The pack starts
// when the engine has sent the stack, or has made another call first, as `pulumi policy publish` does.
// The names of the variables that the pack's SDK reads begin with prefix.
func Runner(prefix string) program.Runner {
	return func(cmd *exec.Cmd, server pulumirpc.LanguageRuntime_RunPluginServer) error {
		return program.StreamFrom(server, func(stdout, stderr io.Writer) error {
			cmd.Stderr = stderr
			return run(server.Context(), cmd, prefix, stdout)
		})
	}
}

func run(ctx context.Context, cmd *exec.Cmd, prefix string, stdout io.Writer) error {
	front, behind, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := front.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("waiting for the stack: %w", err)
	}
	variables, err := environment(prefix, stack)
	if err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, variables...)
	cmd.Stdout = behind
	if err := cmd.Start(); err != nil {
		return err
	}
	return front.Attach(ctx, cmd)
}

// environment is empty without a stack. It leaves out empty names, because the SDKs treat an empty variable as set.
func environment(prefix string, stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	variables := []string{prefix + "DRY_RUN=" + strconv.FormatBool(stack.GetDryRun())}
	for name, value := range map[string]string{
		"ORGANIZATION": stack.GetOrganization(),
		"PROJECT":      stack.GetProject(),
		"STACK":        stack.GetStack(),
	} {
		if value != "" {
			variables = append(variables, prefix+name+"="+value)
		}
	}
	if stack.GetConfig() == nil {
		return variables, nil
	}
	config, err := json.Marshal(stack.GetConfig())
	if err != nil {
		return nil, err
	}
	return append(variables, "PULUMI_CONFIG="+string(config)), nil
}
