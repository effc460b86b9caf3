import { Type } from "typebox";
import { Unsupported } from "../body-schema.ts";
import { HookName, OrgParams, StackParams, Uuid } from "../names.ts";
import { Empty, type Routes } from "../route.ts";

const Names = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 });

/**
 * A webhook as Pulumi's clients send it. They change one by reading it and sending it back whole, so what is only in answers is
 * accepted, and ignored: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/stack/stack_webhook_edit.go
 */
const Webhook = Type.Object({
  organizationName: Type.Optional(Type.String({ maxLength: 100 })),
  projectName: Type.Optional(Type.String({ maxLength: 100 })),
  stackName: Type.Optional(Type.String({ maxLength: 100 })),
  envName: Unsupported("webhook_environment"),
  /** Clients send an empty one when they have none. */
  name: Type.Optional(Type.Union([HookName, Type.Literal("")])),
  displayName: Type.Optional(Type.String({ maxLength: 200 })),
  payloadUrl: Type.Optional(Type.String({ maxLength: 2000 })),
  /** `__remove-secret` removes it. */
  secret: Type.Optional(Type.String({ maxLength: 1000 })),
  active: Type.Optional(Type.Boolean()),
  format: Type.Optional(Type.String({ maxLength: 100 })),
  filters: Type.Optional(Names),
  groups: Type.Optional(Names),
  hasSecret: Type.Optional(Type.Boolean()),
  secretCiphertext: Type.Optional(Type.String({ maxLength: 10_000 })),
});

const WebhookResponse = Type.Object({
  organizationName: Type.String(),
  projectName: Type.Optional(Type.String()),
  stackName: Type.Optional(Type.String()),
  name: Type.String(),
  displayName: Type.String(),
  /** Only its scheme and host; the rest is a credential. */
  payloadUrl: Type.String(),
  active: Type.Boolean(),
  format: Type.String(),
  filters: Type.Array(Type.String()),
  groups: Type.Array(Type.String()),
  hasSecret: Type.Boolean(),
  /** Always empty. */
  secretCiphertext: Type.String(),
});

const WebhookDelivery = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  payload: Type.String(),
  /** Of the last attempt, in unix seconds; of the message when there was none. */
  timestamp: Type.Integer(),
  /** In milliseconds. */
  duration: Type.Integer(),
  requestUrl: Type.String(),
  /** One on each line. */
  requestHeaders: Type.String(),
  /** 0 when there was no answer; then `responseBody` says why. */
  responseCode: Type.Integer(),
  responseHeaders: Type.String(),
  responseBody: Type.String(),
});

const HookParams = Type.Object({ ...OrgParams.properties, hookName: HookName });
const StackHookParams = Type.Object({ ...StackParams.properties, hookName: HookName });
const event = { event: Uuid };

export const webhookRoutes = {
  "GET /api/orgs/{orgName}/hooks": {
    summary: "List the webhooks of an organization",
    access: "org:admin",
    params: OrgParams,
    reply: Type.Array(WebhookResponse),
  },
  "POST /api/orgs/{orgName}/hooks": {
    summary: "Make a webhook of an organization; without filters and groups it is told of everything",
    access: "org:admin",
    params: OrgParams,
    body: Webhook,
    strict: true,
    status: 201,
    reply: WebhookResponse,
  },
  "GET /api/orgs/{orgName}/hooks/{hookName}": {
    summary: "Get a webhook of an organization",
    access: "org:admin",
    params: HookParams,
    reply: WebhookResponse,
  },
  "PATCH /api/orgs/{orgName}/hooks/{hookName}": {
    summary: "Change a webhook of an organization",
    access: "org:admin",
    params: HookParams,
    body: Webhook,
    strict: true,
    reply: WebhookResponse,
  },
  "DELETE /api/orgs/{orgName}/hooks/{hookName}": {
    summary: "Remove a webhook of an organization and what it was not sent yet",
    access: "org:admin",
    params: HookParams,
    status: 204,
    reply: Empty,
  },
  "POST /api/orgs/{orgName}/hooks/{hookName}/ping": {
    summary: "Send a test message to a webhook of an organization, and wait for its answer",
    access: "org:admin",
    params: HookParams,
    reply: WebhookDelivery,
  },
  "GET /api/orgs/{orgName}/hooks/{hookName}/deliveries": {
    summary: "List the last messages to a webhook of an organization, newest first",
    access: "org:admin",
    params: HookParams,
    reply: Type.Array(WebhookDelivery),
  },
  "POST /api/orgs/{orgName}/hooks/{hookName}/deliveries/{event}/redeliver": {
    summary: "Send a message to a webhook of an organization once more, and wait for its answer",
    access: "org:admin",
    params: Type.Object({ ...HookParams.properties, ...event }),
    reply: WebhookDelivery,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks": {
    summary: "List the webhooks of a stack",
    access: "stack:admin",
    params: StackParams,
    reply: Type.Array(WebhookResponse),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks": {
    summary: "Make a webhook of a stack; without filters and groups it is told of everything",
    access: "stack:admin",
    params: StackParams,
    body: Webhook,
    strict: true,
    status: 201,
    reply: WebhookResponse,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": {
    summary: "Get a webhook of a stack",
    access: "stack:admin",
    params: StackHookParams,
    reply: WebhookResponse,
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": {
    summary: "Change a webhook of a stack",
    access: "stack:admin",
    params: StackHookParams,
    body: Webhook,
    strict: true,
    reply: WebhookResponse,
  },
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": {
    summary: "Remove a webhook of a stack and what it was not sent yet",
    access: "stack:admin",
    params: StackHookParams,
    status: 204,
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/ping": {
    summary: "Send a test message to a webhook of a stack, and wait for its answer",
    access: "stack:admin",
    params: StackHookParams,
    reply: WebhookDelivery,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries": {
    summary: "List the last messages to a webhook of a stack, newest first",
    access: "stack:admin",
    params: StackHookParams,
    reply: Type.Array(WebhookDelivery),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries/{event}/redeliver": {
    summary: "Send a message to a webhook of a stack once more, and wait for its answer",
    access: "stack:admin",
    params: Type.Object({ ...StackHookParams.properties, ...event }),
    reply: WebhookDelivery,
  },
} as const satisfies Routes;
