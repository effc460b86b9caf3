package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-cloud-sdk/go/apiclient"
)

// errNotSent ends a call whose request is only looked at.
var errNotSent = errors.New("not sent")

// Stands for every parameter of a path. The number is for the parameters that are numbers.
const (
	anyText   = "ANY-TEXT"
	anyNumber = 424242
)

var (
	parameter = regexp.MustCompile(`/(` + anyText + `|424242)(/|$)`)
	named     = regexp.MustCompile(`\{[^}]*\}`)
)

// routesOfClient returns every route that the client can call, as "GET /api/orgs/{}/members": it calls each method with
// values that stand for any other, and no request is sent.
func routesOfClient() []string {
	var routes []string
	client := &apiclient.CloudClient{Executor: func(request *http.Request) (*http.Response, error) {
		path := request.URL.Path
		for parameter.MatchString(path) {
			path = parameter.ReplaceAllString(path, "/{}$2")
		}
		routes = append(routes, request.Method+" "+path)
		return nil, errNotSent
	}}
	methods := reflect.ValueOf(client)
	for index := range methods.NumMethod() {
		call(methods.Method(index))
	}
	slices.Sort(routes)
	return slices.Compact(routes)
}

func call(method reflect.Value) {
	// A method that can't do anything with such values is no route that a test could call either.
	defer func() { _ = recover() }()
	kind := method.Type()
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for index := 1; index < kind.NumIn()-1; index++ {
		argument := reflect.New(kind.In(index)).Elem()
		switch argument.Kind() {
		case reflect.String:
			argument.SetString(anyText)
		case reflect.Int, reflect.Int64:
			argument.SetInt(anyNumber)
		}
		arguments = append(arguments, argument)
	}
	method.Call(arguments)
}

// matches says whether a request is one for the route.
func matches(route, request string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(route), `\{\}`, `[^/]+`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(request)
}

// exchange is a request that was sent, and its answer.
type exchange struct {
	request string
	status  int
	body    []byte
}

// send sends a request with the caller's token, and keeps what was answered.
func (s *session) send(request *http.Request) (*http.Response, error) {
	if request.Header.Get("Authorization") == "" {
		request.Header.Set("Authorization", "token "+s.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	s.exchanges = append(s.exchanges, exchange{request.Method + " " + request.URL.EscapedPath(), response.StatusCode, body})
	return response, nil
}

func decode(body []byte) (any, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	return value, err
}
