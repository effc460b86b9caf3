// Package python is the Python language host.
package python

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"quillon.dev/toolchain/internal/plugin"
	"quillon.dev/toolchain/internal/program"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

var errDebugger = errors.New("this Python language host has no debugger support; leave --attach-debugger out")

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	start    plugin.Start
	executor string
	runPack  program.Runner
}

// Main serves the language host as a plugin of the CLI. runPack runs policy packs.
func Main(runPack program.Runner) {
	executor, err := findExecutor()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plugin.Main(func(server *grpc.Server, start plugin.Start) {
		pulumirpc.RegisterLanguageRuntimeServer(server, &host{start: start, executor: executor, runPack: runPack})
	})
}

// findExecutor returns the path of the script that runs a user's program. It is in the same folder as this language host.
func findExecutor() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(self), "pulumi-language-python-exec")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s does not exist, and this language host needs it; run npm run toolchain: %w", path, err)
	}
	return path, nil
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.start.EngineAddress = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: plugin.Version}, nil
}

// GetRequiredPackages is the first call of an operation, so it also makes the program's virtual environment if that does
// not exist.
func (h *host) GetRequiredPackages(
	ctx context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	tools, err := resolve(req.GetInfo())
	if err != nil {
		return nil, err
	}
	dir := req.GetInfo().GetProgramDirectory()
	if err := tools.EnsureVenv(ctx, dir, false, true, os.Stdout, os.Stderr); err != nil {
		return nil, err
	}
	packages, err := findPackages(ctx, tools)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}

func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if req.GetAttachDebugger() {
		return nil, errDebugger
	}
	tools, err := resolve(req.GetInfo())
	if err != nil {
		return nil, err
	}
	if err := tools.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	config, err := program.ConfigEnvironment(req, func(key string) string { return key })
	if err != nil {
		return nil, err
	}
	cmd, err := tools.Command(ctx, append([]string{"-u", h.executor}, h.runArguments(req)...)...)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(environment(cmd), config...)
	return program.Run(cmd), nil
}

// runArguments is the command line of pulumi-language-python-exec.
func (h *host) runArguments(req *pulumirpc.RunRequest) []string {
	info := req.GetInfo()
	args := program.Arguments(
		"monitor", req.GetMonitorAddress(),
		"engine", h.start.EngineAddress,
		"project", req.GetProject(),
		"root_directory", info.GetRootDirectory(),
		"stack", req.GetStack(),
		"pwd", info.GetProgramDirectory(),
		"dry_run", strconv.FormatBool(req.GetDryRun()),
		"parallel", strconv.Itoa(int(req.GetParallel())),
		"tracing", h.start.Tracing,
		"organization", req.GetOrganization(),
	)
	return append(append(args, info.GetEntryPoint()), req.GetArgs()...)
}

func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	opts, err := readOptions(req.GetInfo())
	if err != nil {
		return err
	}
	if req.GetIsPlugin() {
		opts = withOwnEnvironment(opts)
	}
	tools, err := toolchain.ResolveToolchain(opts)
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	dir := req.GetInfo().GetProgramDirectory()
	err = tools.InstallDependencies(server.Context(), dir, req.GetUseLanguageVersionTools(), true, stdout, stderr)
	return errors.Join(err, closer.Close())
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}

func (h *host) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	tools, err := resolve(req.GetInfo())
	if err != nil {
		return nil, err
	}
	info, err := tools.About(ctx)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{
		Executable: info.PythonExecutable,
		Version:    info.PythonVersion.String(),
		Metadata:   map[string]string{"toolchainVersion": info.ToolchainVersion.String()},
	}, nil
}

func (h *host) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	tools, err := resolve(req.GetInfo())
	if err != nil {
		return nil, err
	}
	packages, err := tools.ListPackages(ctx, req.GetTransitiveDependencies())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, pkg := range packages {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: pkg.Name, Version: pkg.Version})
	}
	return response, nil
}
