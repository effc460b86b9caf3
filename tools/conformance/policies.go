package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"

	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

const (
	packName  = "conformance"
	groupName = "conformance"
)

func packs() {
	for _, tag := range []string{"1.0.0", "1.1.0"} {
		publish(tag)
	}
	answer(run.ListPolicyPacks_orgs(ctx, run.org, nil))
	answer(run.GetPolicyPack(ctx, run.org, packName, "1.0.0"))
	answer(run.GetPolicyPackConfigSchema(ctx, run.org, packName, "1.0.0"))
}

func publish(tag string) {
	made := answer(run.CreatePolicyPack(ctx, run.org, apitype.AppCreatePolicyPackRequest{
		Name:        packName,
		DisplayName: "Conformance",
		VersionTag:  tag,
		Policies: []apitype.AppPolicy{{
			Name:             "no-public",
			DisplayName:      "No public things",
			Description:      "Nothing is public.",
			EnforcementLevel: apitype.AppEnforcementLevelMandatory,
			Message:          "This is public.",
			Severity:         apitype.AppPolicySeverityHigh,
			Framework:        &apitype.AppPolicyComplianceFramework{Name: "CIS", Version: "1.0", Reference: "1.2"},
			ConfigSchema: &apitype.AppPolicyConfigSchema{
				Type:       apitype.AppJSONSchemaTypeObject,
				Properties: map[string]*json.RawMessage{},
			},
		}},
	}))
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, made.UploadURI, bytes.NewReader(archive()))
	if !done(err) {
		return
	}
	for name, value := range made.RequiredHeaders {
		request.Header.Set(name, value)
	}
	_, err = run.send(request)
	done(err)
	done(run.CompletePolicyPack(ctx, run.org, packName, tag))
}

// archive is a policy pack as the CLI packs one.
func archive() []byte {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	files := tar.NewWriter(zipped)
	for name, content := range map[string]string{
		"package/PulumiPolicy.yaml": "runtime: nodejs\n",
		"package/package.json":      `{"name": "conformance", "main": "index.js"}`,
		"package/index.js":          "",
	} {
		_ = files.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))})
		_, _ = files.Write([]byte(content))
	}
	_ = files.Close()
	_ = zipped.Close()
	return packed.Bytes()
}

func groups() {
	done(run.NewPolicyGroup(ctx, run.org, apitype.NewPolicyGroupRequest{Name: groupName, EntityType: to(apitype.PolicyGroupEntityTypeStacks)}))
	stack := &apitype.AppPulumiStackReference{Name: run.stack, RoutingProject: run.project}
	rule := apitype.PermissionExpressionHasTagBuilder{
		Context: apitype.PermissionExpressionStackBuilder{}.Build(),
		Key:     "pulumi:project",
	}.Build()
	pack := &apitype.AppPolicyPackMetadata{Name: packName, VersionTag: "1.0.0"}
	done(run.UpdatePolicyGroup(ctx, run.org, groupName, edit(apitype.AppUpdatePolicyGroupRequest{AddStack: stack})))
	done(run.BatchUpdatePolicyGroup(ctx, run.org, groupName, []apitype.UpdatePolicyGroupRequest{
		edit(apitype.AppUpdatePolicyGroupRequest{AddPolicyPack: pack}),
		{StackMatchRule: rule},
	}))
	answer(run.ListPolicyGroups(ctx, run.org))
	answer(run.GetPolicyGroup(ctx, run.org, groupName))
	answer(run.ListPolicyGroupStacks(ctx, run.org, groupName, nil, to(1), nil))
	answer(run.PreviewStackMatchRule(ctx, run.org, nil, to(1), apitype.PreviewStackMatchRuleRequest{StackMatchRule: rule}))
	accountRule := apitype.PermissionExpressionHasTagBuilder{
		Context: apitype.PermissionExpressionInsightsAccountBuilder{}.Build(),
		Key:     "env",
	}.Build()
	answer(run.ListPolicyGroupAccounts(ctx, run.org, groupName, nil, to(1), nil))
	answer(run.PreviewAccountMatchRule(ctx, run.org, nil, to(1), apitype.PreviewAccountMatchRuleRequest{AccountMatchRule: accountRule}))
	answer(run.GetPolicyGroupMetadata(ctx, run.org))
	answer(run.GetStackPolicyGroups(ctx, run.org, run.project, run.stack))
	answer(run.GetStackPolicyPacks(ctx, run.org, run.project, run.stack, nil))
}

func edit(request apitype.AppUpdatePolicyGroupRequest) apitype.UpdatePolicyGroupRequest {
	return apitype.UpdatePolicyGroupRequest{AppUpdatePolicyGroupRequest: request}
}

func removals() {
	done(run.DeletePolicyGroup(ctx, run.org, groupName))
	done(run.DeletePolicyPackVersion(ctx, run.org, packName, "1.0.0"))
	done(run.DeletePolicyPack_orgs_policypacks(ctx, run.org, packName))
	done(run.DeleteStack(ctx, run.org, ownProject, ownStack, to(true)))
}
