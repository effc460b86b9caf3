import type { WebhookFilterName } from "@quillon/contract";
import { expect, test } from "vitest";
import { checkWishes, readFormat, wanted } from "./filters.ts";
import { hideUrl, isMasked, maskUrl } from "./mask-url.ts";

const both: WebhookFilterName[] = ["policy_violation_mandatory", "policy_violation_advisory"];

test.each([
  [[], [], both],
  [["policy_violation_advisory"], [], ["policy_violation_advisory"]],
  [[], ["policies"], both],
  [["policy_violation_advisory"], ["stacks"], ["policy_violation_advisory"]],
  [[], ["stacks"], []],
  [["update_failed"], [], []],
])("A webhook with the filters %j and the groups %j gets %j", (filters, groups, expected) => {
  expect(wanted({ filters, groups }, both)).toEqual(expected);
});

test.each([
  [["nonsense"], [], false, /no filter "nonsense".*Known are stack_created,.*policy_group_changed/],
  [["deployment_queued"], [], false, /no filter "deployment_queued"/],
  [["constructor"], [], false, /no filter "constructor"/],
  [[], ["deployments"], false, /no group "deployments".*Known are stacks, policies, policy_changes/],
  [["stack_created"], [], true, /only for webhooks of an organization/],
  [[], ["policies", "policy_changes"], true, /the group policy_changes are only for webhooks of an organization/],
  [[], ["deployments"], true, /no group "deployments".*Known are stacks, policies\.$/],
])("The filters %j and groups %j are refused", (filters, groups, ofStack, sentence) => {
  expect(() => checkWishes({ filters, groups }, ofStack)).toThrow(sentence);
});

test("The formats that are known are named", () => {
  expect(() => readFormat("pulumi_deployments")).toThrow("Known are raw, slack, ms_teams.");
});

test.each([
  ["https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/…"],
  ["https://ada:pass@example.com:8443/x?token=1#y", "https://example.com:8443/…"],
  ["http://[::1]/x", "http://[::1]/…"],
])("%s is shown as %s", (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
  expect(isMasked(shown)).toBe(true);
  expect(isMasked(encodeURI(shown))).toBe(true);
  expect(isMasked(url)).toBe(false);
});

test("An answer that repeats the URL, or a part of it, is stored without", () => {
  const url = "https://ada:pass1@example.com/hook/a%20b?token=1234";
  const answer = `No ${url}, no /hook/a b, no /hook/a%20b?token=1234, no ?token=1234, no pass1`;
  const stored = hideUrl(answer, url);
  for (const secret of ["a%20b", "a b", "1234", "pass1"]) expect(stored).not.toContain(secret);
});

test.each<[how: string, written: (url: string) => string]>([
  ["with escaped slashes", (url) => url.replaceAll("/", "\\/")],
  ["encoded", encodeURIComponent],
  [
    "in parts",
    (url) => JSON.stringify({ path: new URL(url).pathname.split("/"), sent: [...new URL(url).searchParams] }),
  ],
  ["as a login", () => `Basic ${Buffer.from("ada:päss word").toString("base64")}`],
])("An answer that repeats the URL %s is stored without its credentials", (_, written) => {
  const url = "https://ada:p%C3%A4ss%20word@example.com/services/T00000000/Xy0123456789abcdef?sig=Zz%2F0123456789";
  const answer = written(url);
  const stored = hideUrl(answer, url);
  expect(stored).not.toBe(answer);
  for (const secret of ["Xy0123456789abcdef", "0123456789", "YWRhOnDDpHNzIHdvcmQ=", "päss word", "p%C3%A4ss%20word"])
    expect(stored).not.toContain(secret);
});
