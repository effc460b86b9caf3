import type { Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { create } from "./token.ts";

const wanted = { name: "ci", description: "", expires: 0, role: undefined };
const ORG = "/api/orgs/{orgName}/tokens";
const TEAM = "/api/orgs/{orgName}/teams/{teamName}/tokens";

/** @param known whether it knows limits. */
function serverWith(known: boolean) {
  const called: string[] = [];
  const call = async (route: string, { body = {} }: { body?: { projects?: string[] } }) => {
    called.push(route);
    return { id: "t1", tokenValue: "qln_1", ...(known && body.projects && { projects: body.projects }) };
  };
  return { called, client: { call } as unknown as Client };
}

test.each([
  ["a server that knows limits", true, ["web"], [`POST ${ORG}`]],
  ["an older server", false, undefined, [`POST ${ORG}`]],
])("%s makes a token that it is asked for as it can", async (_, known, projects, calls) => {
  const { client, called } = serverWith(known);
  expect(await create(client, { org: "acme" }, { ...wanted, projects })).toEqual({ id: "t1", tokenValue: "qln_1" });
  expect(called).toEqual(calls);
});

test.each([
  [{ org: "acme" }, [`POST ${ORG}`, `DELETE ${ORG}/{tokenId}`]],
  [{ org: "acme", team: "crew" }, [`POST ${TEAM}`, `DELETE ${TEAM}/{tokenId}`]],
])("a token that an older server has made for %j without the limit is revoked", async (owner, calls) => {
  const { client, called } = serverWith(false);
  await expect(create(client, owner, { ...wanted, projects: ["web"] })).rejects.toThrow("this server is older");
  expect(called).toEqual(calls);
});
