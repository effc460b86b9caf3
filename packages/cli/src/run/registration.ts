import type { Client } from "@quillon/contract/client";
import { organizationOf } from "../organization.ts";
import { publishMetadata } from "../publish-metadata.ts";
import type { Guarded } from "./command-line.ts";
import type { Place, Project } from "./place.ts";
import type { SignedRequirements } from "./requirements-file.ts";

const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";

/** A stack as the server knows it. */
export interface KnownStack {
  orgName: string;
  projectName: string;
  stackName: string;
  /** Where its state is. */
  backend: string;
}

/** What a command does to a stack: `pulumi up` first shows it, and then does it. */
export interface PlannedRun {
  kind: "update" | "preview";
  isPreview: boolean;
}

/** What is said of the program and of the command. */
export interface RunFacts {
  name: string;
  runtime: string;
  description?: string;
  metadata: { message?: string; environment: Record<string, string> };
}

/** On what a run is based, where the server has not said what it must run. Times are in unix seconds. */
export interface Basis {
  requirements?: SignedRequirements;
  breakGlass?: string;
  ran?: { from: number; to: number };
}

export interface Registrant {
  /** The default one, if it is not named. */
  orgName?: string | undefined;
  place: Place;
  /** Its names in Quillon, where they are others. */
  as?: { project: string; stack: string } | undefined;
}

export async function factsOf(project: Project, read?: Pick<Guarded, "message" | "flags">): Promise<RunFacts> {
  const { message, flags = [] } = read ?? {};
  const set = Object.fromEntries(flags.map((flag) => [`pulumi.flag.${flag}`, "true"]));
  return {
    name: project.name,
    runtime: project.runtime,
    ...(project.description && { description: project.description }),
    metadata: { ...(message && { message }), environment: { ...(await publishMetadata(project.root)), ...set } },
  };
}

export function planOf({ command, skipPreview }: Pick<Guarded, "command" | "skipPreview">): PlannedRun[] {
  if (command === "preview") return [{ kind: "preview", isPreview: true }];
  const preview: PlannedRun[] = skipPreview ? [] : [{ kind: "update", isPreview: true }];
  return [...preview, { kind: "update", isPreview: false }];
}

/** Finds the stack at its place, or makes it known. */
export async function registerStack(client: Client, { orgName: named, place, as }: Registrant): Promise<KnownStack> {
  const orgName = await organizationOf(client, named);
  const { project, stack, backend } = await client.call("PUT /api/quillon/orgs/{orgName}/elsewhere", {
    params: { orgName },
    body: { ...place, ...(as && { as }) },
  });
  return { orgName, projectName: project, stackName: stack, backend };
}

/** Asks what a run of the stack would have to run, and makes nothing known. */
export async function askRequired(client: Client, { orgName: named, place, as }: Registrant, facts: RunFacts) {
  const orgName = await organizationOf(client, named);
  const { metadata, ...program } = facts;
  const { project, stack, requiredPolicies } = await client.call(
    "POST /api/quillon/orgs/{orgName}/elsewhere/policypacks",
    {
      params: { orgName },
      body: { ...place, ...(as && { as }), program: { ...program, environment: metadata.environment } },
    },
  );
  return { stack: { orgName, projectName: project, stackName: stack }, required: requiredPolicies };
}

/** Makes a run known that waits to be started. */
export function createRun(
  client: Client,
  { backend, ...params }: KnownStack,
  { kind, isPreview, facts, basis }: PlannedRun & { facts: RunFacts; basis?: Basis | undefined },
) {
  const body = { ...facts, backend, options: { dryRun: isPreview }, ...(basis && { basis }) };
  return client.call(`POST ${STACK}/${kind}`, { params, body });
}

/** Starts a run that was made known. @returns the token of its lease. */
export async function startRun(client: Client, { backend: _, ...params }: KnownStack, updateID: string) {
  const at = { ...params, updateID };
  const started = await client.call(`POST ${STACK}/update/{updateID}`, { params: at, body: {} });
  return { params: at, token: (started as { token: string }).token };
}
