package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

var plainVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// findPackages lists the providers whose SDKs are installed: those packages that carry a pulumi-plugin.json.
func findPackages(ctx context.Context, tools toolchain.Toolchain) ([]*pulumirpc.PackageDependency, error) {
	installed, err := tools.ListPackages(ctx, true)
	if err != nil {
		return nil, err
	}
	var found []*pulumirpc.PackageDependency
	for _, pkg := range installed {
		module := strings.ReplaceAll(pkg.Name, "-", "_")
		about, err := plugin.LoadPulumiPluginJSON(filepath.Join(pkg.Location, module, "pulumi-plugin.json"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if dependency, ok := describe(pkg, about); ok {
			found = append(found, dependency)
		}
	}
	return found, nil
}

// describe leaves a package out whose provider's version can't be told: a pre-release of Python's spelling.
func describe(pkg toolchain.PythonPackage, about *plugin.PulumiPluginJSON) (*pulumirpc.PackageDependency, bool) {
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
