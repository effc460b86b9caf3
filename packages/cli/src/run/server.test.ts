import { expect, test } from "vitest";
import type { Stored } from "../session.ts";
import { findServer } from "./server.ts";

const Q = "https://quillon.example.com";
const VENDOR = "https://api.pulumi.com";
const accounts = { [Q]: { accessToken: "q" }, [VENDOR]: { accessToken: "v" } };
const vendors = { PULUMI_BACKEND_URL: VENDOR, PULUMI_ACCESS_TOKEN: "v" };
const atVendor: Stored = { credentials: { current: VENDOR, accounts }, remembered: {} };
const remembering: Stored = { ...atVendor, remembered: { server: Q } };

test.each<[what: string, env: NodeJS.ProcessEnv, stored: Stored, wanted: string]>([
  ["QUILLON_URL and QUILLON_TOKEN", { QUILLON_URL: Q, QUILLON_TOKEN: "t", ...vendors }, atVendor, `${Q} t`],
  ["a stored token for QUILLON_URL", { QUILLON_URL: Q, ...vendors }, atVendor, `${Q} q`],
  ["our token for the remembered server", { QUILLON_TOKEN: "t", ...vendors }, remembering, `${Q} t`],
  ["the remembered login beside a vendor's", vendors, remembering, `${Q} q`],
  ["no vendor's backend", vendors, { ...atVendor, credentials: {} }, "Not logged in"],
  ["no current login of the Pulumi CLI", {}, atVendor, "nothing says that this is a Quillon server"],
  ["no current login with a token", { PULUMI_ACCESS_TOKEN: "v" }, atVendor, "nothing says that this is"],
])("a run asks the server of %s", async (_, env, stored, wanted) => {
  const found = findServer(env, async () => stored).then(
    ({ url, token }) => `${url} ${token}`,
    (error: Error) => error.message,
  );
  expect(await found).toContain(wanted);
});
