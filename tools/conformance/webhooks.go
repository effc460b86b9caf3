package main

import "github.com/pulumi/pulumi-cloud-sdk/go/apitype"

// The address is one that no webhook may reach, so every delivery fails at once.
var hook = apitype.Webhook{
	Name:        "conformance",
	DisplayName: "Conformance",
	PayloadURL:  "https://conformance.invalid/messages",
	Secret:      "swordfish",
	Active:      true,
	Format:      to("raw"),
	Filters:     []string{"update_failed"},
}

func webhooks() {
	org, name := run.org, hook.Name
	answer(run.CreateOrganizationWebhook(ctx, org, hook))
	answer(run.ListOrganizationWebhooks(ctx, org))
	answer(run.UpdateOrganizationWebhook(ctx, org, name, *webhookOf(run.GetOrganizationWebhook(ctx, org, name))))
	sent := answer(run.PingOrganizationWebhook(ctx, org, name))
	answer(run.GetOrganizationWebhookDeliveries(ctx, org, name))
	answer(run.RedeliverOrganizationWebhookEvent(ctx, org, name, sent.ID))
	done(run.DeleteOrganizationWebhook(ctx, org, name))

	project, stack := run.project, run.stack
	answer(run.CreateStackWebhook(ctx, org, project, stack, hook))
	answer(run.ListStackWebhooks(ctx, org, project, stack))
	answer(run.UpdateStackWebhook(ctx, org, project, stack, name, *webhookOf(run.GetStackWebhook(ctx, org, project, stack, name))))
	sent = answer(run.PingStackWebhook(ctx, org, project, stack, name))
	answer(run.GetStackWebhookDeliveries(ctx, org, project, stack, name))
	answer(run.RedeliverStackWebhookEvent(ctx, org, project, stack, name, sent.ID))
	done(run.DeleteStackWebhook(ctx, org, project, stack, name))
}

// webhookOf is what a program sends back that changes nothing of what it has read.
func webhookOf(read *apitype.WebhookResponse, err error) *apitype.Webhook {
	return &answer(read, err).Webhook
}
