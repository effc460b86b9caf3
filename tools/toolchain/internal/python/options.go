package python

import (
	"fmt"
	"os"
	"os/exec"

	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// resolve returns the environment of a program: the one that its `virtualenv` option names, or else the python3 on the
// PATH, which is that of the activated environment if there is one.
func resolve(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	opts, err := readOptions(info)
	if err != nil {
		return nil, err
	}
	return toolchain.ResolveToolchain(opts)
}

func readOptions(info *pulumirpc.ProgramInfo) (toolchain.PythonOptions, error) {
	opts := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	values := info.GetOptions().AsMap()
	var err error
	if opts.Virtualenv, err = program.TextOption(values, "virtualenv"); err != nil {
		return opts, err
	}
	manager, err := program.TextOption(values, "toolchain")
	if err != nil {
		return opts, err
	}
	if manager != "" && manager != "pip" {
		return opts, fmt.Errorf("the toolchain %s needs the language host of a Pulumi installation; "+
			"this one supports only pip", manager)
	}
	if _, ok := values["typechecker"]; ok {
		return opts, fmt.Errorf("the option typechecker needs the language host of a Pulumi installation")
	}
	return opts, nil
}

// withOwnEnvironment sets an environment in the plugin's own directory if the plugin names none.
func withOwnEnvironment(opts toolchain.PythonOptions) toolchain.PythonOptions {
	if opts.Virtualenv == "" {
		opts.Virtualenv = "venv"
	}
	return opts
}

// environment returns the variables that the command would run with: those of a virtual environment, or of this process.
func environment(cmd *exec.Cmd) []string {
	if cmd.Env == nil {
		return os.Environ()
	}
	return cmd.Env
}
