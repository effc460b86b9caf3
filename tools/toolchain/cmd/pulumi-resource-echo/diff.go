package main

import (
	"maps"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// diff compares the resource's old inputs with the new ones, key by key. If the engine sends no old inputs, it compares
// the old outputs. Every change is an update in place.
func diff(req *pulumirpc.DiffRequest) *pulumirpc.DiffResponse {
	olds := req.GetOldInputs()
	if olds == nil {
		olds = req.GetOlds()
	}
	detailed := compare(olds.GetFields(), req.GetNews().GetFields())
	changes := pulumirpc.DiffResponse_DIFF_NONE
	if len(detailed) > 0 {
		changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	return &pulumirpc.DiffResponse{
		Changes:         changes,
		Diffs:           slices.Sorted(maps.Keys(detailed)),
		DetailedDiff:    detailed,
		HasDetailedDiff: true,
	}
}

func compare(olds, news map[string]*structpb.Value) map[string]*pulumirpc.PropertyDiff {
	detailed := map[string]*pulumirpc.PropertyDiff{}
	for key, value := range news {
		old, known := olds[key]
		if !known {
			detailed[key] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_ADD, InputDiff: true}
		} else if !proto.Equal(old, value) {
			detailed[key] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_UPDATE, InputDiff: true}
		}
	}
	for key := range olds {
		if _, kept := news[key]; !kept {
			detailed[key] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_DELETE, InputDiff: true}
		}
	}
	return detailed
}
