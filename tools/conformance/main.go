// Command conformance calls every route that a server has and that Pulumi's own Go client of its API knows, and holds the
// answers to the client's types: no field that the client does not know, none missing that it requires.
//
// It prints one line for each difference, and then exits with 1. It needs an organization with a stack that has a finding of
// a policy pack, and the environment variables that the Pulumi CLI reads.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	org := flag.String("org", "", "organization")
	stack := flag.String("stack", "", "PROJECT/STACK that has a finding")
	member := flag.String("member", "", "login of a user who is not in the organization")
	approver := flag.String("approver", "", "access token of another policy manager")
	flag.Parse()
	project, name, _ := strings.Cut(*stack, "/")
	run = newSession(os.Getenv("PULUMI_BACKEND_URL"), os.Getenv("PULUMI_ACCESS_TOKEN"), *org, project, name)

	served := routesServed()
	people(*member)
	results()
	packs()
	groups()
	exceptions(*approver)
	stacks()
	updates()
	webhooks()
	removals()
	for _, route := range routesOfClient() {
		if slices.Contains(served, route) && !run.hasCalled(route) {
			run.problem(route, "is served and in Pulumi's client, and was not called")
		}
	}

	for _, problem := range slices.Compact(slices.Sorted(slices.Values(run.problems))) {
		fmt.Println(problem)
	}
	fmt.Fprintf(os.Stderr, "%d calls, %d differences\n", len(run.exchanges), len(run.problems))
	if len(run.problems) > 0 {
		os.Exit(1)
	}
}

func (s *session) hasCalled(route string) bool {
	return slices.ContainsFunc(s.exchanges, func(exchange exchange) bool { return matches(route, exchange.request) })
}

// routesServed returns the routes of the server's OpenAPI document, as routesOfClient does.
func routesServed() []string {
	document, _ := (*answer(run.FetchRestSpecification(ctx))).(map[string]any)
	paths, _ := document["paths"].(map[string]any)
	var routes []string
	for path, methods := range paths {
		for method := range methods.(map[string]any) {
			routes = append(routes, strings.ToUpper(method)+" "+named.ReplaceAllString(path, "{}"))
		}
	}
	return routes
}
