package nodejs

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"quillon.dev/toolchain/internal/program"

	"github.com/google/shlex"
)

// options are the keys under `runtime.options` of Pulumi.yaml and PulumiPolicy.yaml that this host knows.
type options struct {
	typescript bool
	tsconfig   string
	nodeArgs   []string
}

func readOptions(values map[string]any) (options, error) {
	opts := options{typescript: true}
	if value, ok := values["typescript"]; ok {
		if opts.typescript, ok = value.(bool); !ok {
			return opts, errors.New("the runtime option typescript must be true or false")
		}
	}
	var err error
	if opts.tsconfig, err = program.TextOption(values, "tsconfig"); err != nil {
		return opts, err
	}
	nodeArgs, err := program.TextOption(values, "nodeargs")
	if err != nil {
		return opts, err
	}
	if opts.nodeArgs, err = shlex.Split(nodeArgs); err != nil {
		return opts, fmt.Errorf("the runtime option nodeargs can't be split into arguments: %w", err)
	}
	manager, err := program.TextOption(values, "packagemanager")
	if err != nil {
		return opts, err
	}
	if manager != "" && manager != "auto" && manager != "npm" {
		return opts, fmt.Errorf("the package manager %s needs the language host of a Pulumi installation; "+
			"this one supports only npm", manager)
	}
	return opts, nil
}

// environment sets the TypeScript options of the SDK's entry programs.
func (o options) environment() []string {
	var env []string
	if o.typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if o.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return env
}

// resolve returns the file of a module of the SDK, as Node.js resolves it from dir.
func resolve(ctx context.Context, module, dir, advice string) (string, error) {
	cmd := exec.CommandContext(ctx, "node", "-p", "require.resolve(process.argv[1])", module)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "", fmt.Errorf("could not start node: %w; install Node.js and put it on the PATH", err)
	}
	if strings.Contains(string(exit.Stderr), "MODULE_NOT_FOUND") {
		return "", fmt.Errorf("It looks like the Pulumi SDK has not been installed in %s. %s", dir, advice)
	}
	return "", fmt.Errorf("node could not resolve %s in %s: %s", module, dir, exit.Stderr)
}

func describeInstall(err error, dir string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("npm install --loglevel=error failed in %s: %w", dir, err)
}
