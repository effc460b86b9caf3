package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

// exceptions makes and removes a policy exception, and asks for others to which the holder of the approver's token agrees.
func exceptions(approver string) {
	made := answer(run.CreatePolicyException(ctx, run.org, exceptionWish("Made at once.")))
	answer(run.ListPolicyExceptions(ctx, run.org, nil, to(1), nil, nil, nil, nil))
	answer(run.GetPolicyException(ctx, run.org, made.ID))
	answer(run.RemovePolicyException(ctx, run.org, made.ID))

	rule := "/api/quillon/orgs/" + run.org + "/exception-rule"
	sendJSON(http.MethodPut, rule, map[string]any{"approval": true, "longestHours": nil, "endRequired": false, "forbiddenFrom": nil}, nil)
	approval := apitype.ApproveChangeRequestRequest{RevisionNumber: 1, Comment: to("Agreed.")}
	id := draftException("To be agreed to.")
	done(run.Submit(ctx, run.org, id, apitype.SubmitChangeRequestRequest{Description: "Please."}))
	done(run.Approve(ctx, run.org, id, approval, asUser(approver)))
	done(run.Unapprove(ctx, run.org, id, apitype.UnapproveChangeRequestRequest{}, asUser(approver)))
	done(run.Approve(ctx, run.org, id, approval, asUser(approver)))
	answer(run.Get(ctx, run.org, id))
	done(run.AddComment(ctx, run.org, id, apitype.AddChangeRequestCommentRequest{Comment: "Until when?"}, asUser(approver)))
	answer(run.Apply(ctx, run.org, id))
	requestEvents(answer(run.ListEvents(ctx, run.org, id, nil)).Events)
	done(run.Close(ctx, run.org, draftException("To be given up."), apitype.CloseChangeRequestRequest{}))
}

// requestEvents compares the fields of events with those that the client writes of them: each kind of event is a type whose
// fields only its own methods reach.
func requestEvents(events []apitype.ChangeRequestEvent) {
	last := run.exchanges[len(run.exchanges)-1]
	var sent struct{ Events []map[string]any }
	if !done(json.Unmarshal(last.body, &sent)) {
		return
	}
	text, err := json.Marshal(events)
	if !done(err) {
		return
	}
	var read []map[string]any
	if !done(json.Unmarshal(text, &read)) {
		return
	}
	for index, event := range sent.Events {
		fields, wanted := slices.Sorted(maps.Keys(event)), slices.Sorted(maps.Keys(read[index]))
		if !slices.Equal(fields, wanted) {
			run.problem(last.request, fmt.Sprintf("event %d has the fields %v, where %v belong", index, fields, wanted))
		}
	}
}

func exceptionWish(reason string) apitype.CreatePolicyExceptionRequest {
	return apitype.CreatePolicyExceptionRequest{
		PolicyPack: packName,
		Match: []apitype.PolicyExceptionMatch{{
			Policies: []string{"no-public"},
			Targets:  []string{"urn:pulumi:" + run.stack + "::" + run.project + "::random:index/randomPet:RandomPet::rex"},
		}},
		Reason:           reason,
		ExpiresInSeconds: to(int64(3600)),
	}
}

// draftException asks for an exception as the CLI does. Pulumi's client has no such call.
func draftException(reason string) string {
	var draft struct {
		ChangeRequestID string `json:"changeRequestId"`
	}
	sendJSON(http.MethodPost, "/api/orgs/"+run.org+"/policy/exceptions/drafts", exceptionWish(reason), &draft)
	return draft.ChangeRequestID
}

// sendJSON sends a request that Pulumi's client can't send, and reads its answer.
func sendJSON(method, path string, body, into any) {
	text, err := json.Marshal(body)
	if !done(err) {
		return
	}
	request, err := http.NewRequestWithContext(ctx, method, run.BaseURL+path, bytes.NewReader(text))
	if !done(err) {
		return
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := run.send(request)
	if !done(err) || into == nil {
		return
	}
	done(json.NewDecoder(response.Body).Decode(into))
}
