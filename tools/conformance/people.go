package main

import (
	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

func people(member string) {
	answer(run.Capabilities(ctx))
	answer(run.GetCurrentUser(ctx))
	answer(run.GetDefaultOrganization(ctx))
	answer(run.ListOrganizationMembers(ctx, run.org, nil, nil, nil))
	answer(run.AddOrganizationMember(ctx, run.org, member, apitype.AddOrganizationMemberRequest{Role: apitype.OrganizationRoleMember}))
	done(run.UpdateOrganizationMember(ctx, run.org, member, apitype.UpdateOrganizationMemberRequest{Role: apitype.OrganizationRoleAdmin}))
	teams(member)
	tokens()
	done(run.DeleteOrganizationMember(ctx, run.org, member))
	answer(run.GetOrgTemplates(ctx, run.org))
	answer(run.ListTemplates(ctx, nil, nil, nil, nil, nil, nil))
	answer(run.ListPackages(ctx, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil))
	answer(run.ListPackages_preview(ctx, nil, nil, nil, nil, nil, nil, nil, nil))
	auditLog()
}

func teams(member string) {
	const team = "conformance"
	answer(run.CreatePulumiTeam(ctx, run.org, apitype.CreatePulumiTeamRequest{Name: team, DisplayName: "Conformance", Description: "A team."}))
	for _, edit := range []apitype.UpdateTeamRequest{
		{NewDisplayName: to("Conformance again")},
		{MemberAction: to(apitype.MemberActionAdd), Member: to(member)},
		{AddStackPermission: &apitype.TeamStackPermission{ProjectName: run.project, StackName: run.stack, Permission: apitype.StackPermissionWrite}},
	} {
		done(run.UpdateTeam(ctx, run.org, team, edit))
	}
	answer(run.GetTeam(ctx, run.org, team))
	answer(run.ListTeams(ctx, run.org))
	made := answer(run.CreateTeamToken(ctx, run.org, team, nil, apitype.CreateTeamAccessTokenRequest{Name: "for-the-team", BaseCreateAccessTokenRequest: described}))
	answer(run.ListTeamTokens(ctx, run.org, team, nil, nil, nil, nil, nil, nil))
	done(run.DeleteTeamToken(ctx, run.org, team, made.ID, nil))
	done(run.DeleteTeam(ctx, run.org, team))
}

var described = apitype.BaseCreateAccessTokenRequest{Description: "made by the conformance program"}

func tokens() {
	personal := answer(run.CreatePersonalToken(ctx, nil, apitype.CreatePersonalAccessTokenRequest{BaseCreateAccessTokenRequest: described}))
	answer(run.ListPersonalTokens(ctx, nil, nil, nil, nil, nil, nil))
	done(run.DeletePersonalToken(ctx, personal.ID))
	ofOrg := answer(run.CreateOrgToken(ctx, run.org, nil, apitype.CreateOrgAccessTokenRequest{Name: "for-the-organization", BaseCreateAccessTokenRequest: described}))
	answer(run.ListOrgTokens(ctx, run.org, nil, nil, nil, nil, nil, nil))
	done(run.DeleteOrgToken(ctx, run.org, ofOrg.ID))
}

func auditLog() {
	answer(run.ListAuditLogEventTypes(ctx, run.org))
	answer(run.ListAuditLogEventsHandlerV1(ctx, run.org, nil, nil, nil, nil, nil, nil))
	answer(run.ListAuditLogEventsHandlerV2(ctx, run.org, nil, nil, nil, nil, nil, nil))
	text(run.ExportAuditLogEventsHandlerV1(ctx, run.org, nil, nil, nil, to("csv"), nil, nil))
	text(run.ExportAuditLogEventsHandlerV2(ctx, run.org, nil, nil, nil, to("cef"), nil, nil))
}
