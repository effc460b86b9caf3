package python

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

var plainVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// installed is a package that contains a pulumi-plugin.json.
type installed struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	About   string `json:"about"`
}

// listInstalled runs in the program's Python environment, because only some versions of the SDK's ListPackages return the
// location of a package.
const listInstalled = `
import importlib.metadata, json
found = []
for package in importlib.metadata.distributions():
    name = package.metadata["Name"] or ""
    about = package.locate_file(name.replace("-", "_") + "/pulumi-plugin.json")
    if about.is_file():
        found.append({"name": name, "version": package.version, "about": str(about)})
print(json.dumps(found))
`

// findPackages lists the providers whose SDKs are installed.
func findPackages(ctx context.Context, tools toolchain.Toolchain) ([]*pulumirpc.PackageDependency, error) {
	cmd, err := tools.Command(ctx, "-c", listInstalled)
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages of %s: %w", cmd.Path, err)
	}
	var packages []installed
	if err := json.Unmarshal(out, &packages); err != nil {
		return nil, fmt.Errorf("listing the packages of %s: %w", cmd.Path, err)
	}
	var found []*pulumirpc.PackageDependency
	for _, pkg := range packages {
		about, err := plugin.LoadPulumiPluginJSON(pkg.About)
		if err != nil {
			return nil, err
		}
		if dependency, ok := describe(pkg, about); ok {
			found = append(found, dependency)
		}
	}
	return found, nil
}

// describe returns false for a package whose provider's version is unknown, for example one with a pre-release version in
// Python's format.
func describe(pkg installed, about *plugin.PulumiPluginJSON) (*pulumirpc.PackageDependency, bool) {
	name, version := about.Name, about.Version
	if name == "" {
		name = strings.TrimPrefix(strings.ReplaceAll(pkg.Name, "_", "-"), "pulumi-")
	}
	if version == "" && plainVersion.MatchString(pkg.Version) {
		version = pkg.Version
	}
	if !about.Resource || version == "" {
		return nil, false
	}
	dependency := &pulumirpc.PackageDependency{
		Name:    name,
		Kind:    "resource",
		Version: "v" + strings.TrimPrefix(version, "v"),
		Server:  about.Server,
	}
	if p := about.Parameterization; p != nil {
		dependency.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: p.Value}
	}
	return dependency, true
}
