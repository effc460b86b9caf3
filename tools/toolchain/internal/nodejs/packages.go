package nodejs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what a package.json says about a Pulumi provider.
type manifest struct {
	Name    string                   `json:"name"`
	Version string                   `json:"version"`
	Pulumi  *plugin.PulumiPluginJSON `json:"pulumi"`
}

// findPackages lists the providers whose SDKs are installed in any node_modules under dir. It leaves out policy packs
// inside dir, because the program does not use what a pack installed.
func findPackages(dir string) ([]*pulumirpc.PackageDependency, error) {
	w := &walk{seen: map[string]bool{}}
	if err := w.visit(dir, false); err != nil {
		return nil, fmt.Errorf("looking for providers in %s: %w", dir, err)
	}
	return w.found, nil
}

type walk struct {
	seen  map[string]bool
	found []*pulumirpc.PackageDependency
}

// visit follows links. It remembers directories by their real path and visits each one once.
func (w *walk) visit(dir string, installed bool) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || w.seen[real] {
		return ignoreMissing(err)
	}
	w.seen[real] = true
	entries, err := os.ReadDir(real)
	if err != nil {
		return ignoreMissing(err)
	}
	for _, entry := range entries {
		path := filepath.Join(real, entry.Name())
		if installed && entry.Name() == "package.json" {
			w.add(path)
		} else if isDirectory(entry, path) && !isPolicyPack(path) {
			if err := w.visit(path, installed || entry.Name() == "node_modules"); err != nil {
				return err
			}
		}
	}
	return nil
}

// add reads a package.json. It ignores a file that is not JSON, because some packages contain such files as test data.
func (w *walk) add(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Pulumi == nil || !m.Pulumi.Resource {
		return
	}
	if dependency, ok := describe(m); ok {
		w.found = append(w.found, dependency)
	}
}

// describe takes the provider's name from `pulumi.name`, or else from the package's name without @pulumi/. A package of
// another scope must have `pulumi.name`, because its own name does not say which provider it is.
func describe(m manifest) (*pulumirpc.PackageDependency, bool) {
	name := m.Pulumi.Name
	if name == "" {
		short, ok := strings.CutPrefix(m.Name, "@pulumi/")
		if !ok {
			return nil, false
		}
		name = short
	}
	version := m.Pulumi.Version
	if version == "" {
		version = m.Version
	}
	if name == "" || version == "" {
		return nil, false
	}
	dependency := &pulumirpc.PackageDependency{
		Name:    name,
		Kind:    "resource",
		Version: "v" + strings.TrimPrefix(version, "v"),
		Server:  m.Pulumi.Server,
	}
	if p := m.Pulumi.Parameterization; p != nil {
		dependency.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: p.Value}
	}
	return dependency, true
}

func isDirectory(entry fs.DirEntry, path string) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isPolicyPack(dir string) bool {
	for _, name := range []string{"PulumiPolicy.yaml", "PulumiPolicy.yml", "PulumiPolicy.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
