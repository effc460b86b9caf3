import { expect, test } from "vitest";
import { type Source, sourceOf } from "./source.ts";

type Given = [file: string | undefined, stack: string | undefined, packs: number];

test.each<[Given, Source]>([
  [["state.json", undefined, 1], { file: "state.json" }],
  [["-", undefined, 2], { file: "-" }],
  [[undefined, "acme/web/prod", 0], { stack: { org: "acme", projectName: "web", stackName: "prod" } }],
  [["-", "web/prod", 0], { file: "-", stack: { projectName: "web", stackName: "prod" } }],
  [[undefined, "web/prod", 1], { stack: { projectName: "web", stackName: "prod" } }],
])("%j is checked", (given, source) => {
  expect(sourceOf(...given)).toEqual(source);
});

test.each<[Given, string]>([
  [[undefined, undefined, 0], "Name a state: "],
  [[undefined, undefined, 1], "Name a state: "],
  [["state.json", undefined, 0], "Name at least one policy pack with --policy-pack, or with --stack ORG/PROJECT/STACK"],
  [["state.json", "prod", 0], `A stack can't be "prod": write PROJECT/STACK`],
  [[undefined, "prod", 0], `A stack can't be "prod": write PROJECT/STACK`],
])("%j is refused", (given, message) => {
  expect(() => sourceOf(...given)).toThrow(message);
});
