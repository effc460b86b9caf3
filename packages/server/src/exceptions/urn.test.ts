import { expect, test } from "vitest";
import { readUrn } from "./urn.ts";

test.each([
  ["urn:pulumi:dev::web::a:b:C::n", { stack: "dev", project: "web" }],
  ["urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev", { stack: "dev", project: "web" }],
  ["urn:pulumi:dev::web::a:b:C$d:e:F::n", { stack: "dev", project: "web" }],
  ["urn:pulumi:dev::web::a:b:C::a name: of « parts »::and more", { stack: "dev", project: "web" }],
  ["urn:pulumi:Dev::Web::a:b:C::N", { stack: "Dev", project: "Web" }],
  ["", undefined],
  ["dev", undefined],
  ["urn:pulumi:dev::web::a:b:C", undefined],
  ["urn:pulumi:dev::web::a:b:C::", undefined],
  ["urn:pulumi:::web::a:b:C::n", undefined],
  ["urn:pulumi:dev::::a:b:C::n", undefined],
  ["urn:pulumi:dev::web::::n", undefined],
  [" urn:pulumi:dev::web::a:b:C::n", undefined],
  ["URN:pulumi:dev::web::a:b:C::n", undefined],
  ["urn:pulumi:*::web::a:b:C::n", undefined],
  ["urn:pulumi:dev::w/b::a:b:C::n", undefined],
  ["urn:pulumi:..::web::a:b:C::n", undefined],
  [`urn:pulumi:${"d".repeat(100)}::web::a:b:C::n`, { stack: "d".repeat(100), project: "web" }],
  [`urn:pulumi:${"d".repeat(101)}::web::a:b:C::n`, undefined],
  ["urn:pulumi:dev::web::a:b:C::n\n", { stack: "dev", project: "web" }],
  ["urn:pulumi:dev::web::a:b:C::n\0", undefined],
  ["urn:pulumi:dev::web::a:b:C::n\ud800", undefined],
  ["urn:pulumi:dev::web::a:b:C::n😀", { stack: "dev", project: "web" }],
])("readUrn(%j) is %j", (urn, expected) => expect(readUrn(urn)).toEqual(expected));
