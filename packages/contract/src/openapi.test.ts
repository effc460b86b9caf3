import { Validator } from "@seriousme/openapi-schema-validator";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { openApi } from "./openapi.ts";
import type { Routes } from "./route.ts";
import { routes } from "./routes/index.ts";

interface Operation {
  operationId: string;
  description: string;
  parameters?: { name: string; in: string; required: boolean }[];
  security: object[];
  responses: Record<string, object>;
}

interface Document extends Record<string, unknown> {
  paths: Record<string, Record<string, Operation>>;
}

const written = (of: Routes): Document => JSON.parse(JSON.stringify(openApi(of)));
const one = (key: string, route: Routes[`GET /${string}`]) => {
  const [method = "", path = ""] = key.split(" ");
  return written({ [key]: route }).paths[path]?.[method.toLowerCase()];
};

describe("the OpenAPI document", () => {
  const document = written(routes);

  test("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  test("has every route, under an id of its own, saying who may call it and how it fails", () => {
    const ids = new Set<string>();
    for (const key of Object.keys(routes)) {
      const [method = "", path = ""] = key.split(" ");
      const operation = document.paths[path]?.[method.toLowerCase()];
      expect(operation, key).toMatchObject({
        description: expect.stringMatching(/\.$/),
        security: expect.any(Array),
        responses: { default: { $ref: "#/components/responses/Error" } },
      });
      ids.add(operation?.operationId ?? "");
    }
    expect(ids.size).toBe(Object.keys(routes).length);
  });

  test("declares each parameter of each path", () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(operations)) {
        const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
        expect(declared.map(({ name }) => name).sort(), path).toEqual(names.sort());
        expect(declared.every(({ required }) => required)).toBe(true);
      }
    }
  });

  const reply = Type.Object({});
  test.each([
    ["public", []],
    ["user", [{ token: [] }]],
    ["stack:read", [{ token: [] }]],
    ["lease", [{ updateToken: [] }]],
    ["signed", [{ signedUrl: [] }]],
  ] as const)("a route for %s needs %j", (access, security) => {
    expect(one("GET /x", { summary: "s", access, reply })).toMatchObject({ security, "x-quillon-access": access });
  });

  test("a 204 and a HEAD answer nothing, others their reply", () => {
    const route = { summary: "s", access: "public", reply } as const;
    expect(one("DELETE /x", { ...route, status: 204 })?.responses[204]).toEqual({ description: "Done." });
    expect(one("HEAD /x", route)?.responses[200]).toEqual({ description: "Done." });
    expect(one("GET /x", route)?.responses[200]).toHaveProperty(["content", "application/json"]);
  });

  test("a route that can answer several texts names all of them", () => {
    const lines = Type.Unsafe<string>({ type: "string", contentMediaType: "application/x-ndjson" });
    const route = {
      summary: "s",
      access: "public",
      reply: lines,
      texts: ["text/csv", "application/sarif+json"],
    } as const;
    expect(one("GET /x", route)?.responses[200]).toEqual({
      description: "Done.",
      content: {
        "application/x-ndjson": { schema: lines },
        "text/csv": { schema: { type: "string" } },
        "application/sarif+json": { schema: {} },
      },
    });
  });
});
