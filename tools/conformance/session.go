package main

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/pulumi/pulumi-cloud-sdk/go/apiclient"
)

// session is one run against a server: who calls, about what, and what was wrong so far.
type session struct {
	*apiclient.CloudClient
	token               string
	org, project, stack string
	exchanges           []exchange
	problems            []string
}

// The one session of this program, because the results of a call can be given to a function only when it takes nothing else.
var run *session

var ctx = context.Background()

func newSession(url, token, org, project, stack string) *session {
	s := &session{token: token, org: org, project: project, stack: stack}
	s.CloudClient = &apiclient.CloudClient{BaseURL: url, Executor: s.send}
	return s
}

// answer takes what a call returned, and compares the body that was sent with the type that it was read into.
func answer[T any](value *T, err error) *T {
	if !done(err) || value == nil {
		return new(T)
	}
	last := run.exchanges[len(run.exchanges)-1]
	body, err := decode(last.body)
	if err != nil {
		run.problem(last.request, "answers what is not JSON: "+err.Error())
		return value
	}
	for _, problem := range conform("answer", body, reflect.TypeFor[T]()) {
		run.problem(last.request, problem)
	}
	return value
}

// text takes what a call returned whose answer is not JSON.
func text(value *string, err error) string {
	if !done(err) || value == nil {
		return ""
	}
	return *value
}

// done takes what a call returned that answers nothing.
func done(err error) bool {
	if err == nil {
		return true
	}
	request := "a request"
	if len(run.exchanges) > 0 {
		request = run.exchanges[len(run.exchanges)-1].request
	}
	run.problem(request, err.Error())
	return false
}

func (s *session) problem(request, what string) {
	s.problems = append(s.problems, fmt.Sprintf("%s: %s", request, what))
}

// asLease is the header of a call that an update makes for itself.
func asLease(token string) http.Header {
	return http.Header{"Authorization": {"update-token " + token}}
}

// asUser is the header of a call that somebody else makes.
func asUser(token string) http.Header {
	return http.Header{"Authorization": {"token " + token}}
}

func to[T any](value T) *T { return &value }
