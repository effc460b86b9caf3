import { buffer } from "node:stream/consumers";
import { QuillonError, routes } from "@quillon/contract";
import { expect, test } from "vitest";
import { sentState } from "../http/pulumi/sent-state.ts";
import { project } from "../json/project.ts";
import { compressState, decompress } from "./stored.ts";

const { body: schema } = routes["PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpoint"];

const packedAs = async (text: string) => {
  const raw = Buffer.from(text);
  const { value, span } = project(raw, schema);
  const { packed, resourceCount } = compressState(sentState(value as never, { raw, span }));
  return { text: (await decompress((await buffer(packed)) as Buffer<ArrayBuffer>)).toString(), resourceCount };
};

test.each<[name: string, sent: string, stored: string, resourceCount: number]>([
  [
    "the deployment's bytes stay",
    '{"isInvalid":false,"version":3,"deployment":{"resources":[{"n":1.10},{"n":12345678901234567890}] }}',
    '{"version":3,"deployment":{"resources":[{"n":1.10},{"n":12345678901234567890}] }}',
    2,
  ],
  [
    "features are stored too, in the order that the CLI writes",
    '{"deployment":{},"features":["views","taint"],"version":4}',
    '{"version":4,"features":["views","taint"],"deployment":{}}',
    0,
  ],
  [
    "resources may be null",
    '{"version":3,"deployment":{"resources":null}}',
    '{"version":3,"deployment":{"resources":null}}',
    0,
  ],
])("packs: %s", async (_, sent, stored, resourceCount) => {
  expect(await packedAs(sent)).toEqual({ text: stored, resourceCount });
});

test.each([
  ["no deployment", '{"version":3,"isInvalid":true}'],
  ["resources that are not a list", '{"version":3,"deployment":{"resources":{}}}'],
])("refuses %s", async (_, sent) => {
  const refusal = packedAs(sent);
  await expect(refusal).rejects.toBeInstanceOf(QuillonError);
  await expect(refusal).rejects.toMatchObject({ id: "invalid_deployment" });
});
