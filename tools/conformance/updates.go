package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

var program = apitype.AppUpdateProgramRequest{
	Name:     ownProject,
	Runtime:  "nodejs",
	Config:   map[string]apitype.AppConfigValue{"conformance:size": {String: "1"}},
	Metadata: apitype.AppUpdateMetadata{Message: "conformance", Environment: map[string]string{"git.head": "0000"}},
}

// updates runs an update as the CLI does, cancels another, and makes one of each other kind.
func updates() {
	org, project, stack := run.org, ownProject, ownStack
	answer(run.CreateUpdateForPreview(ctx, org, project, stack, program))
	answer(run.CreateUpdateForRefresh(ctx, org, project, stack, program))
	answer(run.CreateUpdateForDestroy(ctx, org, project, stack, program))

	id, token := start()
	renewal := apitype.AppRenewUpdateLeaseRequest{Token: token, Duration: 300}
	renewed := answer(run.RenewUpdateLease_update(ctx, org, project, stack, id, renewal, asLease(token)))
	lease := asLease(renewed.Token)
	done(run.RecordEngineEventBatch_update(ctx, org, project, stack, id, apitype.AppEngineEventBatch{Events: events}, lease))
	done(run.PatchUpdateCheckpoint_update(ctx, org, project, stack, id, apitype.AppPatchUpdateCheckpointRequest{
		Version:    3,
		Deployment: emptyDeployment,
	}, lease))
	done(run.PatchUpdateVerbatimCheckpoint_update(ctx, org, project, stack, id, apitype.AppPatchUpdateVerbatimCheckpointRequest{
		Version:           3,
		UntypedDeployment: emptyState,
		SequenceNumber:    1,
	}, lease))
	done(run.PatchUpdateCheckpointDelta_update(ctx, org, project, stack, id, apitype.AppPatchUpdateCheckpointDeltaRequest{
		Version:         3,
		CheckpointHash:  fmt.Sprintf("%x", sha256.Sum256(emptyState)),
		SequenceNumber:  2,
		DeploymentDelta: json.RawMessage("[]"),
	}, lease))
	answer(run.GetUpdateStatusForUpdate(ctx, org, project, stack, id, nil))
	ended := apitype.AppCompleteUpdateRequest{Status: apitype.AppUpdateStatusSucceeded}
	done(run.CompleteUpdate_update(ctx, org, project, stack, id, ended, lease))
	answer(run.GetEngineEvents_update(ctx, org, project, stack, id, nil, nil, nil, nil))

	other, token := start()
	entry := apitype.AppJournalEntry{Version: 1, SequenceID: 1, OperationID: 1}
	done(run.CreateJournalEntries_update(ctx, org, project, stack, other, nil, apitype.AppJournalEntries{
		Entries: []apitype.AppJournalEntry{entry},
	}, asLease(token)))
	done(run.CancelUpdate_update(ctx, org, project, stack, other))
}

// start returns the id of a new update that runs, and the token of its lease.
func start() (string, string) {
	made := answer(run.CreateUpdateForUpdate(ctx, run.org, ownProject, ownStack, program))
	started := answer(run.StartUpdateForUpdate(ctx, run.org, ownProject, ownStack, made.UpdateID, apitype.AppStartUpdateRequest{}))
	return made.UpdateID, started.Token
}

var emptyState = json.RawMessage(`{"version":3,"deployment":{}}`)
var emptyDeployment = json.RawMessage(`{"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}}`)

var events = []apitype.AppEngineEvent{
	{Sequence: 1, Timestamp: 1, PreludeEvent: &apitype.AppPreludeEvent{Config: map[string]string{"conformance:size": "1"}}},
	{Sequence: 2, Timestamp: 2, DiagnosticEvent: &apitype.AppDiagnosticEvent{Message: "Done.", Severity: "info"}},
	{Sequence: 3, Timestamp: 3, CancelEvent: &apitype.AppCancelEvent{}},
}
