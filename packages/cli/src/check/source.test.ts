import { expect, test } from "vitest";
import { type Source, sourceOf } from "./source.ts";

type Given = [file: string | undefined, stack: string | undefined, packs: number];

test.each<[Given, Source]>([
  [["state.json", undefined, 1], { file: "state.json" }],
  [["-", undefined, 2], { file: "-" }],
  [[undefined, "acme/web/prod", 0], { stack: { owner: "acme", projectName: "web", stackName: "prod" } }],
  [[undefined, "web/prod", 1], { stack: { projectName: "web", stackName: "prod" } }],
])("%j is checked", (given, source) => {
  expect(sourceOf(...given)).toEqual(source);
});

test.each<[Given, string]>([
  [[undefined, undefined, 0], "Name a state: "],
  [[undefined, undefined, 1], "Name a state: "],
  [["state.json", "web/prod", 1], "Name either the state state.json or --stack web/prod: "],
  [["state.json", undefined, 0], "Name at least one policy pack with --policy-pack."],
  [[undefined, "prod", 0], `A stack can't be "prod": write PROJECT/STACK`],
])("%j is refused", (given, message) => {
  expect(() => sourceOf(...given)).toThrow(message);
});
