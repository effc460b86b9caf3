package main

import (
	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

const (
	ownProject = "conformance"
	ownStack   = "dev"
	renamed    = "later"
)

func stacks() {
	answer(run.CreateStack(ctx, run.org, ownProject, apitype.AppCreateStackRequest{StackName: renamed, Tags: map[string]string{"team": "platform"}}))
	answer(run.RenameStack(ctx, run.org, ownProject, renamed, apitype.AppStackRenameRequest{NewName: ownStack, NewProject: ownProject}))
	text(run.ProjectExists(ctx, run.org, ownProject))
	answer(run.GetStack(ctx, run.org, run.project, run.stack))
	answer(run.ListUserStacks(ctx, nil, nil, nil, nil, nil, nil, nil))
	done(run.UpdateStackTags(ctx, run.org, ownProject, ownStack, map[string]string{"team": "security"}))
	done(run.AddStackTag(ctx, run.org, ownProject, ownStack, apitype.StackTag{Name: "color", Value: "red"}))
	done(run.DeleteStackTag(ctx, run.org, ownProject, ownStack, "color"))
	state()
	secrets()
	answer(run.GetStackUpdates(ctx, run.org, run.project, run.stack, nil, nil, nil))
	answer(run.GetLatestStackPreviews(ctx, run.org, run.project, run.stack, nil, nil, nil))
	answer(run.GetLatestStackUpdate(ctx, run.org, run.project, run.stack))
}

func state() {
	answer(run.ExportStack(ctx, run.org, run.project, run.stack))
	answer(run.ExportStackAtVersion(ctx, run.org, run.project, run.stack, 1))
	imported := answer(run.ImportStack(ctx, run.org, ownProject, ownStack, apitype.AppImportStackRequest{
		Version:    3,
		Deployment: emptyDeployment,
	}))
	answer(run.GetUpdateStatusForUpdate(ctx, run.org, ownProject, ownStack, imported.UpdateID, nil))
}

func secrets() {
	org, project, stack := run.org, ownProject, ownStack
	one := answer(run.EncryptValue(ctx, org, project, stack, apitype.AppEncryptValueRequest{Plaintext: []byte("swordfish")}))
	if plain := answer(run.DecryptValue(ctx, org, project, stack, apitype.AppDecryptValueRequest{Ciphertext: one.Ciphertext})); string(plain.Plaintext) != "swordfish" {
		run.problem("decrypt", "answers another value than was encrypted")
	}
	many := answer(run.BatchEncryptValue(ctx, org, project, stack, apitype.AppBatchEncryptRequest{Plaintexts: [][]byte{[]byte("one"), []byte("two")}}))
	answer(run.BatchDecryptValue(ctx, org, project, stack, apitype.AppBatchDecryptRequest{Ciphertexts: many.Ciphertexts}))
	shown := apitype.AppLog3rdPartyDecryptionEvent{SecretName: "password", CommandName: "pulumi config"}
	done(run.LogOnlyDecryptValue(ctx, org, project, stack, shown))
	done(run.LogOnlyBatchDecryptValue(ctx, org, project, stack, shown))
}
