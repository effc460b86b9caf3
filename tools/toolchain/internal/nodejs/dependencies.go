package nodejs

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"sort"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// tree is what `npm ls --json` prints.
type tree struct {
	Version      string          `json:"version"`
	Dependencies map[string]tree `json:"dependencies"`
}

func (h *host) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	depth := "--depth=0"
	if req.GetTransitiveDependencies() {
		depth = "--all"
	}
	cmd := exec.CommandContext(ctx, "npm", "ls", "--json", depth)
	cmd.Dir = req.GetInfo().GetProgramDirectory()
	// npm ls fails when a package is missing or extraneous, but still prints the tree.
	out, runErr := cmd.Output()
	var root tree
	if err := json.Unmarshal(out, &root); err != nil {
		return nil, fmt.Errorf("npm ls --json %s in %s printed no tree: %w (%v)", depth, cmd.Dir, err, runErr)
	}
	return &pulumirpc.GetProgramDependenciesResponse{Dependencies: flatten(root)}, nil
}

// flatten lists each package and version once, by name.
func flatten(root tree) []*pulumirpc.DependencyInfo {
	type key struct{ name, version string }
	seen := map[key]bool{}
	var collect func(tree)
	collect = func(t tree) {
		for name, child := range t.Dependencies {
			if child.Version != "" {
				seen[key{name, child.Version}] = true
			}
			collect(child)
		}
	}
	collect(root)
	list := make([]*pulumirpc.DependencyInfo, 0, len(seen))
	for k := range seen {
		list = append(list, &pulumirpc.DependencyInfo{Name: k.name, Version: k.version})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Name != list[j].Name {
			return list[i].Name < list[j].Name
		}
		return list[i].Version < list[j].Version
	})
	return list
}
