package main

import "github.com/pulumi/pulumi-cloud-sdk/go/apitype"

var (
	firstRows = apitype.AngularGridGetRowsRequest{EndRow: 100}
	byPolicy  = apitype.PolicyIssueFiltersRequest{Field: "policyName"}
)

func results() {
	issues := answer(run.ListPolicyIssues(ctx, run.org, nil, firstRows)).PolicyIssues
	answer(run.ListPolicyFindings(ctx, run.org, to(true), firstRows))
	if len(issues) == 0 {
		run.problem("the list of findings", "is empty: the stack needs a finding")
		return
	}
	id := issues[0].ID
	answer(run.GetPolicyIssue(ctx, run.org, id))
	answer(run.GetPolicyFinding(ctx, run.org, id))
	answer(run.UpdatePolicyIssue(ctx, run.org, id, apitype.UpdatePolicyIssueRequest{Priority: to(apitype.PolicyIssuePriorityP1)}))
	answer(run.UpdatePolicyFinding(ctx, run.org, id, apitype.UpdatePolicyIssueRequest{Status: to(apitype.PolicyIssueStatusInProgress)}))
	answer(run.GetPolicyIssuesFilters(ctx, run.org, nil, byPolicy))
	answer(run.GetPolicyFindingsFilters(ctx, run.org, nil, byPolicy))
	scores()
	text(run.ExportPolicyIssues(ctx, run.org, nil, firstRows))
	text(run.ExportPolicyFindings(ctx, run.org, nil, firstRows))
}

func scores() {
	for _, entity := range []apitype.PolicyComplianceEntityType{"stack", "account", "severity"} {
		by := apitype.GetPolicyComplianceResultsRequest{Entity: entity}
		answer(run.GetPolicyComplianceResults(ctx, run.org, by))
		answer(run.GetPolicyFindingsCompliance(ctx, run.org, by))
	}
	answer(run.GetPolicyResultsMetadata(ctx, run.org))
	answer(run.GetPolicyFindingsMetadata(ctx, run.org))
	answer(run.ListPoliciesCompliance(ctx, run.org, firstRows))
	answer(run.ListPolicyFindingsPolicies(ctx, run.org, firstRows))
}
