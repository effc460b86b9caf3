package python

import (
	"fmt"
	"os"
	"path/filepath"

	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// RunPlugin starts a policy pack (kind analyzer) or a provider written in Python. A pack runs in its own
// directory and gets that directory as its last argument. A provider gets it as its first.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	if req.GetAttachDebugger() {
		return errDebugger
	}
	opts, err := readOptions(req.GetInfo())
	if err != nil {
		return err
	}
	dir := req.GetInfo().GetProgramDirectory()
	isPack := req.GetKind() == "analyzer"
	pwd, run := dir, h.runPack
	var args []string
	if isPack {
		args = append(append([]string{"-u", "-m", "pulumi.policy"}, req.GetArgs()...), dir)
	} else {
		if _, err := os.Stat(filepath.Join(dir, "__main__.py")); err != nil {
			return fmt.Errorf("the provider in %s has no __main__.py; one that is a package "+
				"needs the language host of a Pulumi installation", dir)
		}
		opts, pwd, run = withOwnEnvironment(opts), req.GetPwd(), program.Stream
		args = append([]string{dir}, req.GetArgs()...)
	}
	tools, err := toolchain.ResolveToolchain(opts)
	if err != nil {
		return err
	}
	if err := tools.ValidateVenv(server.Context()); err != nil {
		return err
	}
	cmd, err := tools.Command(server.Context(), args...)
	if err != nil {
		return err
	}
	cmd.Dir = pwd
	cmd.Env = append(environment(cmd), req.GetEnv()...)
	return run(cmd, server)
}
