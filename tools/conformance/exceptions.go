package main

import (
	"bytes"
	"encoding/json"
	"net/http"

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
	answer(run.Apply(ctx, run.org, id))
	done(run.Close(ctx, run.org, draftException("To be given up."), apitype.CloseChangeRequestRequest{}))
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
