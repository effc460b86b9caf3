import { type BodyOf, newError, type routes } from "@quillon/contract";
import {
  createWebhook,
  type Delivery,
  editWebhook,
  type OwnerCtx,
  pingWebhook,
  readDeliveries,
  readWebhook,
  readWebhooks,
  redeliver,
  removeWebhook,
  type Webhook,
} from "../../notify/index.ts";
import type { Handlers } from "../route.ts";
import { unixSeconds } from "./shapes.ts";

type Body = BodyOf<(typeof routes)["POST /api/orgs/{orgName}/hooks"]>;

const list = async (ctx: OwnerCtx) => (await readWebhooks(ctx)).map((hook) => webhookOf(ctx, hook));
const create = async (ctx: OwnerCtx, { body }: { body: Body }) => {
  refuseOtherOwner(ctx, body);
  return webhookOf(ctx, await createWebhook(ctx, body));
};
const read = async (ctx: OwnerCtx, { params }: Named) => webhookOf(ctx, await readWebhook(ctx, params.hookName));
const edit = async (ctx: OwnerCtx, { params, body }: Named & { body: Body }) => {
  refuseOtherOwner(ctx, body);
  const { hookName } = params;
  if (body.name && body.name !== hookName)
    throw newError("webhook_refused", { problem: "other_name", webhook: hookName });
  return webhookOf(ctx, await editWebhook(ctx, hookName, body));
};
const remove = async (ctx: OwnerCtx, { params }: Named) => {
  await removeWebhook(ctx, params.hookName);
  return {};
};
const ping = async (ctx: OwnerCtx, { params }: Named) => deliveryOf(await pingWebhook(ctx, params.hookName));
const deliveries = async (ctx: OwnerCtx, { params }: Named) =>
  (await readDeliveries(ctx, params.hookName)).map(deliveryOf);
const again = async (ctx: OwnerCtx, { params }: { params: { hookName: string; event: string } }) =>
  deliveryOf(await redeliver(ctx, params.hookName, params.event));

interface Named {
  params: { hookName: string };
}

/**
 * Newer CLIs call them for `pulumi org webhook` and `pulumi stack webhook`:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go
 */
export const webhookHandlers = {
  "GET /api/orgs/{orgName}/hooks": list,
  "POST /api/orgs/{orgName}/hooks": create,
  "GET /api/orgs/{orgName}/hooks/{hookName}": read,
  "PATCH /api/orgs/{orgName}/hooks/{hookName}": edit,
  "DELETE /api/orgs/{orgName}/hooks/{hookName}": remove,
  "POST /api/orgs/{orgName}/hooks/{hookName}/ping": ping,
  "GET /api/orgs/{orgName}/hooks/{hookName}/deliveries": deliveries,
  "POST /api/orgs/{orgName}/hooks/{hookName}/deliveries/{event}/redeliver": again,
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks": list,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks": create,
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": read,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": edit,
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": remove,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/ping": ping,
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries": deliveries,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}/deliveries/{event}/redeliver": again,
} satisfies Partial<Handlers>;

function refuseOtherOwner({ org, stack }: OwnerCtx, body: Body): void {
  const own = { organizationName: org.name, projectName: stack?.project, stackName: stack?.name };
  for (const field of ["organizationName", "projectName", "stackName"] as const) {
    const found = body[field];
    if (found && found !== own[field]) throw newError("webhook_refused", { problem: "other_owner", field, found });
  }
}

function webhookOf({ org, stack }: OwnerCtx, { maskedUrl, ...hook }: Webhook) {
  return {
    organizationName: org.name,
    ...(stack && { projectName: stack.project, stackName: stack.name }),
    ...hook,
    payloadUrl: maskedUrl,
    secretCiphertext: "",
  };
}

function deliveryOf(delivery: Delivery) {
  const { sentAt, createdAt } = delivery;
  return {
    id: delivery.id,
    kind: delivery.kind,
    payload: delivery.payload,
    timestamp: unixSeconds(sentAt ?? createdAt),
    duration: delivery.duration ?? 0,
    requestUrl: delivery.maskedUrl,
    requestHeaders: delivery.requestHeaders,
    responseCode: delivery.responseCode ?? 0,
    responseHeaders: delivery.responseHeaders,
    responseBody: sentAt ? delivery.responseBody : "It was not sent yet.",
  };
}
